//! What all threads of a scan give to, and what gives to the sink.

use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Summary, Unscanned};

use crate::options::{Order, ScanError, ScanOptions};

/// What all threads give to.
pub(crate) struct Collector<'s, S: Sink> {
    sink: &'s mut S,
    pub(crate) summary: Summary,
    /// Findings of one blob each, waiting to be sorted; `None` when they are given out as they are found.
    waiting: Option<Vec<Vec<Finding>>>,
    waiting_bytes: usize,
    unscanned: Vec<Unscanned>,
    max_sorted_bytes: usize,
    failed: Option<S::Error>,
    /// The sink begins when there is something to give it, or the source was visited: a source that cannot be visited
    /// leaves no half of a report.
    has_begun: bool,
    /// The sink has failed or asked for no more.
    is_over: bool,
}

impl<'s, S: Sink> Collector<'s, S> {
    pub(crate) fn new(sink: &'s mut S, options: &ScanOptions) -> Self {
        Self {
            sink,
            summary: Summary::default(),
            waiting: (options.order == Order::ByOrigin).then(Vec::new),
            waiting_bytes: 0,
            unscanned: Vec::new(),
            max_sorted_bytes: options.max_sorted_bytes,
            failed: None,
            has_begun: false,
            is_over: false,
        }
    }

    /// Whether the sink failed or asked for no more.
    #[cfg(feature = "git")]
    pub(crate) const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Gives out what waits, and ends the report.
    pub(crate) fn finish(mut self) -> Result<Summary, ScanError<S::Error>> {
        let flow = self.deliver_waiting();
        debug_assert!(flow.is_continue() || self.failed.is_some() || self.summary.is_interrupted);
        if let Some(error) = self.failed {
            return Err(ScanError::Sink(error));
        }
        self.sink.finish(&self.summary).map_err(ScanError::Sink)?;
        Ok(self.summary)
    }

    pub(crate) fn take_findings(&mut self, found: &mut Vec<Finding>) -> ControlFlow<()> {
        match &mut self.waiting {
            Some(waiting) => {
                self.waiting_bytes += found.iter().map(bytes_of).sum::<usize>();
                waiting.push(std::mem::take(found));
                if self.waiting_bytes > self.max_sorted_bytes {
                    self.summary.is_unsorted = true;
                    return self.deliver_waiting();
                }
                ControlFlow::Continue(())
            }
            None => {
                let flow = self.deliver(found);
                found.clear();
                flow
            }
        }
    }

    pub(crate) fn take_unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        if self.waiting.is_some() {
            self.waiting_bytes += unscanned.name.len() + size_of::<Unscanned>();
            self.unscanned.push(unscanned);
            if self.waiting_bytes > self.max_sorted_bytes {
                self.summary.is_unsorted = true;
                return self.deliver_waiting();
            }
            return ControlFlow::Continue(());
        }
        self.deliver_unscanned(&unscanned)
    }

    fn deliver_unscanned(&mut self, unscanned: &Unscanned) -> ControlFlow<()> {
        self.begin()?;
        let told = self.sink.unscanned(unscanned);
        self.keep_going(told.map(|()| ControlFlow::Continue(())))
    }

    fn begin(&mut self) -> ControlFlow<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return if self.is_over {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            };
        }
        let told = self.sink.begin();
        self.keep_going(told.map(|()| ControlFlow::Continue(())))
    }

    /// Gives out what waits, sorted; from now on findings go out as they are found.
    fn deliver_waiting(&mut self) -> ControlFlow<()> {
        self.begin()?;
        let mut waiting = self.waiting.take().unwrap_or_default();
        waiting.sort_by(|a, b| {
            a.first()
                .map(|finding| &finding.origin)
                .cmp(&b.first().map(|finding| &finding.origin))
        });
        for found in waiting {
            self.deliver(&found)?;
        }
        let mut unscanned = std::mem::take(&mut self.unscanned);
        unscanned.sort_by(|a, b| (&a.name, a.skip).cmp(&(&b.name, b.skip)));
        for unscanned in unscanned {
            self.deliver_unscanned(&unscanned)?;
        }
        self.waiting_bytes = 0;
        ControlFlow::Continue(())
    }

    fn deliver(&mut self, found: &[Finding]) -> ControlFlow<()> {
        self.begin()?;
        let told = tell(self.sink, found);
        let flow = self.keep_going(told);
        if flow.is_break() {
            self.summary.is_interrupted = true;
        }
        flow
    }

    fn keep_going(&mut self, told: Result<ControlFlow<()>, S::Error>) -> ControlFlow<()> {
        let flow = told.unwrap_or_else(|error| {
            self.failed.get_or_insert(error);
            ControlFlow::Break(())
        });
        self.is_over |= flow.is_break();
        flow
    }
}

/// Gives the findings of one blob to a sink, and what was dropped beside them.
fn tell<S: Sink>(sink: &mut S, found: &[Finding]) -> Result<ControlFlow<()>, S::Error> {
    if found.iter().all(|finding| finding.dropped.is_none()) {
        return sink.findings(found);
    }
    let (findings, dropped): (Vec<Finding>, Vec<Finding>) = found
        .iter()
        .cloned()
        .partition(|finding| finding.dropped.is_none());
    if !findings.is_empty() && sink.findings(&findings)?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    sink.dropped(&dropped, &findings)?;
    Ok(ControlFlow::Continue(()))
}

/// About how much memory a waiting finding takes.
fn bytes_of(finding: &Finding) -> usize {
    size_of::<Finding>()
        + finding.secret.len()
        + finding.excerpt.before.len()
        + finding.excerpt.after.len()
        + finding
            .facts
            .iter()
            .map(|fact| size_of_val(fact) + fact.value.len())
            .sum::<usize>()
}
