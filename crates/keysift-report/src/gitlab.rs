//! GitLab's report of secret detection, in version 15.2.1 of its schema.
//!
//! A vulnerability for each place of a secret. Messages of the scan say what was not scanned. GitLab shows a report's
//! texts as Markdown, so that whatever was scanned is written as code.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::time::SystemTime;

use keysift_core::{Finding, Severity, Sink, Summary, Unscanned};
use serde_json::{Map, Value, json};

use crate::coverage::Tally;
use crate::escape::escape;
use crate::group::Secrets;
use crate::markup::code;
use crate::mask::Mask;
use crate::part;
use crate::place::{self, head};
use crate::record;
use crate::text::action;
use crate::{Format, ReportOptions, notes};

const SCHEMA_VERSION: &str = "15.2.1";

/// How long a vulnerability's name may be, in characters.
const MAX_NAME_CHARS: usize = 255;

/// How long the advice may be, in characters.
const MAX_SOLUTION_CHARS: usize = 7_000;

/// The commit of what is not in a history: the schema demands one.
const NO_COMMIT: &str = "0000000";

pub(crate) const FORMAT: Format = Format {
    name: "gitlab",
    summary: "GitLab's report of secret detection.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Gitlab {
            out,
            options: options.clone(),
            secrets: Secrets::default(),
            findings: 0,
            tally: Tally::default(),
        })
    },
};

struct Gitlab {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    secrets: Secrets,
    findings: u64,
    tally: Tally,
}

impl Gitlab {
    fn vulnerability(&mut self, finding: &Finding, mask: &Mask<'_>) -> Value {
        let rule = &finding.rule;
        let remedy = &rule.remediation;
        let secret = place::secret(finding, mask.secrets());
        let (secret_id, _) = self.secrets.id(finding);
        let path = record::path(&finding.origin).0;
        let steps = format!("{} it. {}", action(remedy.action), remedy.steps.trim());
        let identifiers = json!([
            {
                "type": "keysift_rule_id",
                "name": format!("keysift rule {}", rule.id),
                "value": rule.id,
            },
            {
                "type": "cwe",
                "name": "CWE-798",
                "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ]);
        let mut vulnerability = json!({
            "id": uuid(finding),
            "category": "secret_detection",
            "name": head(&rule.name, MAX_NAME_CHARS),
            "description": format!("{} Found: {}", rule.description, code(&secret)),
            "severity": severity(rule.severity),
            "solution": head(&steps, MAX_SOLUTION_CHARS),
            "identifiers": identifiers,
            "location": {
                "file": path,
                "start_line": finding.start.line,
                "end_line": finding.end.line,
                "commit": commit(finding),
            },
            "raw_source_code_extract": secret,
            "details": details(finding, mask, secret_id.0),
        });
        if let Some(link) = remedy.link.as_deref().filter(|link| is_url(link)) {
            vulnerability["links"] =
                json!([{"name": format!("How to {} it", remedy.action), "url": link}]);
        }
        vulnerability
    }

    fn scan(&self, summary: &Summary) -> Value {
        let tool = json!({
            "id": "keysift",
            "name": "keysift",
            "version": self.options.tool_version,
            "vendor": {"name": "keysift"},
        });
        let messages: Vec<Value> = notes::notes(summary, &self.tally)
            .iter()
            .map(|note| {
                let level = if note.is_warning { "warn" } else { "info" };
                json!({"level": level, "value": note.text})
            })
            .collect();
        let started = self.options.started;
        json!({
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": time(started),
            "end_time": time(started + summary.elapsed),
            "status": if summary.is_incomplete() { "failure" } else { "success" },
            "messages": messages,
        })
    }
}

fn details(finding: &Finding, mask: &Mask<'_>, secret_id: usize) -> Map<String, Value> {
    let mut details = Map::new();
    let mut add = |key: String, value: String| {
        let text = json!({"type": "text", "name": key, "value": value});
        details.insert(key, text);
    };
    add("fingerprint".into(), finding.fingerprint.to_string());
    add("secret".into(), format!("no. {secret_id} in this report"));
    add("confidence".into(), finding.confidence.to_string());
    if let Some(standing) = place::standing(finding) {
        add("standing".into(), escape(standing.as_bytes()));
    }
    let mut by_key: BTreeMap<&str, Vec<Cow<'_, str>>> = BTreeMap::new();
    for fact in &finding.facts {
        let values = by_key.entry(fact.key.as_str()).or_default();
        values.push(mask.fact(finding, &fact.value));
    }
    for (key, values) in by_key {
        add(format!("says {key}"), values.join(", "));
    }
    if let Some(hidden) = place::hidden_in(finding) {
        add("hidden in".into(), hidden);
    }
    for found in &finding.parts {
        add(
            format!("goes with {}", found.name),
            part::shown(found, mask),
        );
    }
    details
}

fn commit(finding: &Finding) -> Value {
    match place::authorship(&finding.origin) {
        Some(authorship) => json!({
            "sha": authorship.id,
            "author": escape(format!("{} <{}>", authorship.name, authorship.email).as_bytes()),
            "date": authorship.date,
        }),
        None => json!({"sha": NO_COMMIT}),
    }
}

/// The same for the same rule, secret and place, as a UUID of version 8.
fn uuid(finding: &Finding) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("keysift gitlab vulnerability v1");
    let path = finding
        .origin
        .path()
        .map(|path| path.as_os_str().as_encoded_bytes());
    for part in [
        finding.rule.id.as_bytes(),
        finding.fingerprint.to_string().as_bytes(),
        finding.origin.to_string().as_bytes(),
        path.unwrap_or_default(),
        &finding.start.line.to_le_bytes(),
        &finding.start.column.to_le_bytes(),
    ] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    let bits = u128::from_be_bytes(bytes);
    let bits = bits & !(0xf000 << 64) | 0x8000 << 64;
    let bits = bits & !(0xc000 << 48) | 0x8000 << 48;
    let hex = format!("{bits:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        _ => "Low",
    }
}

fn is_url(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

/// GitLab's times have no zone.
fn time(time: SystemTime) -> String {
    notes::time(time).trim_end_matches('Z').to_owned()
}

impl Sink for Gitlab {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        let text = format!("{{\"version\":\"{SCHEMA_VERSION}\",\n\"vulnerabilities\":[");
        self.out.write_all(text.as_bytes())
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            let vulnerability = self.vulnerability(finding, &mask);
            let mut text = record::separator(self.findings == 0).to_vec();
            record::append(&mut text, &vulnerability)?;
            self.out.write_all(&text)?;
            self.findings += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let mut text = b"],\n\"scan\":".to_vec();
        record::append(&mut text, &self.scan(summary))?;
        text.extend(b"}\n");
        self.out.write_all(&text)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_no_zone() {
        assert_eq!(time(SystemTime::UNIX_EPOCH), "1970-01-01T00:00:00");
    }
}
