//! The shapes that JSON and JSON Lines share. The order of fields, and their names, are a promise: see [`VERSION`].

mod coverage;
mod history;
mod printable;

use std::borrow::Cow;
use std::fmt::Write as _;

use keysift_core::{
    Action, BaselineState, Confidence, Finding, IdentityKind, Origin, Position, Severity, Span,
};

pub(crate) use self::coverage::{SummaryRecord, UnscannedRecord};
pub(crate) use self::history::{CommitRecord, StandingRecord, TagRecord};
pub(crate) use self::printable::{append, separator};
use crate::group::SecretId;
use crate::mask::Mask;
use crate::part::{self, PartRecord};
use crate::{ReportOptions, SecretDisplay};

/// The version of the shapes. A new field does not change it; a changed or missing one does.
pub(crate) const VERSION: u32 = 1;

/// The program, as reports name it.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct ToolRecord {
    name: &'static str,
    version: &'static str,
}

impl ToolRecord {
    pub(crate) fn new(options: &ReportOptions) -> Self {
        Self {
            name: "keysift",
            version: options.tool_version,
        }
    }
}

/// A finding, or a match that was dropped.
#[derive(Debug, serde::Serialize)]
pub(crate) struct FindingRecord<'a> {
    rule: &'a str,
    name: &'a str,
    provider: &'a str,
    kind: IdentityKind,
    severity: Severity,
    confidence: Confidence,
    path: Cow<'a, str>,
    /// Only where the path is not UTF-8, and `path` has lost something.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes_hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<TagRecord<'a>>,
    /// Only where several are scanned.
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    /// Only of a whole history.
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<StandingRecord<'a>>,
    line: u64,
    column: u64,
    start: PositionRecord,
    end: PositionRecord,
    span: SpanRecord,
    secret_span: SpanRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Cow<'a, str>>,
    /// Instead of `secret`, where a secret that is shown is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_hex: Option<String>,
    redacted: bool,
    /// Only of a hidden secret: the encodings, the outermost first. Places and spans are those of the encoded bytes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    via: Vec<&'static str>,
    fingerprint: String,
    /// The same for every place of a secret in a report; the first is 1. Not in what was dropped, nor in JSON Lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_id: Option<SecretId>,
    /// Only with a baseline: `new`, `new-place` or `known`.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'static str>,
    /// What the baseline says of a finding that is reported all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    facts: Vec<FactRecord<'a>>,
    /// Only of a rule that looks for companions, where one stands there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartRecord<'a>>,
    excerpt: ExcerptRecord,
    remediation: RemediationRecord<'a>,
    /// What decided on an assignment; only in a report that explains.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signals: Vec<SignalRecord>,
    /// Only in what was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<DroppedRecord<'a>>,
}

#[derive(Debug, serde::Serialize)]
struct PositionRecord {
    line: u64,
    column: u64,
}

#[derive(Debug, serde::Serialize)]
struct SpanRecord {
    start: usize,
    end: usize,
}

#[derive(Debug, serde::Serialize)]
struct FactRecord<'a> {
    key: &'static str,
    value: Cow<'a, str>,
    evidence: &'static str,
}

#[derive(Debug, serde::Serialize)]
struct ExcerptRecord {
    before: String,
    after: String,
    cut_before: bool,
    cut_after: bool,
}

#[derive(Debug, serde::Serialize)]
struct RemediationRecord<'a> {
    action: Action,
    steps: &'a str,
    link: Option<&'a str>,
}

#[derive(Debug, serde::Serialize)]
struct SignalRecord {
    feature: &'static str,
    speaks_for: bool,
}

#[derive(Debug, serde::Serialize)]
struct DroppedRecord<'a> {
    reason: &'static str,
    meaning: &'static str,
    /// What the configuration or the baseline says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

impl<'a> FindingRecord<'a> {
    /// `mask` knows the secrets of the findings that came with this one; `secret_id` is its
    /// number in a report that numbers secrets.
    pub(crate) fn new(finding: &'a Finding, mask: &Mask<'_>, secret_id: Option<SecretId>) -> Self {
        let rule = &finding.rule;
        let secrets = mask.secrets();
        let (path, path_bytes_hex) = path(&finding.origin);
        let (secret, secret_hex) = secret(finding, secrets);
        Self {
            rule: &rule.id,
            name: &rule.name,
            provider: &rule.provider,
            kind: rule.kind,
            severity: rule.severity,
            confidence: finding.confidence,
            path,
            path_bytes_hex,
            commit: finding.origin.commit().map(CommitRecord::from),
            tag: finding.origin.tag().map(TagRecord::from),
            repository: repository(&finding.origin),
            standing: finding.standing.as_deref().map(StandingRecord::from),
            line: finding.start.line,
            column: finding.start.column,
            start: finding.start.into(),
            end: finding.end.into(),
            span: finding.span.into(),
            secret_span: finding.secret_span.into(),
            secret,
            secret_hex,
            redacted: secrets == SecretDisplay::Redacted,
            via: finding.via.iter().map(|it| it.as_str()).collect(),
            fingerprint: finding.fingerprint.to_string(),
            secret_id,
            baseline: finding.baseline.map(BaselineState::as_str),
            note: finding
                .note
                .as_deref()
                .filter(|_| finding.dropped.is_none()),
            facts: finding
                .facts
                .iter()
                .map(|fact| FactRecord {
                    key: fact.key.as_str(),
                    value: mask.fact(finding, &fact.value),
                    evidence: fact.evidence.as_str(),
                })
                .collect(),
            parts: part::records(finding, mask),
            excerpt: ExcerptRecord {
                before: String::from_utf8_lossy(&mask.before(finding)).into_owned(),
                after: String::from_utf8_lossy(&mask.after(finding)).into_owned(),
                cut_before: finding.excerpt.is_cut_before,
                cut_after: finding.excerpt.is_cut_after,
            },
            remediation: RemediationRecord {
                action: rule.remediation.action,
                steps: &rule.remediation.steps,
                link: rule.remediation.link.as_deref(),
            },
            signals: finding
                .signals
                .iter()
                .map(|signal| SignalRecord {
                    feature: signal.feature,
                    speaks_for: signal.speaks_for,
                })
                .collect(),
            dropped: finding.dropped.map(|reason| DroppedRecord {
                reason: reason.as_str(),
                meaning: reason.meaning(),
                note: finding.note.as_deref(),
            }),
        }
    }
}

impl From<Position> for PositionRecord {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
        }
    }
}

impl From<Span> for SpanRecord {
    fn from(span: Span) -> Self {
        Self {
            start: span.start,
            end: span.end,
        }
    }
}

/// The one of several repositories that an origin is in.
fn repository(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Within { repository, .. } => Some(repository),
        Origin::Member { archive, .. } => repository(archive),
        _ => None,
    }
}

pub(crate) fn path(origin: &Origin) -> (Cow<'_, str>, Option<String>) {
    if let Origin::Member {
        archive,
        path: member,
    } = origin
    {
        let (archive, bytes_hex) = path(archive);
        let behind = format!("!{}", member.display());
        let bytes_hex = bytes_hex.map(|archive| archive + &hex(behind.as_bytes()));
        return (Cow::Owned(archive.into_owned() + &behind), bytes_hex);
    }
    if let Origin::Within { repository, origin } = origin {
        let (path, bytes_hex) = path(origin);
        let before = format!("{repository}/");
        let bytes_hex = bytes_hex.map(|path| hex(before.as_bytes()) + &path);
        return (Cow::Owned(before + &path), bytes_hex);
    }
    match origin.path() {
        Some(path) => match path.to_str() {
            Some(text) => (Cow::Borrowed(text), None),
            None => (
                path.to_string_lossy(),
                Some(hex(path.as_os_str().as_encoded_bytes())),
            ),
        },
        None => (Cow::Owned(origin.to_string()), None),
    }
}

fn secret(finding: &Finding, secrets: SecretDisplay) -> (Option<Cow<'_, str>>, Option<String>) {
    if secrets == SecretDisplay::Redacted {
        return (Some(Cow::Owned(finding.secret.redacted())), None);
    }
    let bytes = finding.secret.expose();
    match std::str::from_utf8(bytes) {
        Ok(text) => (Some(Cow::Borrowed(text)), None),
        Err(_) => (None, Some(hex(bytes))),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf_8_is_given_in_hexadecimal_as_well() {
        use std::os::unix::ffi::OsStrExt;

        let name = std::ffi::OsStr::from_bytes(b"a\xff");
        let origin = Origin::File(name.into());
        assert_eq!(
            path(&origin),
            (Cow::Borrowed("a\u{fffd}"), Some("61ff".to_owned()))
        );
        assert_eq!(path(&Origin::Stdin).0, "<stdin>");
    }
}
