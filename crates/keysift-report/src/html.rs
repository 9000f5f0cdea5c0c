//! One page for people, with everything in it: it works without a network and loads nothing.
//!
//! Findings are data in the page, as JSON in which no `<` stands; a script of ours shows them, as text and never as
//! markup. A content security policy lets that script run, and nothing else.

use std::io::{self, Write};
use std::ops::ControlFlow;

use data_encoding::BASE64;
use keysift_core::{Finding, Rule, Sink, Summary, Unscanned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::coverage::Tally;
use crate::escape::escape;
use crate::group::Secrets;
use crate::json::Kept;
use crate::mask::Mask;
use crate::record::{self, ToolRecord};
use crate::{Format, ReportOptions, SecretDisplay, notes, part, place};

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// What is kept of what was not scanned: about 10,000 paths.
const MAX_UNSCANNED_BYTES: usize = 2 << 20;

pub(crate) const FORMAT: Format = Format {
    name: "html",
    summary: "One page for people, which works without a network.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Html {
            out,
            options: options.clone(),
            rules: Vec::new(),
            secrets: Secrets::default(),
            findings: 0,
            tally: Tally::default(),
            unscanned: Kept::new(MAX_UNSCANNED_BYTES),
        })
    },
};

struct Html {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    /// Those that found something, by id.
    rules: Vec<(String, Value)>,
    secrets: Secrets,
    findings: u64,
    tally: Tally,
    unscanned: Kept,
}

/// The page before its data, and behind it.
fn page() -> (String, &'static str) {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text));
    let (before, after) = PAGE.split_once("[data]").unwrap_or((PAGE, ""));
    let before = before
        .replace("[style-hash]", &hash(STYLE))
        .replace("[script-hash]", &hash(SCRIPT))
        .replace("[style]", STYLE);
    (before, after)
}

fn rule_record(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "description": rule.description,
        "provider": rule.provider,
        "kind": rule.kind,
        "severity": rule.severity,
        "action": rule.remediation.action,
        "steps": rule.remediation.steps,
        "link": rule.remediation.link,
    })
}

impl Html {
    fn rule(&mut self, rule: &Rule) -> usize {
        let index = self.rules.iter().position(|(id, _)| *id == rule.id);
        index.unwrap_or_else(|| {
            self.rules.push((rule.id.clone(), rule_record(rule)));
            self.rules.len() - 1
        })
    }

    fn finding(&mut self, finding: &Finding, mask: &Mask<'_>) -> Value {
        let (secret_id, is_new) = self.secrets.id(finding);
        let excerpt = &finding.excerpt;
        let cut = |is_cut| if is_cut { "..." } else { "" };
        let mut record = json!({
            "rule": self.rule(&finding.rule),
            "secret_id": secret_id,
            "place": escape(finding.origin.to_string().as_bytes()),
            "line": finding.start.line,
            "column": finding.start.column,
            "confidence": finding.confidence,
            "before": format!("{}{}", cut(excerpt.is_cut_before), escape(&mask.before(finding))),
            "after": format!("{}{}", escape(&mask.after(finding)), cut(excerpt.is_cut_after)),
        });
        if let Some(hidden) = place::hidden_in(finding) {
            record["hidden"] = hidden.into();
        }
        if let Some(made) = place::authorship(&finding.origin) {
            record["commit"] = json!({
                "id": escape(made.id.as_bytes()),
                "author": escape(made.name.as_bytes()),
                "email": escape(made.email.as_bytes()),
                "date": made.date,
            });
        }
        if let Some(standing) = place::standing(finding) {
            record["standing"] = escape(standing.as_bytes()).into();
        }
        if is_new {
            let facts: Vec<Value> = finding
                .facts
                .iter()
                .map(|fact| {
                    let value = mask.fact(finding, &fact.value);
                    json!({"key": fact.key.as_str(), "value": escape(value.as_bytes())})
                })
                .collect();
            record["secret"] = json!({
                "text": place::secret(finding, mask.secrets()),
                "fingerprint": finding.fingerprint.to_string(),
                "facts": facts,
            });
            if !finding.parts.is_empty() {
                let parts = finding.parts.iter().map(|found| {
                    json!({"name": escape(found.name.as_bytes()), "value": part::shown(found, mask)})
                });
                record["secret"]["parts"] = parts.collect();
            }
        }
        record
    }

    /// Writes JSON so that it cannot end the element that it stands in: outside of texts there is no `<`.
    fn data(&mut self, json: &[u8]) -> io::Result<()> {
        for (index, part) in json.split(|byte| *byte == b'<').enumerate() {
            if index > 0 {
                self.out.write_all(b"\\u003c")?;
            }
            self.out.write_all(part)?;
        }
        Ok(())
    }
}

impl Sink for Html {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        self.out.write_all(page().0.as_bytes())?;
        self.data(b"{\"findings\":[")
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            let record = self.finding(finding, &mask);
            let mut text = record::separator(self.findings == 0).to_vec();
            record::append(&mut text, &record)?;
            self.data(&text)?;
            self.findings += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        if !self.options.explain && !unscanned.skip.is_incomplete() {
            return Ok(());
        }
        let message = unscanned.message.as_deref().unwrap_or_default();
        self.unscanned.push(&json!({
            "name": escape(unscanned.name.as_bytes()),
            "meaning": unscanned.skip.meaning(),
            "message": escape(message.as_bytes()),
        }))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let notes: Vec<Value> = notes::notes(summary, &self.tally)
            .iter()
            .map(|note| json!({"warning": note.is_warning, "text": note.text}))
            .collect();
        let rules: Vec<&Value> = self.rules.iter().map(|(_, record)| record).collect();
        let mut text = b"],\n\"unscanned\":[".to_vec();
        self.unscanned.write_to(&mut text)?;
        for (name, value) in [
            ("unlisted", json!(self.unscanned.unlisted)),
            ("rules", json!(rules)),
            ("notes", json!(notes)),
            ("tool", json!(ToolRecord::new(&self.options))),
            ("started", json!(notes::time(self.options.started))),
            (
                "redacted",
                json!(self.options.secrets == SecretDisplay::Redacted),
            ),
        ] {
            text.extend(format!(",\n\"{name}\":").as_bytes());
            record::append(&mut text, &value)?;
        }
        text.push(b'}');
        self.data(&text)?;
        self.out
            .write_all(page().1.replace("[script]", SCRIPT).as_bytes())?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_loads_nothing_and_has_a_place_for_everything() {
        let (before, after) = page();
        let after = after.replace("[script]", SCRIPT);
        assert!(before.contains(STYLE) && after.contains(SCRIPT));
        assert!(!before.contains("-hash]"));
        for text in [&*before, &*after] {
            for word in [
                "src=",
                "url(",
                "@import",
                "innerHTML",
                "insertAdjacentHTML",
                "eval(",
            ] {
                assert!(!text.contains(word), "{word}");
            }
        }
        // The script would end where it does not.
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}
