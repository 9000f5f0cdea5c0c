//! Copies of secrets blotted out of what is written beside them.
//!
//! The engine masks what rules matched. A second copy of a secret that no rule matches, since its keyword is far away
//! or since it stands inside a longer word, is known to be one here alone. The secrets of all findings that come
//! together, which are those of one file, are looked for; those of other files are not remembered.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use keysift_core::{Finding, FoundPart};

use crate::SecretDisplay;

/// How long a cut piece of a secret at the edge of an excerpt has to be to be taken for one. Redacted text shows four
/// characters itself.
const MIN_PIECE_BYTES: usize = 4;

/// Blots out the secrets of one file's findings, unless secrets are shown.
#[derive(Debug)]
pub(crate) struct Mask<'a> {
    secrets: SecretDisplay,
    by_length: BTreeMap<usize, HashSet<&'a [u8]>>,
}

impl<'a> Mask<'a> {
    pub(crate) fn new(
        findings: impl IntoIterator<Item = &'a Finding>,
        secrets: SecretDisplay,
    ) -> Self {
        let mut by_length: BTreeMap<usize, HashSet<&[u8]>> = BTreeMap::new();
        if secrets == SecretDisplay::Redacted {
            for finding in findings {
                let secret = finding.secret.expose();
                if !secret.is_empty() {
                    by_length.entry(secret.len()).or_default().insert(secret);
                }
            }
        }
        Self { secrets, by_length }
    }

    /// How secrets are written.
    pub(crate) fn secrets(&self) -> SecretDisplay {
        self.secrets
    }

    /// The finding's line before the secret.
    pub(crate) fn before<'b>(&self, finding: &'b Finding) -> Cow<'b, [u8]> {
        let mut bytes = self.bytes(&finding.excerpt.before);
        if finding.excerpt.is_cut_before {
            let piece = self.piece(finding, &bytes, |bytes, secret, length| {
                bytes.starts_with(&secret[secret.len() - length..])
            });
            if let Some(length) = piece {
                bytes.to_mut()[..length].fill(b'*');
            }
        }
        bytes
    }

    /// The finding's line behind the secret.
    pub(crate) fn after<'b>(&self, finding: &'b Finding) -> Cow<'b, [u8]> {
        let mut bytes = self.bytes(&finding.excerpt.after);
        if finding.excerpt.is_cut_after {
            let piece = self.piece(finding, &bytes, |bytes, secret, length| {
                bytes.ends_with(&secret[..length])
            });
            if let Some(length) = piece {
                let from = bytes.len() - length;
                bytes.to_mut()[from..].fill(b'*');
            }
        }
        bytes
    }

    /// The value of one of the finding's facts, all of it blotted out where it holds the finding's own secret.
    pub(crate) fn fact<'b>(&self, finding: &Finding, value: &'b str) -> Cow<'b, str> {
        let secret = finding.secret.expose();
        let holds = !secret.is_empty()
            && value
                .as_bytes()
                .windows(secret.len())
                .any(|window| window == secret);
        if holds && self.secrets == SecretDisplay::Redacted {
            Cow::Owned("*".repeat(value.len()))
        } else {
            Cow::Borrowed(value)
        }
    }

    /// What belongs to a secret and is none, blotted out where it holds one of the file's secrets nevertheless.
    pub(crate) fn part<'b>(&self, part: &'b FoundPart) -> Cow<'b, str> {
        match self.bytes(&part.value) {
            Cow::Borrowed(value) => String::from_utf8_lossy(value),
            Cow::Owned(value) => Cow::Owned(String::from_utf8_lossy(&value).into_owned()),
        }
    }

    fn bytes<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let mut out = Cow::Borrowed(bytes);
        for (length, secrets) in self.by_length.range(..=bytes.len()) {
            for (at, window) in bytes.windows(*length).enumerate() {
                if secrets.contains(window) {
                    out.to_mut()[at..at + length].fill(b'*');
                }
            }
        }
        out
    }

    /// The length of the longest piece of the finding's secret for which `is_there` holds.
    fn piece(
        &self,
        finding: &Finding,
        bytes: &[u8],
        is_there: fn(&[u8], &[u8], usize) -> bool,
    ) -> Option<usize> {
        if self.secrets == SecretDisplay::Shown {
            return None;
        }
        let secret = finding.secret.expose();
        (MIN_PIECE_BYTES..=secret.len().min(bytes.len()))
            .rev()
            .find(|length| is_there(bytes, secret, *length))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keysift_core::{Blob, Origin, RuleSet, Scanner, ScannerOptions};

    use super::*;

    const RULES: &str = include_str!("../tests/rules.toml");

    fn finding(text: &str) -> Finding {
        let rules = RuleSet::parse("rules.toml", RULES).unwrap();
        let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
        let origin = Arc::new(Origin::Stdin);
        let blob = Blob {
            origin: &origin,
            bytes: text.as_bytes(),
            changed: None,
        };
        let mut found = Vec::new();
        scanner.scan(&mut scanner.scratch(), blob, &mut |finding| {
            found.push(finding);
        });
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    fn line(text: &str, secrets: SecretDisplay) -> (String, String) {
        let finding = finding(text);
        let mask = Mask::new(std::slice::from_ref(&finding), secrets);
        (
            String::from_utf8(mask.before(&finding).into_owned()).unwrap(),
            String::from_utf8(mask.after(&finding).into_owned()).unwrap(),
        )
    }

    const TOKEN: &str = "acme_7f3k9q2m5x8w1z4v6t0r3n8p";

    #[test]
    fn a_copy_that_no_rule_matches_is_blotted_out() {
        let text = format!("x{TOKEN} = {TOKEN};{TOKEN}x");
        let stars = "*".repeat(TOKEN.len());
        assert_eq!(
            line(&text, SecretDisplay::Redacted),
            (format!("x{stars} = "), format!(";{stars}x"))
        );
        assert_eq!(
            line(&text, SecretDisplay::Shown),
            (format!("x{TOKEN} = "), format!(";{TOKEN}x"))
        );
    }

    #[test]
    fn a_copy_that_the_excerpt_cuts_is_blotted_out_as_well() {
        let gap = "-".repeat(70);
        let text = format!("x{TOKEN}{gap}{TOKEN}{gap}{TOKEN}x");
        let stars = "*".repeat(10);
        assert_eq!(
            line(&text, SecretDisplay::Redacted),
            (format!("{stars}{gap}"), format!("{gap}{stars}"))
        );
    }
}
