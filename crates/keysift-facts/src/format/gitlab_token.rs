//! GitLab tokens: the kind by prefix, and the checksum and routing of the newer, routable ones.
//!
//! A routable token is a prefix, a Base64 payload, a dot, a version and a dot (not in the first ones), the length of
//! the payload in two base-36 digits and a CRC-32 of all that in seven. The payload ends with lines such as `o:1`
//! and a byte that says how long those are.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "gitlab-token",
    summary: "Checks the CRC-32 of a routable GitLab token; tells the kind of any and whom a routable one belongs to.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[
        (Evidence::Documentation, &[FactKey::Kind]),
        (
            Evidence::Source,
            &[
                FactKey::Cell,
                FactKey::Group,
                FactKey::Organization,
                FactKey::Project,
                FactKey::User,
            ],
        ),
    ],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

/// Prefixes and kinds, as GitLab's token overview lists them. An instance may put its own prefix before them.
const KINDS: &[(&str, &str)] = &[
    ("glagent-", "Kubernetes agent token"),
    ("glcbt-", "CI/CD job token"),
    ("gldt-", "deploy token"),
    ("glffct-", "feature flags client token"),
    ("glft-", "feed token"),
    ("glimt-", "incoming mail token"),
    ("gloas-", "OAuth application secret"),
    ("glpat-", "personal, project or group access token"),
    ("glptt-", "pipeline trigger token"),
    ("glrt-", "runner authentication token"),
    (
        "glrtr-",
        "runner authentication token (from a registration token)",
    ),
    ("glsoat-", "SCIM token"),
    ("glwt-", "workspace token"),
    ("GR1348941", "runner registration token"),
];

const CRC_BYTES: usize = 7;
const LENGTH_BYTES: usize = 2;

/// The random bytes before the routing.
const RANDOM_BYTES: usize = 16;

/// The parts of a routable token.
struct Routable<'a> {
    /// All that the checksum is over.
    signed: &'a [u8],
    /// Where the payload ends: at the first dot.
    payload_end: usize,
    checksum: &'a [u8],
}

fn routable(secret: &[u8]) -> Option<Routable<'_>> {
    let (signed, checksum) = secret.split_at_checked(secret.len().checked_sub(CRC_BYTES)?)?;
    let dot = signed.len().checked_sub(LENGTH_BYTES + 1)?;
    let is_base36 = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let tail = signed.get(dot + 1..)?;
    if signed.get(dot) != Some(&b'.') || !tail.iter().chain(checksum).all(is_base36) {
        return None;
    }
    let payload_end = signed.iter().position(|byte| *byte == b'.')?;
    Some(Routable {
        signed,
        payload_end,
        checksum,
    })
}

/// `value` in base 36 with lower-case digits, padded with `0` to `width`.
fn base36(mut value: u32, width: usize) -> Vec<u8> {
    let mut digits = vec![b'0'; width];
    for digit in digits.iter_mut().rev() {
        *digit = char::from_digit(value % 36, 36).map_or(b'0', |digit| digit as u8);
        value /= 36;
    }
    digits
}

impl Routable<'_> {
    fn is_valid(&self) -> bool {
        base36(crc32fast::hash(self.signed), CRC_BYTES) == self.checksum
    }

    /// The lines `key:value` at the end of the payload.
    fn routing(&self) -> Option<String> {
        let length = self
            .signed
            .get(self.signed.len().checked_sub(LENGTH_BYTES)?..)?;
        let length = usize::from_str_radix(std::str::from_utf8(length).ok()?, 36).ok()?;
        let payload = self
            .signed
            .get(self.payload_end.checked_sub(length)?..self.payload_end)?;
        let payload = base64::decode(payload)?;
        let (bytes, payload) = payload.split_last()?;
        let routing = payload.get(payload.len().checked_sub(usize::from(*bytes))?..)?;
        String::from_utf8(routing.to_vec()).ok()
    }
}

fn check(secret: &[u8]) -> Validity {
    match routable(secret) {
        Some(token) if token.is_valid() => Validity::Valid,
        Some(_) => Validity::Invalid(
            Failure::Checksum,
            "the CRC-32 at the end of the routable token is wrong",
        ),
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let kind = KINDS.iter().find(|(prefix, _)| {
        secret
            .get(..64.min(secret.len()))
            .is_some_and(|start| start.windows(prefix.len()).any(|w| w == prefix.as_bytes()))
    });
    facts.add_some(
        FactKey::Kind,
        kind.map(|(_, kind)| *kind),
        Evidence::Documentation,
    );
    let routing = routable(secret)
        .filter(Routable::is_valid)
        .and_then(|token| token.routing());
    for (key, value) in routing
        .iter()
        .flat_map(|routing| routing.lines())
        .filter_map(|line| line.split_once(':'))
    {
        let key = match key {
            "c" => FactKey::Cell,
            "g" => FactKey::Group,
            "o" => FactKey::Organization,
            "p" => FactKey::Project,
            "u" => FactKey::User,
            _ => continue,
        };
        facts.add_some(
            key,
            u64::from_str_radix(value, 36).ok().map(|id| id.to_string()),
            Evidence::Source,
        );
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let Some(token) = routable(secret) else {
        return;
    };
    let prefix = payload_start(secret);
    // What looks like a token's prefix may stand behind what looks like its payload.
    let Some(digits) = token.payload_end.checked_sub(prefix) else {
        return;
    };
    let version = secret[token.payload_end..token.signed.len() - LENGTH_BYTES].to_vec();
    let mut payload = base64::decode(&secret[prefix..token.payload_end])
        .or_else(|| base64::decode(&secret[prefix..token.payload_end.saturating_sub(1)]))
        .unwrap_or_default();
    let routing = payload.len().saturating_sub(RANDOM_BYTES + 1);
    if let Some(end) = payload
        .get_mut(RANDOM_BYTES..)
        .filter(|_| (3..=255).contains(&routing))
    {
        // `o:` and a user whose number has as many digits as there is room for, but no more than fit 64 bits.
        let text = match routing.checked_sub(6) {
            Some(user) => format!("o:1\nu:{:0>user$}", 7),
            None => format!("o:{:0>width$}", 1, width = routing - 2),
        };
        end[..text.len()].copy_from_slice(text.as_bytes());
        end[routing] = routing as u8;
    }
    let payload = if digits == 0 {
        String::new()
    } else {
        base64::encode_url(&payload)
    };
    secret.truncate(prefix);
    secret.extend_from_slice(payload.as_bytes());
    secret.extend_from_slice(&version);
    secret.extend_from_slice(&base36(payload.len() as u32, LENGTH_BYTES));
    let checksum = base36(crc32fast::hash(secret), CRC_BYTES);
    secret.extend_from_slice(&checksum);
}

/// Where the payload of a routable token begins: after the prefix, and after the type of a runner (`t1_`).
fn payload_start(secret: &[u8]) -> usize {
    let find = |needle: &[u8]| {
        secret
            .windows(needle.len())
            .position(|w| w == needle)
            .map(|at| at + needle.len())
    };
    let start = KINDS
        .iter()
        .find_map(|(prefix, _)| find(prefix.as_bytes()))
        .unwrap_or_default();
    match secret.get(start..).unwrap_or_default() {
        [b't', digit, b'_', ..] if digit.is_ascii_digit() => start + 3,
        _ => start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(shape: &[&str]) -> Vec<u8> {
        let mut token = shape.concat().into_bytes();
        complete(&mut token);
        token
    }

    #[test]
    fn a_routable_token_is_valid_and_tells_whom_it_belongs_to() {
        for (prefix, version) in [
            ("glpat-", ".01."),
            ("glpat-", "."),
            ("glrt-t1_", ".01."),
            ("corp-glpat-", ".01."),
        ] {
            for length in 27..90 {
                let mut token =
                    completed(&[prefix, &"Qa_-".repeat(25)[..length], version, "000000000"]);
                assert_eq!(check(&token), Validity::Valid, "{prefix} {length}");
                let facts = facts(&token);
                assert_eq!(
                    facts.get(FactKey::Organization),
                    Some("1"),
                    "{prefix} {length}"
                );
                assert_eq!(
                    facts.get(FactKey::User).is_some(),
                    length > 31,
                    "{prefix} {length}"
                );
                let last = token.len() - 1;
                token[last] = if token[last] == b'0' { b'1' } else { b'0' };
                assert!(matches!(
                    check(&token),
                    Validity::Invalid(Failure::Checksum, _)
                ));
            }
        }
    }

    #[test]
    fn an_older_token_tells_its_kind_only() {
        let token = ["gl", "pat-", &"aB1_".repeat(5)].concat();
        assert_eq!(check(token.as_bytes()), Validity::Unknown);
        let facts = facts(token.as_bytes());
        assert_eq!(
            facts.get(FactKey::Kind),
            Some("personal, project or group access token")
        );
        assert_eq!(facts.len(), 1);
    }

    #[test]
    fn the_kinds_are_told_apart() {
        for (prefix, kind) in KINDS {
            let token = format!("{prefix}{}", "x".repeat(20));
            assert_eq!(
                facts(token.as_bytes()).get(FactKey::Kind),
                Some(*kind),
                "{prefix}"
            );
        }
    }
}
