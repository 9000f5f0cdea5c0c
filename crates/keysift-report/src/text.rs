//! Text for people: what was found, where, how bad it is, what to do next; then what the scan covered.
//!
//! Findings stand under the path of their file. What a rule says at length, it says at its first finding; later ones
//! name that place.

mod line;

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use keysift_core::{
    Action, Commit, Confidence, Finding, Origin, Reason, Severity, Sink, Summary, Tag, Unscanned,
};

use self::line::{Side, fit, side};
use crate::coverage::{self, Tally};
use crate::escape::escape;
use crate::mask::Mask;
use crate::page::{Page, Style, columns};
use crate::part;
use crate::place::{hidden_in, standing};
use crate::{Format, ReportOptions, SecretDisplay};

pub(crate) const FORMAT: Format = Format {
    name: "text",
    summary: "For people, on a terminal or in a log.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Text {
            out,
            page: Page::new(options),
            options: options.clone(),
            file: None,
            is_begun: false,
            explained: HashMap::new(),
            tally: Tally::default(),
        })
    },
};

/// Where a finding's details begin.
const DETAIL_COLUMN: usize = 4;

/// Where what stands behind a detail's label begins; the longest label has 11 characters.
const VALUE_COLUMN: usize = 17;

struct Text {
    out: Box<dyn Write + Send>,
    page: Page,
    options: ReportOptions,
    /// The file whose path was written last, if nothing but its findings was written since.
    file: Option<Arc<Origin>>,
    is_begun: bool,
    /// By rule id, where its first finding stands.
    explained: HashMap<String, String>,
    tally: Tally,
}

impl Text {
    /// Separates what comes from what is there.
    fn blank_line(&mut self) {
        if self.is_begun {
            self.page.end_line();
        }
        self.is_begun = true;
    }

    /// Writes the path, unless it is the one that the last finding stands under. Says whether it did.
    fn file(&mut self, finding: &Finding) -> bool {
        if self.file.as_ref() == Some(&finding.origin) {
            return false;
        }
        self.blank_line();
        self.page
            .put(Style::Strong, origin_bytes(&finding.origin))
            .end_line();
        if let Some(author) = authorship(&finding.origin) {
            self.page.pad_to(2).put(Style::Faint, author).end_line();
        }
        if let Some(told) = standing(finding) {
            self.page.pad_to(2).put(Style::Faint, told).end_line();
        }
        self.file = Some(Arc::clone(&finding.origin));
        true
    }

    /// `12:8  HIGH  Acme API key (acme-api-key)`
    fn heading(&mut self, finding: &Finding, word: &str, style: Style) {
        let rule = &finding.rule;
        self.page
            .pad_to(2)
            .put(Style::Plain, place(finding))
            .put(Style::Plain, "  ")
            .put(style, word)
            .put(Style::Plain, "  ")
            .put(Style::Strong, &rule.name)
            .put(Style::Plain, format!(" ({})", rule.id));
    }

    /// The line with the secret masked in its place.
    fn excerpt(&mut self, finding: &Finding, mask: &Mask<'_>) {
        let secret = match mask.secrets() {
            SecretDisplay::Redacted => escape(finding.secret.redacted().as_bytes()),
            SecretDisplay::Shown => escape(finding.secret.expose()),
        };
        let (before, after) = (mask.before(finding), mask.after(finding));
        self.page.pad_to(DETAIL_COLUMN).put(Style::Faint, "| ");
        let (before, after) = fit(
            &side(&before, finding.excerpt.is_cut_before, Side::Before),
            &side(&after, finding.excerpt.is_cut_after, Side::After),
            columns(&secret),
            self.page.room(),
        );
        self.page
            .put(Style::Plain, before)
            .put(Style::Secret, secret)
            .put(Style::Plain, after)
            .end_line();
    }

    fn detail(&mut self, label: &str, text: &str) {
        self.page
            .pad_to(DETAIL_COLUMN)
            .put(Style::Faint, label)
            .pad_to(VALUE_COLUMN)
            .prose(text);
    }

    fn details(&mut self, finding: &Finding, mask: &Mask<'_>) {
        let rule = &finding.rule;
        if let Some(text) = hidden_in(finding) {
            self.detail("hidden in", &text);
        }
        for (index, fact) in finding.facts.iter().enumerate() {
            let label = if index == 0 { "it says" } else { "" };
            self.detail(
                label,
                &format!("{}: {}", fact.key, mask.fact(finding, &fact.value)),
            );
        }
        for (index, part) in finding.parts.iter().enumerate() {
            let label = if index == 0 { "goes with" } else { "" };
            self.detail(label, &part::told(part, mask));
        }
        if let Some(text) = signals(finding) {
            self.detail("decided by", &text);
        }
        let action = action(rule.remediation.action);
        match self.explained.get(&rule.id) {
            Some(place) => {
                let text = format!("{action} it, as said at {place}");
                self.detail("what to do", &text);
            }
            None => {
                self.detail("why", first_sentence(&rule.description));
                let text = format!("{action} it. {}", rule.remediation.steps);
                self.detail("what to do", &text);
                if let Some(link) = &rule.remediation.link {
                    self.detail("", link);
                }
                let path = escape(&origin_bytes(&finding.origin));
                self.explained
                    .insert(rule.id.clone(), format!("{path}:{}", place(finding)));
            }
        }
        if let (Some(_), Some(note)) = (finding.baseline, &finding.note) {
            self.detail("baseline", note);
        }
        self.detail("fingerprint", &finding.fingerprint.to_string());
        let text = format!("comment `keysift:allow {}` on the line or above", rule.id);
        self.detail("if harmless", &text);
    }

    fn finding(&mut self, finding: &Finding, mask: &Mask<'_>) -> io::Result<()> {
        let severity = finding.rule.severity;
        if self.file(finding) {
            self.tally.files += 1;
        } else {
            self.page.end_line();
        }
        *self.tally.by_severity.entry(severity).or_default() += 1;
        let word = severity.as_str().to_ascii_uppercase();
        self.heading(finding, &word, severity_style(severity));
        if finding.confidence != Confidence::High {
            let text = format!(", {} confidence", finding.confidence);
            self.page.put(Style::Plain, text);
        }
        self.page.end_line();
        self.excerpt(finding, mask);
        self.details(finding, mask);
        self.page.write_to(&mut self.out)
    }

    fn dropped_match(
        &mut self,
        finding: &Finding,
        reason: Reason,
        mask: &Mask<'_>,
    ) -> io::Result<()> {
        if !self.file(finding) {
            self.page.end_line();
        }
        self.heading(finding, "dropped", Style::Faint);
        self.page.end_line();
        self.excerpt(finding, mask);
        let note = finding.note.as_deref();
        self.page.pad_to(DETAIL_COLUMN).prose(&format!(
            "dropped: {}: {}{}{}",
            reason.as_str(),
            reason.meaning(),
            note.map_or("", |_| ": "),
            note.unwrap_or_default()
        ));
        if let Some(text) = hidden_in(finding) {
            self.detail("hidden in", &text);
        }
        if let Some(text) = signals(finding) {
            self.detail("decided by", &text);
        }
        self.page.write_to(&mut self.out)
    }
}

/// What decided on an assignment, the strongest first; `None` where nothing did or nobody asked.
fn signals(finding: &Finding) -> Option<String> {
    let told: Vec<String> = finding
        .signals
        .iter()
        .map(|signal| {
            let side = if signal.speaks_for { "for" } else { "against" };
            format!("{} ({side})", signal.feature)
        })
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}

impl Sink for Text {
    type Error = io::Error;

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            self.finding(finding, &mask)?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn dropped(&mut self, dropped: &[Finding], findings: &[Finding]) -> io::Result<()> {
        if !self.options.explain {
            return Ok(());
        }
        let mask = Mask::new(dropped.iter().chain(findings), self.options.secrets);
        dropped
            .iter()
            .filter_map(|finding| finding.dropped.map(|reason| (finding, reason)))
            .try_for_each(|(finding, reason)| self.dropped_match(finding, reason, &mask))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        if !self.options.explain || unscanned.skip.is_incomplete() {
            return Ok(());
        }
        if self.file.take().is_some() {
            self.blank_line();
        }
        self.is_begun = true;
        coverage::skipped_one(&mut self.page, unscanned);
        self.page.write_to(&mut self.out)
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.blank_line();
        coverage::write(&mut self.page, summary, &self.tally, self.options.explain);
        self.page.write_to(&mut self.out)?;
        self.out.flush()
    }
}

/// The origin's name with all bytes of its path, also those that are not UTF-8.
fn origin_bytes(origin: &Origin) -> Vec<u8> {
    let path = |path: &Path| path.as_os_str().as_encoded_bytes().to_vec();
    match origin {
        Origin::File(file) => path(file),
        Origin::Staged { path: file, stage } => match stage {
            0 => path(file),
            _ => [format!(":{stage}:").into_bytes(), path(file)].concat(),
        },
        Origin::Committed { commit, path: file } => {
            [commit.short_id().as_bytes(), b":", &path(file)].concat()
        }
        Origin::Member {
            archive,
            path: member,
        } => [origin_bytes(archive), b"!".to_vec(), path(member)].concat(),
        Origin::Within { repository, origin } => {
            [repository.as_bytes(), b": ", &origin_bytes(origin)].concat()
        }
        other => other.to_string().into_bytes(),
    }
}

/// `commit 4f1d…, 2026-11-24T10:00:00Z, A U Thor <author@example.org>`
fn authorship(origin: &Origin) -> Option<String> {
    let (what, id, name, email, date) = if let Some(commit) = origin.commit() {
        let Commit {
            id,
            author,
            email,
            date,
        } = commit;
        ("commit", id, author, email, date)
    } else {
        let Tag {
            id,
            tagger,
            email,
            date,
            ..
        } = origin.tag()?;
        ("tag", id, tagger, email, date)
    };
    let date = date.map(|date| format!(", {date}")).unwrap_or_default();
    let name = if name.is_empty() && email.is_empty() {
        String::new()
    } else {
        format!(", {name} <{email}>")
    };
    Some(format!("{what} {id}{date}{name}"))
}

fn place(finding: &Finding) -> String {
    format!("{}:{}", finding.start.line, finding.start.column)
}

pub(crate) fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => Style::Critical,
        Severity::High => Style::High,
        Severity::Medium => Style::Medium,
        _ => Style::Low,
    }
}

/// `Revoke`, as a sentence begins.
pub(crate) fn action(action: Action) -> String {
    let mut word = action.as_str().to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// The text up to the first full stop that a capital letter follows.
fn first_sentence(text: &str) -> &str {
    for (at, _) in text.match_indices('.') {
        let rest = &text[at + 1..];
        let next = rest.trim_start();
        if next.len() < rest.len() && next.starts_with(char::is_uppercase) {
            return &text[..=at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_where_another_begins() {
        for (text, first) in [
            ("Gives access. It never expires.", "Gives access."),
            (
                "Signs releases, e.g. installers. More.",
                "Signs releases, e.g. installers.",
            ),
            ("Reads example.com", "Reads example.com"),
            ("One\nline.\nTwo", "One\nline."),
            ("", ""),
        ] {
            assert_eq!(first_sentence(text), first);
        }
    }
}
