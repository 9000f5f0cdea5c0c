//! The JSON array that gitleaks writes, for programs that read it.
//!
//! Fields, their order and the form of `Fingerprint` are those of gitleaks 8.30; rules are keysift's. `Secret`, and
//! the secret in `Match`, are `REDACTED` unless secrets are shown. Columns count bytes from 1, on every line. The
//! array has no place for what the scan covered.

use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Summary};
use serde::Serialize;

use crate::mask::Mask;
use crate::place;
use crate::record;
use crate::{Format, ReportOptions, SecretDisplay};

/// What stands for a secret.
const REDACTED: &str = "REDACTED";

pub(crate) const FORMAT: Format = Format {
    name: "gitleaks",
    summary: "The JSON that gitleaks writes.",
    has_coverage: false,
    open: |out, options| {
        Box::new(Gitleaks {
            out,
            options: options.clone(),
            findings: 0,
        })
    },
};

struct Gitleaks {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    findings: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Record<'a> {
    #[serde(rename = "RuleID")]
    rule_id: &'a str,
    description: &'a str,
    start_line: u64,
    end_line: u64,
    start_column: u64,
    end_column: u64,
    r#match: String,
    secret: String,
    file: &'a str,
    symlink_file: &'static str,
    commit: &'a str,
    entropy: f32,
    author: &'a str,
    email: &'a str,
    date: String,
    message: &'static str,
    /// What the secret says of itself, as `key:value`, and what it is hidden in.
    tags: Vec<String>,
    fingerprint: String,
}

impl<'a> Record<'a> {
    fn new(finding: &'a Finding, path: &'a str, mask: &Mask<'_>) -> Self {
        let rule = &finding.rule;
        let secret = match mask.secrets() {
            SecretDisplay::Redacted => REDACTED.to_owned(),
            SecretDisplay::Shown => String::from_utf8_lossy(finding.secret.expose()).into_owned(),
        };
        // The entropy of a word says which words it may be.
        let hides_entropy =
            mask.secrets() == SecretDisplay::Redacted && finding.fingerprint.is_weak();
        let line = finding.start.line;
        let (commit, author, email, date) = place::authorship(&finding.origin)
            .map(|made| (made.id, made.name, made.email, made.date))
            .unwrap_or_default();
        Self {
            rule_id: &rule.id,
            description: &rule.name,
            start_line: line,
            end_line: finding.end.line,
            start_column: finding.start.column,
            end_column: finding.end.column,
            r#match: whole_match(finding, &secret, mask),
            secret,
            file: path,
            symlink_file: "",
            commit,
            entropy: if hides_entropy {
                0.0
            } else {
                entropy(finding.secret.expose())
            },
            author,
            email,
            date,
            message: "",
            tags: tags(finding, mask),
            fingerprint: if commit.is_empty() {
                format!("{path}:{}:{line}", rule.id)
            } else {
                format!("{commit}:{path}:{}:{line}", rule.id)
            },
        }
    }
}

/// What the secret says of itself, and what it is hidden in, as gitleaks tells it.
fn tags(finding: &Finding, mask: &Mask<'_>) -> Vec<String> {
    let facts = finding.facts.iter();
    let facts = facts.map(|fact| format!("{}:{}", fact.key, mask.fact(finding, &fact.value)));
    let encodings = finding.via.iter();
    let encodings = encodings.map(|encoding| format!("decoded:{}", encoding.as_str()));
    let depth = finding.via.len();
    let depth = (depth > 0).then(|| format!("decode-depth:{depth}"));
    facts.chain(encodings).chain(depth).collect()
}

/// What the pattern matched, as far as the excerpt holds it.
fn whole_match(finding: &Finding, secret: &str, mask: &Mask<'_>) -> String {
    if !finding.via.is_empty() {
        return secret.to_owned();
    }
    let (before, after) = (mask.before(finding), mask.after(finding));
    let (span, secret_span) = (finding.span, finding.secret_span);
    let length_before = secret_span
        .start
        .saturating_sub(span.start)
        .min(before.len());
    let length_after = span.end.saturating_sub(secret_span.end).min(after.len());
    let before = String::from_utf8_lossy(&before[before.len() - length_before..]);
    let after = String::from_utf8_lossy(&after[..length_after]);
    format!("{before}{secret}{after}")
}

/// Shannon entropy in bits a byte.
fn entropy(bytes: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let length = bytes.len() as f64;
    let bits: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum();
    bits as f32
}

impl Sink for Gitleaks {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        self.out.write_all(b"[")
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            let path = record::path(&finding.origin).0;
            let mut text = record::separator(self.findings == 0).to_vec();
            record::append(&mut text, &Record::new(finding, &path, &mask))?;
            self.out.write_all(&text)?;
            self.findings += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.out
            .write_all(if self.findings == 0 { b"]\n" } else { b"\n]\n" })?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_in_bits_a_byte() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-6);
        assert!(entropy(b"aaaa").abs() < 1e-6);
        assert!(entropy(b"").abs() < 1e-6);
    }
}
