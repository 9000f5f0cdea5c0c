//! What a baseline accepted and is gone, as results.

use std::io;

use keysift_core::Absent;
use serde_json::json;

use super::artifact;
use crate::place::path_uri;
use crate::record;

/// Where it stood in the file is not known, and GitHub takes the first line for the file.
const FIRST: u64 = 1;

/// The result of an accepted finding that is gone; `rule` is its rule's index.
///
/// It is suppressed, so that a reader who does not know `absent` takes it for no open finding.
pub(super) fn result(absent: &Absent, rule: usize) -> io::Result<Vec<u8>> {
    let result = json!({
        "ruleId": absent.rule.id,
        "ruleIndex": rule,
        "level": "none",
        "kind": "notApplicable",
        "baselineState": "absent",
        "message": {"text": "An accepted finding of the baseline that is gone"},
        "locations": [{"physicalLocation": {
            "artifactLocation": artifact(path_uri(&absent.path)),
            "region": {
                "startLine": FIRST,
                "startColumn": FIRST,
                "endLine": FIRST,
                "endColumn": FIRST,
            },
        }}],
        "suppressions": [{"kind": "external", "status": "accepted", "justification": absent.reason}],
        "properties": {"baselineFingerprint": absent.fingerprint.to_string()},
    });
    let mut line = Vec::new();
    record::append(&mut line, &result)?;
    Ok(line)
}
