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
        let text = format!("{}: {}", part.name, shown(part, mask));
        json!({
            "id": first + index,
            "physicalLocation": {
                "artifactLocation": artifact,
                "region": {"startLine": part.line},
            },
            "message": {"text": text.replace('{', "{{").replace('}', "}}")},
        })
    };
    finding.parts.iter().enumerate().map(location).collect()
}
