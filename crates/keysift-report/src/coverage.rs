//! What a scan covered, for people: the end of a text report.

use std::collections::BTreeMap;
use std::time::Duration;

use keysift_core::{Reason, Severity, Skip, Summary, Unscanned};

use crate::page::{Page, Style};

/// How many things that could not be scanned are named; the rest is counted.
const MAX_NAMED: usize = 20;

/// Where counts in a list end, and where the names behind them begin.
const COUNT_END: usize = 9;

/// What a report has told by its end.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Findings by severity.
    pub(crate) by_severity: BTreeMap<Severity, u64>,
    /// Files with findings.
    pub(crate) files: u64,
    /// What could not be scanned, as far as it is named.
    incomplete: Vec<Unscanned>,
    /// How much could not be scanned.
    incomplete_count: u64,
}

impl Tally {
    /// Remembers what makes the scan incomplete.
    pub(crate) fn unscanned(&mut self, unscanned: &Unscanned) {
        if !unscanned.skip.is_incomplete() {
            return;
        }
        self.incomplete_count += 1;
        if self.incomplete.len() < MAX_NAMED {
            self.incomplete.push(unscanned.clone());
        }
    }

    /// What could not be scanned, as far as it is named, and how much more there is.
    pub(crate) fn incomplete(&self, summary: &Summary) -> (&[Unscanned], u64) {
        let counted_by_scan: u64 = summary
            .skipped
            .iter()
            .filter(|(skip, _)| skip.is_incomplete())
            .map(|(_, count)| count)
            .sum();
        let total = counted_by_scan.max(self.incomplete_count);
        (&self.incomplete, total - self.incomplete.len() as u64)
    }
}

/// A line on something that a filter left out, for a report that explains.
pub(crate) fn skipped_one(page: &mut Page, unscanned: &Unscanned) {
    let skip = unscanned.skip;
    page.put(Style::Faint, "skipped: ")
        .put(Style::Plain, &unscanned.name)
        .put(
            Style::Faint,
            format!(": {}: {}", skip.as_str(), skip.meaning()),
        )
        .end_line();
}

/// Writes the end of a report.
pub(crate) fn write(page: &mut Page, summary: &Summary, tally: &Tally, explain: bool) {
    verdict(page, summary, tally);
    skipped(page, summary, explain);
    could_not(page, summary, tally);
    dropped(page, summary, explain);
    if let Some(text) = gone(summary) {
        page.hanging(2, &text);
    }
    if summary.is_interrupted {
        page.put(Style::Strong, "interrupted: ").hanging(
            2,
            "the scan was ended before it was through; there may be more to find.",
        );
    }
    if summary.is_unsorted {
        page.put(Style::Strong, "unsorted: ")
            .hanging(2, "more was found than can be kept for sorting; findings stand in the order of discovery.");
    }
}

fn verdict(page: &mut Page, summary: &Summary, tally: &Tally) {
    let total: u64 = tally.by_severity.values().sum();
    if total > 0 {
        let parts: Vec<String> = Severity::ALL
            .iter()
            .rev()
            .filter_map(|severity| {
                let count = tally.by_severity.get(severity)?;
                Some(format!("{} {severity}", grouped(*count)))
            })
            .collect();
        page.put(Style::Strong, counted(total, "finding"))
            .put(
                Style::Plain,
                format!(" in {}: ", counted(tally.files, "file")),
            )
            .hanging(2, &parts.join(", "));
        page.hanging(2, &coverage(summary));
    } else if summary.blobs == 0 {
        page.put(Style::Strong, "no files were scanned")
            .put(Style::Plain, ": ");
        page.hanging(
            2,
            if summary.is_interrupted {
                "the scan was ended before the first."
            } else if summary.is_incomplete() {
                "everything was skipped or could not be read."
            } else if summary.skipped.contains_key(&Skip::Known) {
                "nothing came in since the last sweep."
            } else if summary.skipped.values().any(|count| *count > 0) {
                "everything was skipped."
            } else {
                "there were none."
            },
        );
    } else {
        let found = if summary.is_incomplete() {
            "nothing found in what was scanned"
        } else {
            "nothing found"
        };
        page.put(Style::Strong, found)
            .put(Style::Plain, ": ")
            .hanging(2, &coverage(summary));
    }
}

/// `scanned 12 files, 3.4 MB in 0.10 s (34 MB/s), 240 rules`; of a scan for changes also how many candidates touch none.
pub(crate) fn coverage(summary: &Summary) -> String {
    let seconds = summary.elapsed.as_secs_f64();
    let speed = if seconds > 0.0 {
        format!(" ({}/s)", size(summary.bytes as f64 / seconds))
    } else {
        String::new()
    };
    let aside = match summary.counters.unchanged_candidates {
        0 => String::new(),
        count => format!(
            "; {} where nothing was changed",
            counted(count, "candidate")
        ),
    };
    format!(
        "scanned {}, {} in {}{speed}, {}{aside}",
        counted(summary.blobs, "file"),
        size(summary.bytes as f64),
        time(summary.elapsed),
        counted(summary.rules as u64, "rule"),
    )
}

/// That the baseline has what is not there any more; `None` where it has not.
pub(crate) fn gone(summary: &Summary) -> Option<String> {
    let count = summary.absent.len() as u64;
    (count > 0).then(|| {
        let lines = if count == 1 { "line" } else { "lines" };
        format!(
            "{} {lines} of the baseline found nothing any more; `keysift baseline update` takes them out",
            grouped(count)
        )
    })
}

fn skipped(page: &mut Page, summary: &Summary, explain: bool) {
    let filters: Vec<(Skip, u64)> = summary
        .skipped
        .iter()
        .map(|(skip, count)| (*skip, *count))
        .filter(|(skip, count)| !skip.is_incomplete() && *count > 0)
        .collect();
    if filters.is_empty() {
        return;
    }
    let total = filters.iter().map(|(_, count)| count).sum();
    heading(page, &format!("skipped {}", grouped(total)), explain);
    let names = filters.iter().map(|(skip, _)| skip.as_str().len()).max();
    for (skip, count) in filters {
        row(
            page,
            count,
            (skip.as_str(), names.unwrap_or(0)),
            skip.meaning(),
        );
    }
}

fn dropped(page: &mut Page, summary: &Summary, explain: bool) {
    let reasons: Vec<(Reason, u64)> = Reason::ALL
        .iter()
        .map(|reason| (*reason, summary.counters.dropped(*reason)))
        .filter(|(_, count)| *count > 0)
        .collect();
    if reasons.is_empty() {
        return;
    }
    let total = reasons.iter().map(|(_, count)| count).sum();
    let matches = if total == 1 { "match" } else { "matches" };
    heading(
        page,
        &format!("dropped {} {matches}", grouped(total)),
        explain,
    );
    let names = reasons
        .iter()
        .map(|(reason, _)| reason.as_str().len())
        .max();
    for (reason, count) in reasons {
        row(
            page,
            count,
            (reason.as_str(), names.unwrap_or(0)),
            reason.meaning(),
        );
    }
}

fn heading(page: &mut Page, text: &str, explain: bool) {
    page.put(Style::Plain, text);
    if !explain {
        page.put(Style::Faint, " (--explain shows each)");
    }
    page.put(Style::Plain, ":").end_line();
}

fn row(page: &mut Page, count: u64, (name, longest): (&str, usize), meaning: &str) {
    let count = grouped(count);
    page.pad_to(COUNT_END.saturating_sub(count.len()))
        .put(Style::Plain, count)
        .put(Style::Plain, "  ")
        .put(Style::Plain, format!("{name:longest$}  "))
        .prose(meaning);
}

/// Names what could not be scanned.
/// Names what could not be scanned.
pub(crate) fn could_not(page: &mut Page, summary: &Summary, tally: &Tally) {
    let (named, more) = tally.incomplete(summary);
    let total = named.len() as u64 + more;
    if total == 0 {
        return;
    }
    page.put(Style::Strong, "incomplete: ")
        .put(
            Style::Plain,
            format!("{} could not be scanned:", grouped(total)),
        )
        .end_line();
    for unscanned in named {
        let skip = unscanned.skip;
        page.pad_to(2)
            .put(Style::Plain, &unscanned.name)
            .put(Style::Plain, ": ");
        match &unscanned.message {
            Some(message) => page.put(Style::Plain, format!("{}: {message}", skip.meaning())),
            None => page.put(Style::Plain, skip.meaning()),
        };
        page.end_line();
    }
    if more > 0 {
        page.pad_to(2)
            .put(Style::Plain, format!("and {} more", grouped(more)))
            .end_line();
    }
}

/// `1 file`, `1,234 files`
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {noun}{s}", grouped(count))
}

/// A number with a comma between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in decimal units, with three digits or so.
pub(crate) fn size(bytes: f64) -> String {
    let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    // What would be rounded up to 1000 of a unit is 1.0 of the next.
    match units.iter().find(|(unit, _)| bytes >= unit * 0.9995) {
        Some((unit, name)) => {
            let count = bytes / unit;
            let decimals = usize::from(count < 99.95);
            format!("{count:.decimals$} {name}")
        }
        None => format!("{bytes:.0} B"),
    }
}

fn time(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    if seconds < 0.1 {
        format!("{:.0} ms", seconds * 1e3)
    } else if seconds < 10.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{seconds:.0} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn what_was_not_followed_because_it_touches_no_change_is_told() {
        let mut summary = Summary::default();
        assert!(coverage(&summary).ends_with(" rules"));
        summary.counters.unchanged_candidates = 1_310;
        let told = coverage(&summary);
        assert!(
            told.ends_with(" rules; 1,310 candidates where nothing was changed"),
            "{told}"
        );
    }

    #[test]
    fn sizes_have_a_unit_that_suits_them() {
        for (bytes, text) in [
            (0.0, "0 B"),
            (999.0, "999 B"),
            (1_500.0, "1.5 kB"),
            (999_960.0, "1.0 MB"),
            (123_456_789.0, "123 MB"),
            (99_960_000.0, "100 MB"),
            (5e12, "5000 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn times_have_a_unit_that_suits_them() {
        for (ms, text) in [(0, "0 ms"), (4, "4 ms"), (520, "0.52 s"), (75_300, "75 s")] {
            assert_eq!(time(Duration::from_millis(ms)), text);
        }
    }
}
