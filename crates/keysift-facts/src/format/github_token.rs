//! GitHub tokens: `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` with a checksum, and fine-grained `github_pat_`.

use super::Format;
use crate::checksum::{base62_crc, split_checksum};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "github-token",
    summary: "Checks the CRC-32 of a GitHub token and tells its kind.",
    check,
    facts,
    complete: Some(complete),
};

/// `ghp_` and its siblings: the prefix and what the token is.
const KINDS: &[(&[u8], &str)] = &[
    (b"ghp_", "personal access token (classic)"),
    (b"gho_", "OAuth access token"),
    (b"ghu_", "GitHub App user access token"),
    (b"ghs_", "GitHub App installation access token"),
    (b"ghr_", "GitHub App refresh token"),
];

const FINE_GRAINED: &[u8] = b"github_pat_";

/// The length of what follows the prefix where the token has a checksum: 30 random characters and the checksum.
const BODY_BYTES: usize = 36;

/// The part with the checksum. `None` for other forms: refresh tokens and newer installation tokens are longer, and
/// whether the 6 last characters of those are a checksum is not confirmed.
fn body(secret: &[u8]) -> Option<&[u8]> {
    let body = KINDS
        .iter()
        .find_map(|(prefix, _)| secret.strip_prefix(*prefix))?;
    (body.len() == BODY_BYTES && body.iter().all(u8::is_ascii_alphanumeric)).then_some(body)
}

fn check(secret: &[u8]) -> Validity {
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
    } else if let Some((_, kind)) = KINDS.iter().find(|(prefix, _)| secret.starts_with(prefix)) {
        facts.add(FactKey::Kind, *kind, Evidence::Documentation);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let checksum = body(secret)
        .and_then(split_checksum)
        .map(|(random, _)| base62_crc(random));
    if let Some(checksum) = checksum {
        let start = secret.len() - checksum.len();
        secret.truncate(start);
        secret.extend_from_slice(&checksum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(prefix: &str) -> Vec<u8> {
        let mut token = [prefix, &"aB3".repeat(12)].concat().into_bytes();
        complete(&mut token);
        token
    }

    #[test]
    fn a_completed_token_is_valid_and_one_changed_character_is_not() {
        for prefix in ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"] {
            let mut token = completed(prefix);
            assert_eq!(token.len(), 40);
            assert_eq!(check(&token), Validity::Valid);
            token[7] = b'Z';
            assert!(matches!(
                check(&token),
                Validity::Invalid(Failure::Checksum, _)
            ));
        }
    }

    #[test]
    fn the_prefix_is_not_part_of_the_checksum() {
        let mut token = completed("ghp_");
        token[2] = b's';
        assert_eq!(check(&token), Validity::Valid);
    }

    #[test]
    fn a_fine_grained_token_has_nothing_to_check() {
        let token = ["github", "_pat_", &"1".repeat(82)].concat();
        assert_eq!(check(token.as_bytes()), Validity::Unknown);
        assert_eq!(
            facts(token.as_bytes()).get(FactKey::Kind),
            Some("personal access token (fine-grained)")
        );
    }
}
