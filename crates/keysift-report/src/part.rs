//! The parts of a pair, as formats write them: what stands beside a secret and belongs to it.

use std::borrow::Cow;

use keysift_core::{Finding, FoundPart, Span};
use serde_json::{Value, json};

use crate::escape::escape;
use crate::mask::Mask;

/// A part, as JSON has it.
#[derive(Debug, serde::Serialize)]
pub(crate) struct PartRecord<'a> {
    name: &'a str,
    /// What is no UTF-8 in it is replaced.
    value: Cow<'a, str>,
    line: u64,
    span: PartSpan,
}

#[derive(Debug, serde::Serialize)]
struct PartSpan {
    start: usize,
    end: usize,
}

/// The finding's parts for JSON, not escaped.
pub(crate) fn records<'a>(finding: &'a Finding, mask: &Mask<'_>) -> Vec<PartRecord<'a>> {
    let record = |part: &'a FoundPart| {
        let Span { start, end, .. } = part.span;
        PartRecord {
            name: &part.name,
            value: mask.part(part),
            line: part.line,
            span: PartSpan { start, end },
        }
    };
    finding.parts.iter().map(record).collect()
}

/// A part for people, escaped: `access key id: AK… (line 3)`.
pub(crate) fn told(part: &FoundPart, mask: &Mask<'_>) -> String {
    format!("{}: {} (line {})", part.name, shown(part, mask), part.line)
}

/// The finding's parts in one line, escaped; empty where it has none.
pub(crate) fn list(finding: &Finding, mask: &Mask<'_>) -> String {
    let told: Vec<String> = finding.parts.iter().map(|part| told(part, mask)).collect();
    told.join("; ")
}

/// A part's value, escaped.
pub(crate) fn shown(part: &FoundPart, mask: &Mask<'_>) -> String {
    escape(mask.part(part).as_bytes())
}

/// The finding's parts as SARIF's related locations in the same artifact, numbered from `first`.
pub(crate) fn related(
    finding: &Finding,
    mask: &Mask<'_>,
    artifact: &Value,
    first: usize,
) -> Vec<Value> {
    let location = |(index, part): (usize, &FoundPart)| {
        let mut location = location(part, mask, artifact);
        location["id"] = json!(first + index);
        location
    };
    finding.parts.iter().enumerate().map(location).collect()
}

/// SARIF's code flows of a finding that has parts: one, through them and the secret at `place` in the blob's order.
pub(crate) fn flow(finding: &Finding, mask: &Mask<'_>, artifact: &Value, place: &Value) -> Value {
    let secret = json!({
        "physicalLocation": place,
        "message": {"text": "the secret"},
    });
    let mut steps: Vec<(usize, Value)> = finding
        .parts
        .iter()
        .map(|part| (part.span.start, location(part, mask, artifact)))
        .collect();
    steps.push((finding.secret_span.start, secret));
    steps.sort_by_key(|(start, _)| *start);
    let locations: Vec<Value> = steps
        .into_iter()
        .map(|(_, location)| json!({ "location": location }))
        .collect();
    json!([{"threadFlows": [{"locations": locations}]}])
}

fn location(part: &FoundPart, mask: &Mask<'_>, artifact: &Value) -> Value {
    let text = format!("{}: {}", part.name, shown(part, mask));
    json!({
        "physicalLocation": {
            "artifactLocation": artifact,
            "region": {"startLine": part.line},
        },
        "message": {"text": text.replace('{', "{{").replace('}', "}}")},
    })
}
