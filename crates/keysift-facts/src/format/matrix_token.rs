//! Tokens of Synapse, the Matrix server: a prefix, the user's name in Base64, 20 letters and a CRC-32.
//!
//! Synapse makes them in `synapse/handlers/auth.py`; the CRC-32 is of all before the last underscore, in base 62.

use super::{Format, PLAIN, Proof};
use crate::checksum::{BASE62_CRC_BYTES, base62_crc};
use crate::kind::{self, Kinds};
use crate::trailer::{Trailer, split_end};
use crate::{Evidence, FactKey, Facts, base64};

pub(super) const FORMAT: Format = Format {
    name: "matrix-token",
    summary: "Checks the CRC-32 of a token of Synapse; tells its kind and its user.",
    proof: Proof::Checksum(Evidence::Community),
    tells: &[(Evidence::Community, &[FactKey::Kind, FactKey::User])],
    check: |secret| CHECKSUM.check(secret),
    facts,
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("syl_", "login token"),
    ("syr_", "refresh token"),
    ("syt_", "access token"),
];

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        let (signed, checksum) = split_end(secret, BASE62_CRC_BYTES)?;
        let signed = signed.strip_suffix(b"_")?;
        kind::split(signed, KINDS).map(|_| (signed, checksum))
    },
    make: |signed| base62_crc(signed).to_vec(),
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((kind, rest)) = kind::split(secret, KINDS) {
        facts.add(FactKey::Kind, kind, Evidence::Community);
        let user = kind::before(rest, b'_')
            .and_then(|(name, _)| base64::decode(name))
            .and_then(|name| String::from_utf8(name).ok());
        facts.add_some(FactKey::User, user, Evidence::Community);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Validity;

    #[test]
    fn a_token_names_its_user() {
        let name = base64::encode(b"deploy-bot");
        let mut token = ["sy", "t_", &name, "_", &"aBcD".repeat(5), "_000000"]
            .concat()
            .into_bytes();
        assert!(matches!(FORMAT.check(&token), Validity::Doubtful(_)));
        CHECKSUM.complete(&mut token);
        assert_eq!(FORMAT.check(&token), Validity::Valid);
        let facts = facts(&token);
        assert_eq!(facts.get(FactKey::User), Some("deploy-bot"));
        assert_eq!(facts.get(FactKey::Kind), Some("access token"));
        assert_eq!(facts.len(), 2);
    }
}
