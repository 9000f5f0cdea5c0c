//! The shapes that JSON and JSON Lines share. The order of fields, and their names, are a promise: see [`VERSION`].

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::num::NonZeroU64;

use keysift_core::{
    Action, BaselineState, Commit, Confidence, Finding, IdentityKind, Origin, Position, Reason,
    Severity, Skip, Span, Standing, Summary, Tag, Unscanned,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::escape::is_printable;
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

/// The commit that a finding comes from.
#[derive(Debug, serde::Serialize)]
pub(crate) struct CommitRecord<'a> {
    id: &'a str,
    author: &'a str,
    email: &'a str,
    date: Option<String>,
}

/// The annotated tag that a finding comes from.
#[derive(Debug, serde::Serialize)]
pub(crate) struct TagRecord<'a> {
    id: &'a str,
    name: &'a str,
    tagger: &'a str,
    email: &'a str,
    date: Option<String>,
}

/// How what holds a finding can still be reached.
#[derive(Debug, serde::Serialize)]
pub(crate) struct StandingRecord<'a> {
    /// The first reference that leads to it; `null` where none does.
    reached_by: Option<&'a str>,
    in_head: bool,
    /// The commit that took it away from `HEAD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_by: Option<CommitRecord<'a>>,
}

impl<'a> From<&'a Standing> for StandingRecord<'a> {
    fn from(standing: &'a Standing) -> Self {
        Self {
            reached_by: standing.reached_by.as_deref(),
            in_head: standing.is_in_head,
            removed_by: standing.removed_by.as_deref().map(CommitRecord::from),
        }
    }
}

impl<'a> From<&'a Commit> for CommitRecord<'a> {
    fn from(commit: &'a Commit) -> Self {
        Self {
            id: &commit.id,
            author: &commit.author,
            email: &commit.email,
            date: commit.date.map(|date| date.to_string()),
        }
    }
}

impl<'a> From<&'a Tag> for TagRecord<'a> {
    fn from(tag: &'a Tag) -> Self {
        Self {
            id: &tag.id,
            name: &tag.name,
            tagger: &tag.tagger,
            email: &tag.email,
            date: tag.date.map(|date| date.to_string()),
        }
    }
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

/// Something that was not scanned.
#[derive(Debug, serde::Serialize)]
pub(crate) struct UnscannedRecord<'a> {
    path: &'a str,
    reason: &'static str,
    meaning: &'static str,
    incomplete: bool,
    message: Option<&'a str>,
}

impl<'a> UnscannedRecord<'a> {
    pub(crate) fn new(unscanned: &'a Unscanned) -> Self {
        Self {
            path: &unscanned.name,
            reason: unscanned.skip.as_str(),
            meaning: unscanned.skip.meaning(),
            incomplete: unscanned.skip.is_incomplete(),
            message: unscanned.message.as_deref(),
        }
    }
}

/// What the scan covered.
#[derive(Debug, serde::Serialize)]
pub(crate) struct SummaryRecord<'a> {
    blobs: u64,
    bytes: u64,
    elapsed_seconds: f64,
    threads: usize,
    rules: usize,
    findings: u64,
    skipped: SkippedRecord<'a>,
    dropped: DroppedCounts<'a>,
    candidates: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged_candidates: Option<NonZeroU64>,
    windows: u64,
    window_bytes: u64,
    matches: u64,
    incomplete: bool,
    interrupted: bool,
    unsorted: bool,
}

impl<'a> SummaryRecord<'a> {
    /// `findings` were written.
    pub(crate) fn new(summary: &'a Summary, findings: u64) -> Self {
        let counters = &summary.counters;
        Self {
            blobs: summary.blobs,
            bytes: summary.bytes,
            elapsed_seconds: summary.elapsed.as_secs_f64(),
            threads: summary.threads,
            rules: summary.rules,
            findings,
            skipped: SkippedRecord(summary),
            dropped: DroppedCounts(summary),
            candidates: counters.candidates,
            unchanged_candidates: NonZeroU64::new(counters.unchanged_candidates),
            windows: counters.windows,
            window_bytes: counters.window_bytes,
            matches: counters.matches,
            incomplete: summary.is_incomplete(),
            interrupted: summary.is_interrupted,
            unsorted: summary.is_unsorted,
        }
    }
}

#[derive(Debug)]
struct SkippedRecord<'a>(&'a Summary);

impl Serialize for SkippedRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.0.skipped.iter();
        serialize_counts(
            serializer,
            counts.map(|(skip, n)| (Skip::as_str(*skip), *n)),
        )
    }
}

#[derive(Debug)]
struct DroppedCounts<'a>(&'a Summary);

impl Serialize for DroppedCounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = Reason::ALL
            .iter()
            .map(|reason| (reason.as_str(), self.0.counters.dropped(*reason)));
        serialize_counts(serializer, counts)
    }
}

/// An object of the counts that are not zero.
fn serialize_counts<S: Serializer>(
    serializer: S,
    counts: impl Iterator<Item = (&'static str, u64)>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (name, count) in counts.filter(|(_, count)| *count > 0) {
        map.serialize_entry(name, &count)?;
    }
    map.end()
}

/// What stands before a record of a list.
pub(crate) fn separator(is_first: bool) -> &'static [u8] {
    if is_first { b"\n" } else { b",\n" }
}

/// Appends a record to `out` as compact JSON in which every unprintable character is escaped.
pub(crate) fn append(out: &mut Vec<u8>, record: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Printable);
    record.serialize(&mut serializer)?;
    Ok(())
}

/// Compact JSON that a terminal can show: serde's own escapes stop at ASCII control characters, and leave DEL, C1 and
/// what turns the direction of text.
#[derive(Debug, Clone, Copy)]
struct Printable;

impl serde_json::ser::Formatter for Printable {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| !is_printable(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_characters_are_escaped_as_utf_16() {
        let mut out = Vec::new();
        append(&mut out, &"a\u{202e}\u{7f}\u{e0041}\n\"日").unwrap();
        assert_eq!(out, r#""a\u202e\u007f\udb40\udc41\n\"日""#.as_bytes());
    }

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

    proptest! {
        #[test]
        fn every_text_comes_back_and_shows_itself(text: String) {
            let mut out = Vec::new();
            append(&mut out, &text).unwrap();
            let json = String::from_utf8(out).unwrap();
            prop_assert!(json.chars().all(is_printable));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
