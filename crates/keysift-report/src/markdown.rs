//! A summary in Markdown, for a comment on a pull request.
//!
//! A section that folds for each secret, with its places, the most severe first. GitHub takes 65,536 characters in a
//! comment: what does not fit into [`MAX_BYTES`] is counted. Whatever was scanned is written as code in which nothing
//! means anything to Markdown.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use keysift_core::{Finding, Rule, Severity, Sink, Summary, Unscanned};

use crate::coverage::{Tally, counted, grouped};
use crate::group::Secrets;
use crate::markup::{code, plain};
use crate::mask::Mask;
use crate::notes::{self, Note};
use crate::place;
use crate::record;
use crate::text::action;
use crate::{Format, ReportOptions};

/// How long the list of secrets may be; the rest of the comment takes at most some 6,000 bytes more.
const MAX_BYTES: usize = 56_000;

/// How many secrets of a severity are kept: more than [`MAX_BYTES`] has room for.
const MAX_SECRETS: usize = 500;

/// How many places of a secret are named.
const MAX_PLACES: usize = 10;

/// How long a path or a secret may be, in characters.
const MAX_CHARS: usize = 200;

pub(crate) const FORMAT: Format = Format {
    name: "markdown",
    summary: "A summary in Markdown, for comments on pull requests.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Markdown {
            out,
            options: options.clone(),
            ids: Secrets::default(),
            secrets: Vec::new(),
            kept: [0; Severity::ALL.len()],
            counts: [(0, 0); Severity::ALL.len()],
            tally: Tally::default(),
        })
    },
};

struct Markdown {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    ids: Secrets,
    /// By the number of a secret less 1; `None` where it was not kept.
    secrets: Vec<Option<Entry>>,
    /// By severity, how many secrets are kept.
    kept: [usize; Severity::ALL.len()],
    /// By severity, how many secrets and how many places there are.
    counts: [(u64, u64); Severity::ALL.len()],
    tally: Tally,
}

/// A secret with its places, as Markdown.
struct Entry {
    rule: Arc<Rule>,
    secret: String,
    fingerprint: String,
    facts: Vec<String>,
    parts: Vec<String>,
    places: Vec<String>,
    place_count: u64,
}

impl Entry {
    fn new(finding: &Finding, mask: &Mask<'_>) -> Self {
        let facts = finding
            .facts
            .iter()
            .map(|fact| format!("{}: {}", fact.key, cut(&mask.fact(finding, &fact.value))))
            .collect();
        Self {
            rule: Arc::clone(&finding.rule),
            secret: cut(&place::secret(finding, mask.secrets())),
            fingerprint: finding.fingerprint.to_string(),
            facts,
            parts: (finding.parts.iter())
                .map(|part| format!("{} {}", plain(&part.name), cut(&mask.part(part))))
                .collect(),
            places: Vec::new(),
            place_count: 0,
        }
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let rule = &self.rule;
        let remedy = &rule.remediation;
        writeln!(
            out,
            "<details><summary><strong>{}</strong>: {} {}, {}</summary>\n",
            rule.severity,
            plain(&rule.name),
            self.secret,
            counted(self.place_count, "place"),
        )?;
        for place in &self.places {
            writeln!(out, "- {place}")?;
        }
        let more = self.place_count - self.places.len() as u64;
        if more > 0 {
            writeln!(out, "- and {} more", grouped(more))?;
        }
        let steps = plain(&remedy.steps.trim().replace('\n', " "));
        writeln!(out, "\n{}\n", plain(&rule.description))?;
        writeln!(out, "**{} it.** {steps}", action(remedy.action))?;
        if let Some(link) = remedy.link.as_deref().filter(|link| is_link(link)) {
            writeln!(out, "[How to {} it]({link})", remedy.action)?;
        }
        if !self.facts.is_empty() {
            writeln!(out, "\nIt says: {}.", self.facts.join(", "))?;
        }
        if !self.parts.is_empty() {
            writeln!(out, "\nIt goes with: {}.", self.parts.join(", "))?;
        }
        writeln!(
            out,
            "\nRule {}, fingerprint {}. If it is harmless, put the comment {} on the line or above.\n\n</details>\n",
            code(&rule.id),
            code(&self.fingerprint),
            code(&format!("keysift:allow {}", rule.id)),
        )
    }
}

/// Text from outside as code, cut if it is long.
fn cut(text: &str) -> String {
    code(&place::head(text, MAX_CHARS))
}

/// Whether a link can stand in Markdown's brackets as it is.
fn is_link(link: &str) -> bool {
    link.starts_with("https://")
        && link
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"()<>\\\"`|".contains(&byte))
}

impl Markdown {
    fn list(&self) -> Result<String, std::fmt::Error> {
        let mut list = String::new();
        let mut listed = 0;
        let mut entries: Vec<&Entry> = self.secrets.iter().flatten().collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.rule.severity));
        for entry in entries {
            let length = list.len();
            entry.write(&mut list)?;
            if list.len() > MAX_BYTES {
                list.truncate(length);
                break;
            }
            listed += 1;
        }
        let more = self.secrets.len() - listed;
        if more > 0 {
            let more = counted(more as u64, "more secret");
            writeln!(list, "{more} would not fit into a comment.\n")?;
        }
        Ok(list)
    }

    fn text(&self, notes: &[Note]) -> Result<String, std::fmt::Error> {
        let places = self.counts.iter().map(|(_, places)| places).sum();
        let is_incomplete = notes.iter().any(|note| note.is_warning);
        let mut text = if places == 0 && is_incomplete {
            "## keysift found nothing in what it scanned\n\n".to_owned()
        } else if places == 0 {
            "## keysift found nothing\n\n".to_owned()
        } else {
            let secrets = counted(self.secrets.len() as u64, "secret");
            format!(
                "## keysift found {secrets} in {}\n\n",
                counted(places, "place")
            )
        };
        let (warnings, infos): (Vec<&Note>, Vec<&Note>) =
            notes.iter().partition(|note| note.is_warning);
        if is_incomplete {
            writeln!(
                text,
                "**The scan is incomplete.** What it did not cover stands at the end.\n"
            )?;
        }
        if places > 0 {
            text.push_str("| severity | secrets | places |\n| --- | ---: | ---: |\n");
            for (severity, (secrets, places)) in Severity::ALL.iter().zip(self.counts).rev() {
                if places > 0 {
                    let (secrets, places) = (grouped(secrets), grouped(places));
                    writeln!(text, "| {severity} | {secrets} | {places} |")?;
                }
            }
            text.push('\n');
            text.push_str(&self.list()?);
        }
        let is_open = if is_incomplete { " open" } else { "" };
        writeln!(
            text,
            "<details{is_open}><summary>What the scan covered</summary>\n"
        )?;
        for note in warnings {
            writeln!(text, "- {}", cut(&note.text))?;
        }
        for note in infos {
            writeln!(text, "- {}", note.text)?;
        }
        writeln!(text, "\n</details>")?;
        Ok(text)
    }
}

impl Sink for Markdown {
    type Error = io::Error;

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            let severity = finding.rule.severity as usize;
            let (id, is_new) = self.ids.id(finding);
            let (secrets, places) = &mut self.counts[severity];
            *places += 1;
            if is_new {
                *secrets += 1;
                let is_kept = self.kept[severity] < MAX_SECRETS;
                self.kept[severity] += usize::from(is_kept);
                self.secrets
                    .push(is_kept.then(|| Entry::new(finding, &mask)));
            }
            if let Some(Some(entry)) = self.secrets.get_mut(id.0 - 1) {
                entry.place_count += 1;
                if entry.places.len() < MAX_PLACES {
                    let path = place::head(&record::path(&finding.origin).0, MAX_CHARS);
                    let start = finding.start;
                    let mut place = format!(
                        "{} line {}, column {}",
                        code(&path),
                        start.line,
                        start.column
                    );
                    if let Some(hidden) = place::hidden_in(finding) {
                        let _ = write!(place, ", hidden in {hidden}");
                    }
                    if let Some(made) = place::authorship(&finding.origin) {
                        let who = place::head(made.name, MAX_CHARS);
                        let (id, who, date) = (code(made.id), code(&who), made.date);
                        let _ = write!(place, ", {id} by {who} {date}");
                    }
                    if let Some(standing) = place::standing(finding) {
                        let _ = write!(place, ", {}", code(&place::head(&standing, MAX_CHARS)));
                    }
                    entry.places.push(place);
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let notes = notes::notes(summary, &self.tally);
        let text = self.text(&notes).map_err(io::Error::other)?;
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_link_that_starts_nothing_else_is_written() {
        assert!(is_link("https://acme.example/docs/keys?a=b#c"));
        for link in [
            "javascript:alert(1)",
            "https://a.example/) [x](y",
            "https://a b",
        ] {
            assert!(!is_link(link));
        }
    }
}
