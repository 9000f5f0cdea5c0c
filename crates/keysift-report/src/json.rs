//! One JSON document, for programs that read a report as a whole.
//!
//! ```json
//! {"version": 1, "tool": {"name": "keysift", "version": "…"},
//!  "findings": […], "secrets": […], "dropped": […], "unscanned": […], "summary": {…}}
//! ```
//!
//! Findings are written as they come, one a line; `secrets` names the findings of each secret. Its schema is
//! `docs/schema/report.json`. What comes between them and belongs behind them, dropped matches and
//! what was not scanned, is kept as text until the end, up to [`MAX_KEPT_BYTES`] each; `unlisted` counts what did not
//! fit, and JSON Lines has no such bound. `dropped` is there only in a report that explains, and `unscanned` then holds
//! what filters left out on purpose as well. A document that does not end was cut off by an error.

use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Summary, Unscanned};
use serde::Serialize;

use crate::group::{SecretId, Secrets};
use crate::mask::Mask;
use crate::record::{self, FindingRecord, SummaryRecord, ToolRecord, UnscannedRecord, VERSION};
use crate::{Format, ReportOptions};

/// What is kept of either list: about 20,000 dropped matches, or 100,000 paths.
const MAX_KEPT_BYTES: usize = 16 << 20;

pub(crate) const FORMAT: Format = Format {
    name: "json",
    summary: "One JSON document with everything in it.",
    has_coverage: true,
    open: |out, options| Box::new(Json::new(out, options, MAX_KEPT_BYTES)),
};

struct Json {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    findings: u64,
    ids: Secrets,
    /// By the number of a secret less 1.
    secrets: Vec<SecretRecord>,
    dropped: Kept,
    unscanned: Kept,
}

/// A secret, with its places.
#[derive(Serialize)]
struct SecretRecord {
    secret_id: SecretId,
    rule: String,
    fingerprint: String,
    /// The places of its findings in the list, from 0.
    findings: Vec<u64>,
}

/// Records that are written at the end.
pub(crate) struct Kept {
    text: Vec<u8>,
    max_bytes: usize,
    /// Records that did not fit.
    pub(crate) unlisted: u64,
}

#[derive(Serialize)]
struct Coverage<'a> {
    #[serde(flatten)]
    summary: SummaryRecord<'a>,
    unlisted: Unlisted,
}

/// Records that are counted and not in the document.
#[derive(Serialize)]
struct Unlisted {
    dropped: u64,
    unscanned: u64,
}

impl Kept {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self {
            text: Vec::new(),
            max_bytes,
            unlisted: 0,
        }
    }

    pub(crate) fn push(&mut self, record: &impl Serialize) -> io::Result<()> {
        let length = self.text.len();
        if self.unlisted == 0 {
            self.text.extend(record::separator(length == 0));
            record::append(&mut self.text, record)?;
        }
        if self.unlisted > 0 || self.text.len() > self.max_bytes {
            self.text.truncate(length);
            self.unlisted += 1;
        }
        Ok(())
    }

    /// Writes the records and the bracket behind them.
    pub(crate) fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.text)?;
        out.write_all(if self.text.is_empty() { b"]" } else { b"\n]" })
    }
}

impl Json {
    fn new(out: Box<dyn Write + Send>, options: &ReportOptions, max_kept_bytes: usize) -> Self {
        Self {
            out,
            options: options.clone(),
            findings: 0,
            ids: Secrets::default(),
            secrets: Vec::new(),
            dropped: Kept::new(max_kept_bytes),
            unscanned: Kept::new(max_kept_bytes),
        }
    }

    /// Adds the finding to the places of its secret.
    fn place(&mut self, finding: &Finding) -> SecretId {
        let (secret_id, is_new) = self.ids.id(finding);
        if is_new {
            self.secrets.push(SecretRecord {
                secret_id,
                rule: finding.rule.id.clone(),
                fingerprint: finding.fingerprint.to_string(),
                findings: Vec::new(),
            });
        }
        if let Some(record) = self.secrets.get_mut(secret_id.0 - 1) {
            record.findings.push(self.findings);
        }
        secret_id
    }
}

impl Sink for Json {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        let mut text = format!("{{\"version\":{VERSION},\"tool\":").into_bytes();
        record::append(&mut text, &ToolRecord::new(&self.options))?;
        text.extend(b",\n\"findings\":[");
        self.out.write_all(&text)
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            let mut text = record::separator(self.findings == 0).to_vec();
            let id = self.place(finding);
            record::append(&mut text, &FindingRecord::new(finding, &mask, Some(id)))?;
            self.out.write_all(&text)?;
            self.findings += 1;
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
            .try_for_each(|finding| self.dropped.push(&FindingRecord::new(finding, &mask, None)))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        if !self.options.explain && !unscanned.skip.is_incomplete() {
            return Ok(());
        }
        self.unscanned.push(&UnscannedRecord::new(unscanned))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.out
            .write_all(if self.findings == 0 { b"]" } else { b"\n]" })?;
        self.out.write_all(b",\n\"secrets\":[")?;
        for (index, secret) in self.secrets.iter().enumerate() {
            let mut text = record::separator(index == 0).to_vec();
            record::append(&mut text, secret)?;
            self.out.write_all(&text)?;
        }
        self.out.write_all(if self.secrets.is_empty() {
            b"]"
        } else {
            b"\n]"
        })?;
        if self.options.explain {
            self.out.write_all(b",\n\"dropped\":[")?;
            self.dropped.write_to(&mut self.out)?;
        }
        self.out.write_all(b",\n\"unscanned\":[")?;
        self.unscanned.write_to(&mut self.out)?;
        let mut text = b",\n\"summary\":".to_vec();
        let coverage = Coverage {
            summary: SummaryRecord::new(summary, self.findings),
            unlisted: Unlisted {
                dropped: self.dropped.unlisted,
                unscanned: self.unscanned.unlisted,
            },
        };
        record::append(&mut text, &coverage)?;
        text.extend(b"}\n");
        self.out.write_all(&text)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use keysift_core::Skip;

    use super::*;

    #[test]
    fn what_is_not_kept_is_counted() {
        let mut kept = Kept::new(200);
        for number in 0..10 {
            let unscanned = Unscanned::new(format!("file-{number}"), Skip::Unreadable);
            kept.push(&UnscannedRecord::new(&unscanned)).unwrap();
        }
        let mut out = b"[".to_vec();
        kept.write_to(&mut out).unwrap();
        let list: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
        assert_eq!(list.len(), 1);
        assert_eq!(kept.unlisted, 9);
    }
}
