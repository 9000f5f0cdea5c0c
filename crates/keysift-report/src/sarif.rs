//! SARIF 2.1.0, for code scanning.
//!
//! One run; a result for each place of a secret, the most severe first. A later place of a secret is related to its
//! first. What was not scanned is a notification of the invocation.
//!
//! GitHub refuses a file with more than [`MAX_RESULTS`] results or 10 MB when compressed, and keeps the first
//! [`SHOWN_RESULTS`]: the least severe results beyond the limit are left out, and notifications say how many. Its other
//! limits (25,000 rules, 20 tags a rule, 1,000 locations a result) are never reached.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{BaselineState, Confidence, Finding, Rule, Severity, Sink, Summary, Unscanned};
use serde_json::{Value, json};

use crate::coverage::{Tally, grouped};
use crate::group::{SecretId, Secrets};
use crate::mask::Mask;
use crate::notes::{self, Note};
use crate::part;
use crate::place::{self, head, region, uri};
use crate::record::{self, CommitRecord, TagRecord};
use crate::{Format, ReportOptions};

/// The most results that GitHub takes in a run.
const MAX_RESULTS: usize = 25_000;

/// How many results of a run GitHub keeps.
const SHOWN_RESULTS: usize = 5_000;

/// How long a rule's descriptions may be for GitHub, in characters.
const MAX_DESCRIPTION_CHARS: usize = 1_024;

/// What relative paths are relative to.
const ROOT: &str = "%SRCROOT%";

pub(crate) const FORMAT: Format = Format {
    name: "sarif",
    summary: "SARIF 2.1.0, for code scanning.",
    has_coverage: true,
    open: |out, options| Box::new(Sarif::new(out, options, MAX_RESULTS)),
};

struct Sarif {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    results: Results,
    rules: Rules,
    secrets: Secrets,
    /// The place where a secret was seen first.
    first_places: HashMap<SecretId, Value>,
    tally: Tally,
}

/// Results as text, of which the least severe make room for more severe ones.
struct Results {
    by_severity: BTreeMap<Severity, Vec<Vec<u8>>>,
    count: usize,
    max: usize,
    left_out: u64,
}

impl Results {
    fn push(&mut self, severity: Severity, result: Vec<u8>) {
        if self.count == self.max {
            self.left_out += 1;
            let Some(mut least) = self.by_severity.first_entry() else {
                return;
            };
            if *least.key() >= severity {
                return;
            }
            least.get_mut().pop();
            if least.get().is_empty() {
                least.remove();
            }
            self.count -= 1;
        }
        self.by_severity.entry(severity).or_default().push(result);
        self.count += 1;
    }

    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let results = self.by_severity.values().rev().flatten();
        for (index, result) in results.enumerate() {
            out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            out.write_all(result)?;
        }
        Ok(())
    }

    /// What a reader must know of the limits.
    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.left_out > 0 {
            notes.push(Note::warning(format!(
                "{} findings are not in this file, which GitHub would refuse with more than {}; other formats have all",
                grouped(self.left_out),
                grouped(self.max as u64)
            )));
        }
        if self.count > SHOWN_RESULTS {
            notes.push(Note::info(format!(
                "GitHub keeps the first {} of the {} results in this file",
                grouped(SHOWN_RESULTS as u64),
                grouped(self.count as u64)
            )));
        }
        notes
    }
}

/// The rules that found something, in the order in which they first did.
#[derive(Default)]
struct Rules {
    indices: HashMap<String, usize>,
    descriptors: Vec<Value>,
}

impl Rules {
    fn index(&mut self, rule: &Rule) -> usize {
        if let Some(index) = self.indices.get(&rule.id) {
            return *index;
        }
        let index = self.descriptors.len();
        self.descriptors.push(descriptor(rule));
        self.indices.insert(rule.id.clone(), index);
        index
    }
}

fn descriptor(rule: &Rule) -> Value {
    let remedy = &rule.remediation;
    let steps = remedy.steps.trim();
    let link = remedy.link.as_deref();
    let text = match link {
        Some(link) => format!("{}\n\n{steps}\n\n{link}", rule.description),
        None => format!("{}\n\n{steps}", rule.description),
    };
    let markdown = match link {
        Some(link) => format!(
            "{}\n\n**What to do: {} it.** {steps}\n\n[How to {} it]({link})",
            rule.description, remedy.action, remedy.action
        ),
        None => format!(
            "{}\n\n**What to do: {} it.** {steps}",
            rule.description, remedy.action
        ),
    };
    let mut descriptor = json!({
        "id": rule.id,
        "name": pascal_case(&rule.id),
        "shortDescription": {"text": message(&head(&rule.name, MAX_DESCRIPTION_CHARS))},
        "fullDescription": {"text": message(&head(&rule.description, MAX_DESCRIPTION_CHARS))},
        "help": {"text": message(&text), "markdown": message(&markdown)},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "kind": rule.kind.as_str(),
            "provider": rule.provider,
            "precision": precision(rule.confidence),
            "security-severity": score(rule.severity),
            "tags": ["security", "secret", "external/cwe/cwe-798"],
        },
    });
    if let Some(link) = link {
        descriptor["helpUri"] = link.into();
    }
    descriptor
}

fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut word = word.to_owned();
            if let Some(first) = word.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            word
        })
        .collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        _ => "note",
    }
}

/// The middle of GitHub's range for a severity.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        _ => "2.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "medium",
        _ => "low",
    }
}

/// A text as a SARIF message: braces stand for arguments unless they are doubled.
fn message(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

impl Sarif {
    fn new(out: Box<dyn Write + Send>, options: &ReportOptions, max_results: usize) -> Self {
        Self {
            out,
            options: options.clone(),
            results: Results {
                by_severity: BTreeMap::new(),
                count: 0,
                max: max_results,
                left_out: 0,
            },
            rules: Rules::default(),
            secrets: Secrets::default(),
            first_places: HashMap::new(),
            tally: Tally::default(),
        }
    }

    fn finding(&mut self, finding: &Finding, mask: &Mask<'_>) -> io::Result<()> {
        let rule = &finding.rule;
        let secret = place::secret(finding, mask.secrets());
        let place = physical_location(finding, mask);
        let (id, is_new) = self.secrets.id(finding);
        // A link in a message is `[text](id of a related location)`; a secret must not look like one.
        let shown = secret.replace("](", "] (");
        let mut text = message(&format!("{} {shown}", rule.name));
        let facts: Vec<Value> = finding
            .facts
            .iter()
            .map(|fact| json!({"key": fact.key.as_str(), "value": mask.fact(finding, &fact.value)}))
            .collect();
        let mut related = Vec::new();
        let mut result = json!({
            "ruleId": rule.id,
            "ruleIndex": self.rules.index(rule),
            "level": level(rule.severity),
            "locations": [{"physicalLocation": place}],
            "partialFingerprints": {"keysiftSecret/v1": finding.fingerprint.to_string()},
            "properties": {
                "severity": rule.severity.as_str(),
                "confidence": finding.confidence.as_str(),
                "secret": secret,
                "secretId": id,
                "facts": facts,
            },
        });
        if let Some(state) = finding.baseline {
            result["baselineState"] = json!(match state {
                BaselineState::Known => "unchanged",
                _ => "new",
            });
            result["properties"]["baseline"] = json!(state.as_str());
        }
        if let Some(commit) = finding.origin.commit() {
            result["properties"]["commit"] = json!(CommitRecord::from(commit));
            text.push_str(&format!(", commit {}", commit.short_id()));
        }
        if let Some(tag) = finding.origin.tag() {
            result["properties"]["tag"] = json!(TagRecord::from(tag));
        }
        if is_new {
            self.first_places.insert(id, place);
        } else if let Some(first) = self.first_places.get(&id) {
            text.push_str(", the same as [here](1)");
            related.push(json!({
                "id": 1,
                "physicalLocation": first,
                "message": {"text": "The same secret"},
            }));
        }
        let first = related.len() + 1;
        related.extend(part::related(finding, mask, &artifact(finding), first));
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        if !finding.parts.is_empty() {
            result["properties"]["parts"] = json!(part::records(finding, mask));
        }
        result["message"] = json!({ "text": text });
        let mut line = Vec::new();
        record::append(&mut line, &result)?;
        self.results.push(rule.severity, line);
        Ok(())
    }

    fn invocation(&self, summary: &Summary) -> Value {
        let mut all = self.results.notes();
        all.extend(notes::notes(summary, &self.tally));
        let notifications: Vec<Value> = all
            .iter()
            .map(|note| {
                let level = if note.is_warning { "warning" } else { "note" };
                json!({"level": level, "message": {"text": message(&note.text)}})
            })
            .collect();
        let started = self.options.started;
        json!([{
            "executionSuccessful": !summary.is_incomplete(),
            "startTimeUtc": notes::time(started),
            "endTimeUtc": notes::time(started + summary.elapsed),
            "toolExecutionNotifications": notifications,
        }])
    }
}

/// The finding's blob as SARIF names it.
fn artifact(finding: &Finding) -> Value {
    let uri = uri(&finding.origin);
    let mut artifact = json!({"uri": uri.text});
    if uri.is_under_root {
        artifact["uriBaseId"] = ROOT.into();
    }
    artifact
}

fn physical_location(finding: &Finding, mask: &Mask<'_>) -> Value {
    let region = region(finding);
    json!({
        "artifactLocation": artifact(finding),
        "region": {
            "startLine": region.start.line,
            "startColumn": region.start.column,
            "endLine": region.end.line,
            "endColumn": region.end.column,
            "snippet": {"text": place::secret(finding, mask.secrets())},
        },
        "contextRegion": {
            "startLine": region.start.line,
            "endLine": region.end.line,
            "snippet": {"text": place::line(finding, mask)},
        },
    })
}

impl Sink for Sarif {
    type Error = io::Error;

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            self.finding(finding, &mask)?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.out.write_all(
            b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"results\":[",
        )?;
        self.results.write_to(&mut self.out)?;
        let mut text = b"],\n\"tool\":".to_vec();
        let tool = json!({"driver": {
            "name": "keysift",
            "semanticVersion": self.options.tool_version,
            "rules": self.rules.descriptors,
        }});
        record::append(&mut text, &tool)?;
        text.extend(b",\n\"invocations\":");
        record::append(&mut text, &self.invocation(summary))?;
        text.extend(b",\n\"originalUriBaseIds\":");
        let root =
            json!({ROOT: {"description": {"text": "The directory that the scan was started in."}}});
        record::append(&mut text, &root)?;
        text.extend(b",\"columnKind\":\"utf16CodeUnits\"}]}\n");
        self.out.write_all(&text)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_severe_results_make_room_and_are_counted() {
        let mut results = Results {
            by_severity: BTreeMap::new(),
            count: 0,
            max: 3,
            left_out: 0,
        };
        for (severity, text) in [
            (Severity::Low, "a"),
            (Severity::High, "b"),
            (Severity::Low, "c"),
            (Severity::Critical, "d"),
            (Severity::Low, "e"),
            (Severity::Medium, "f"),
        ] {
            results.push(severity, text.into());
        }
        let mut out = Vec::new();
        results.write_to(&mut out).unwrap();
        assert_eq!(out, b"\nd,\nb,\nf");
        assert_eq!(results.left_out, 3);
        assert!(results.notes()[0].text.starts_with("3 findings are not in"));
        assert_eq!(results.notes().len(), 1);
    }

    #[test]
    fn a_rule_has_a_name_in_pascal_case() {
        assert_eq!(pascal_case("acme-api-key"), "AcmeApiKey");
    }
}
