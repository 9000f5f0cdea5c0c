//! SARIF 2.1.0, for code scanning.
//!
//! One run; a result for each place of a secret, the most severe first. A later place of a secret is related to its
//! first. What stands beside a secret and belongs to it is related to it as well, and a code flow leads through all of
//! them. What was not scanned is a notification of the invocation. What a baseline accepted and is gone follows, absent
//! and suppressed.
//!
//! GitHub refuses a file with more than [`MAX_RESULTS`] results or 10 MB when compressed, and keeps the first 5,000: the
//! least severe results beyond the limits are left out, and notifications say how many. Its other limits (25,000 rules,
//! 20 tags a rule, 1,000 locations a result, 10,000 locations a flow) are never reached.

mod absent;
mod results;
mod rules;

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{BaselineState, Finding, Sink, Summary, Unscanned};
use serde_json::{Value, json};

use self::results::{MAX_BYTES, Results};
use self::rules::{Rules, level};
use crate::coverage::Tally;
use crate::group::{SecretId, Secrets};
use crate::mask::Mask;
use crate::notes;
use crate::part;
use crate::place::{self, Uri, region, uri};
use crate::record::{self, CommitRecord, StandingRecord, TagRecord};
use crate::{Format, ReportOptions};

/// The most results that GitHub takes in a run.
const MAX_RESULTS: usize = 25_000;

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

/// A text as a SARIF message: braces stand for arguments unless they are doubled.
fn message(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

impl Sarif {
    fn new(out: Box<dyn Write + Send>, options: &ReportOptions, max_results: usize) -> Self {
        Self {
            out,
            options: options.clone(),
            results: Results::new(max_results, MAX_BYTES),
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
        if let Some(hidden) = place::hidden_in(finding) {
            text.push_str(&format!(", hidden in {hidden}"));
            let via = finding.via.iter().map(|it| it.as_str());
            result["properties"]["via"] = via.collect();
        }
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
        if let Some(standing) = finding.standing.as_deref() {
            result["properties"]["standing"] = json!(StandingRecord::from(standing));
        }
        if let Some(tag) = finding.origin.tag() {
            result["properties"]["tag"] = json!(TagRecord::from(tag));
        }
        if is_new {
            self.first_places.insert(id, place.clone());
        } else if let Some(first) = self.first_places.get(&id) {
            text.push_str(", the same as [here](1)");
            related.push(json!({
                "id": 1,
                "physicalLocation": first,
                "message": {"text": "The same secret"},
            }));
        }
        let first = related.len() + 1;
        let artifact = artifact(uri(&finding.origin));
        related.extend(part::related(finding, mask, &artifact, first));
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        if !finding.parts.is_empty() {
            result["properties"]["parts"] = json!(part::records(finding, mask));
            result["codeFlows"] = part::flow(finding, mask, &artifact, &place);
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

/// A place as SARIF names it.
fn artifact(uri: Uri) -> Value {
    let mut artifact = json!({"uri": uri.text});
    if uri.is_under_root {
        artifact["uriBaseId"] = ROOT.into();
    }
    artifact
}

fn physical_location(finding: &Finding, mask: &Mask<'_>) -> Value {
    let region = region(finding);
    json!({
        "artifactLocation": artifact(uri(&finding.origin)),
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
        for absent in &summary.absent {
            let rule = self.rules.index(&absent.rule);
            self.results.push_last(absent::result(absent, rule)?);
        }
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
