//! A comparison as SARIF 2.1.0, for code scanning.

use serde_json::{Value, json};

use super::{Change, ChangeKind};

/// The changes as a SARIF log. What is worse is an error, the rest a note. `version` is the program's.
pub fn sarif(changes: &[Change], version: &str) -> Value {
    let mut kinds: Vec<ChangeKind> = changes.iter().map(|change| change.kind).collect();
    kinds.sort();
    kinds.dedup();
    let rules: Vec<Value> = kinds
        .iter()
        .map(|kind| {
            json!({
                "id": format!("inventory/{}", kind.as_str()),
                "shortDescription": {"text": kind.meaning()},
                "defaultConfiguration": {"level": level(kind.is_worse())},
            })
        })
        .collect();
    let results: Vec<Value> = changes
        .iter()
        .map(|change| result(change, &kinds))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "keysift", "version": version, "rules": rules}},
            "results": results,
        }],
    })
}

const fn level(is_worse: bool) -> &'static str {
    if is_worse { "error" } else { "note" }
}

fn result(change: &Change, kinds: &[ChangeKind]) -> Value {
    let state = match change.kind {
        ChangeKind::Removed | ChangeKind::Closed => "absent",
        ChangeKind::Added
        | ChangeKind::AddedUnapproved
        | ChangeKind::Exposed
        | ChangeKind::CredentialAdded => "new",
        _ => "updated",
    };
    let mut result = json!({
        "ruleId": format!("inventory/{}", change.kind.as_str()),
        "ruleIndex": kinds.iter().position(|kind| *kind == change.kind),
        "level": level(change.is_worse),
        "baselineState": state,
        "message": {"text": format!("{}: {} ({})", change.uid, change.kind.meaning(), change.detail)},
        "partialFingerprints": {
            "identity/v1": blake3::hash(format!("{}\0{}\0{}", change.uid, change.kind.as_str(), change.detail).as_bytes()).to_hex()[..32],
        },
    });
    if let Some(path) = &change.path {
        let mut place = json!({"artifactLocation": {"uri": uri(path)}});
        if let Some(line) = change.line {
            place["region"] = json!({"startLine": line.max(1)});
        }
        result["locations"] = json!([{"physicalLocation": place}]);
    }
    result
}

/// A path as a relative reference: what has a meaning in one is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
