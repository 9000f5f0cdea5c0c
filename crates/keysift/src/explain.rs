//! Some bytes explained: what is in them, and what they are by themselves.

use std::sync::Arc;

use keysift_core::{Blob, Finding, Origin, Reading, Scanner};
use keysift_facts::{
    Evidence, Fact, FactKey, Facts, Validity, certificates, formats, id_times, rfc3339,
    ssh_public_key,
};

/// What is known of some bytes.
#[derive(Debug, Default)]
pub struct Explanation {
    /// What a scan of them finds, in its order, and what it drops, with [`Finding::dropped`] set where the scanner
    /// explains itself.
    pub findings: Vec<Finding>,
    /// The rules whose form they have as a whole, the best first, though nothing stands round them.
    pub readings: Vec<Reading>,
    /// What they say where no rule knows them: certificates, public keys, keystores, ids that hold a time. Each names
    /// its [`FactKey::Kind`].
    pub facts: Vec<Facts>,
}

impl Explanation {
    /// Whether nothing is known for certain: a form that many secrets have is not enough.
    pub fn is_empty(&self) -> bool {
        let is_kept = |finding: &Finding| finding.dropped.is_none();
        let is_telling = |reading: &Reading| reading.is_telling;
        !self.findings.iter().any(is_kept)
            && !self.readings.iter().any(is_telling)
            && self.facts.is_empty()
    }
}

/// Explains `bytes`: a secret by itself, or a text with some in it. Space and quotes round it are left out for what it
/// is by itself. `now` is in seconds since 1970; an id that claims to be newer is none.
///
/// # Examples
/// ```
/// use keysift::facts::FactKey;
/// use keysift::{Scanner, ScannerOptions, explain};
///
/// let scanner = Scanner::new(keysift::builtin_rules()?, ScannerOptions::default())?;
/// let told = explain(&scanner, b"018bcfe5-6800-7000-8000-000000000000\n", 1_800_000_000);
/// assert_eq!(told.facts[0].get(FactKey::Created), Some("2023-11-14T22:13:20Z"));
/// # Ok::<(), keysift::RuleError>(())
/// ```
pub fn explain(scanner: &Scanner, bytes: &[u8], now: i64) -> Explanation {
    let mut told = Explanation::default();
    let origin = Arc::new(Origin::Stdin);
    let blob = Blob {
        origin: &origin,
        bytes,
        changed: None,
    };
    scanner.scan(&mut scanner.scratch(), blob, &mut |finding| {
        told.findings.push(finding);
    });
    let bare = bare(bytes);
    told.readings = scanner.recognise(bare);
    if told.is_empty() {
        told.facts = by_itself(bytes, bare, now);
    }
    told
}

/// Without the space and the quotes that surround it.
fn bare(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.trim_ascii();
    for quote in [b"\"", b"'", b"`"] {
        let inner = bytes
            .strip_prefix(quote)
            .and_then(|inner| inner.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner;
        }
    }
    bytes
}

fn by_itself(bytes: &[u8], bare: &[u8], now: i64) -> Vec<Facts> {
    let mut told = certificates(bytes);
    let text = std::str::from_utf8(bare).unwrap_or_default();
    told.extend(ssh_public_key(text));
    if told.is_empty() {
        let proven = formats().iter().filter(|format| {
            let bytes = if format.name == "jks" { bytes } else { bare };
            format.check(bytes) == Validity::Valid
        });
        for format in proven {
            let mut facts = (format.facts)(if format.name == "jks" { bytes } else { bare });
            if facts.get(FactKey::Kind).is_none() {
                facts.push(fact(FactKey::Kind, format.name.to_owned()));
            }
            told.push(facts);
        }
    }
    if told.is_empty() {
        told.extend(id_times(text, now).into_iter().map(|id| {
            let mut facts = Facts::new();
            facts.push(fact(FactKey::Kind, id.kind.to_owned()));
            let created = rfc3339(id.seconds).unwrap_or_default();
            facts.push(fact(FactKey::Created, created));
            facts
        }));
    }
    told
}

fn fact(key: FactKey, value: String) -> Fact {
    Fact {
        key,
        value,
        evidence: Evidence::Documentation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScannerOptions;

    fn told(text: &str) -> Explanation {
        let scanner = Scanner::new(crate::builtin_rules().unwrap(), ScannerOptions::default());
        explain(&scanner.unwrap(), text.as_bytes(), 1_800_000_000)
    }

    #[test]
    fn a_bare_secret_is_known_with_quotes_and_without() {
        let rules = crate::builtin_rules().unwrap();
        let secret = rules.get("npm-access-token").unwrap().sample_secret(1);
        let secret = String::from_utf8(secret.unwrap()).unwrap();
        for text in [
            secret.clone(),
            format!(" '{secret}'\n"),
            format!("\"{secret}\""),
        ] {
            let told = told(&text);
            assert_eq!(
                told.readings[0].finding.rule.id, "npm-access-token",
                "{text}"
            );
            assert!(!told.is_empty());
        }
    }

    #[test]
    fn what_no_rule_knows_may_still_say_something() {
        let key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS ci";
        let told = told(key);
        assert_eq!(told.facts[0].get(FactKey::Kind), Some("SSH public key"));
        assert!(told.findings.is_empty() && told.readings.is_empty());
    }

    #[test]
    fn nothing_is_known_of_nothing() {
        for text in ["", " \n", "hello", "\u{1b}[2J"] {
            assert!(told(text).is_empty(), "{text:?}");
        }
    }
}
