//! GitHub tokens: `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` and fine-grained `github_pat_`.
//!
//! The older kinds end with a CRC-32 of their random part. A fine-grained token has 8 characters of a SHA-256 in it;
//! that was found out by others, so there a wrong one is only a doubt.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use super::{Format, Input, Proof, jwt};
use crate::checksum::{base62_crc, split_checksum};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "github-token",
    summary: "Checks the checksum of a GitHub token and tells its kind.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[
        (Evidence::Documentation, &[FactKey::Kind, FactKey::App]),
        (Evidence::Documentation, jwt::KEYS),
        (Evidence::Community, &[FactKey::Project]),
    ],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

/// The prefix, the length of what follows where it has a checksum, and what the token is.
const KINDS: &[(&[u8], usize, &str)] = &[
    (b"ghp_", 36, "personal access token (classic)"),
    (b"gho_", 36, "OAuth access token"),
    (b"ghu_", 36, "GitHub App user access token"),
    (b"ghs_", 36, "GitHub App installation access token"),
    (b"ghr_", 76, "GitHub App refresh token"),
];

const FINE_GRAINED: &[u8] = b"github_pat_";

/// The length of a fine-grained token.
const FINE_GRAINED_BYTES: usize = 93;

/// Where its checksum is: 22 and 43 characters follow the prefix, and an underscore is between.
const FINE_GRAINED_CHECKSUM: std::ops::Range<usize> = 77..85;

/// The part with the checksum. `None` for other forms, such as the newer installation tokens with a JWT in them.
fn body(secret: &[u8]) -> Option<&[u8]> {
    KINDS.iter().find_map(|(prefix, bytes, _)| {
        let body = secret.strip_prefix(*prefix)?;
        (body.len() == *bytes && body.iter().all(u8::is_ascii_alphanumeric)).then_some(body)
    })
}

/// The checksum that a fine-grained token should have.
fn fine_grained_checksum(secret: &[u8]) -> Option<String> {
    if secret.len() != FINE_GRAINED_BYTES
        || !secret.starts_with(FINE_GRAINED)
        || secret.get(33) != Some(&b'_')
    {
        return None;
    }
    let digest = Sha256::digest(secret.get(..FINE_GRAINED_CHECKSUM.start)?);
    let mut text = BASE32_NOPAD.encode(&digest);
    text.truncate(FINE_GRAINED_CHECKSUM.len());
    Some(text)
}

fn check(secret: &[u8]) -> Validity {
    if let Some(checksum) = fine_grained_checksum(secret) {
        return if secret.get(FINE_GRAINED_CHECKSUM) == Some(checksum.as_bytes()) {
            Validity::Valid
        } else {
            Validity::Doubtful("the checksum of the fine-grained token is not the known one")
        };
    }
    match body(secret).and_then(split_checksum) {
        Some((random, checksum)) if base62_crc(random) == checksum => Validity::Valid,
        Some(_) => Validity::Invalid(
            Failure::Checksum,
            "the CRC-32 at the end of the token is wrong",
        ),
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if secret.starts_with(FINE_GRAINED) {
        facts.add(
            FactKey::Kind,
            "personal access token (fine-grained)",
            Evidence::Documentation,
        );
    } else if let Some((prefix, _, kind)) =
        KINDS.iter().find(|(prefix, ..)| secret.starts_with(prefix))
    {
        facts.add(FactKey::Kind, *kind, Evidence::Documentation);
        add_jwt(&mut facts, secret.get(prefix.len()..).unwrap_or_default());
    }
    facts
}

/// An installation token of the newer form: the app's id, an underscore and a JWT.
fn add_jwt(facts: &mut Facts, body: &[u8]) {
    let Some(end) = body.iter().position(|byte| *byte == b'_') else {
        return;
    };
    let (app, jwt) = body.split_at(end);
    if !app.is_empty() && app.iter().all(u8::is_ascii_digit) {
        facts.add(
            FactKey::App,
            String::from_utf8_lossy(app),
            Evidence::Documentation,
        );
        jwt::add(facts, &jwt[1..]);
    }
}

fn complete(secret: &mut Vec<u8>) {
    if let Some(checksum) = fine_grained_checksum(secret) {
        secret[FINE_GRAINED_CHECKSUM].copy_from_slice(checksum.as_bytes());
    } else if let Some(checksum) = body(secret)
        .and_then(split_checksum)
        .map(|(random, _)| base62_crc(random))
    {
        secret.truncate(secret.len() - checksum.len());
        secret.extend_from_slice(&checksum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(parts: &[&str]) -> Vec<u8> {
        let mut token = parts.concat().into_bytes();
        complete(&mut token);
        token
    }

    #[test]
    fn a_completed_token_is_valid_and_one_changed_character_is_not() {
        for (prefix, triples) in [
            ("ghp_", 12),
            ("gho_", 12),
            ("ghu_", 12),
            ("ghs_", 12),
            ("ghr_", 25),
        ] {
            let mut token = completed(&[prefix, &"aB3".repeat(triples), &"x".repeat(triples / 25)]);
            assert_eq!(check(&token), Validity::Valid, "{prefix}");
            token[7] = b'Z';
            assert!(matches!(
                check(&token),
                Validity::Invalid(Failure::Checksum, _)
            ));
        }
    }

    #[test]
    fn the_prefix_is_not_part_of_the_checksum() {
        let mut token = completed(&["gh", "p_", &"aB3".repeat(12)]);
        token[2] = b's';
        assert_eq!(check(&token), Validity::Valid);
    }

    #[test]
    fn a_fine_grained_token_has_a_checksum_of_which_a_wrong_one_is_a_doubt() {
        let mut token = completed(&["github", "_pat_11A", &"b".repeat(19), "_", &"c".repeat(59)]);
        assert_eq!(token.len(), FINE_GRAINED_BYTES);
        assert_eq!(check(&token), Validity::Valid);
        token[20] = b'x';
        assert!(matches!(check(&token), Validity::Doubtful(_)));
        assert_eq!(
            facts(&token).get(FactKey::Kind),
            Some("personal access token (fine-grained)")
        );
    }

    #[test]
    fn an_installation_token_with_a_jwt_tells_its_app_and_its_end() {
        let jwt = format!(
            "{}.{}.c2ln",
            crate::base64::encode_url(br#"{"alg":"ES256"}"#),
            crate::base64::encode_url(br#"{"exp":1700000000}"#)
        );
        let token = ["gh", "s_12345_", &jwt].concat();
        assert_eq!(check(token.as_bytes()), Validity::Unknown);
        let facts = facts(token.as_bytes());
        assert_eq!(facts.get(FactKey::App), Some("12345"));
        assert_eq!(facts.get(FactKey::Expires), Some("2023-11-14T22:13:20Z"));
    }
}
