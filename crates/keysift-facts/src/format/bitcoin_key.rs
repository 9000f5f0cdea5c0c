//! Private keys of Bitcoin in Base58Check: single ones (WIF) and extended ones (BIP-32).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "bitcoin-key",
    summary: "Checks the Base58Check checksum of a private key of Bitcoin; tells its kind and its network.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(
        Evidence::Documentation,
        &[FactKey::Kind, FactKey::Environment],
    )],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
    ..PLAIN
};

const ALPHABET: &bs58::Alphabet = bs58::Alphabet::BITCOIN;

const WIF: &str = "single key (WIF)";
const EXTENDED: &str = "extended private key (BIP-32)";

/// The version bytes, what they stand for, and the network. Those of extended keys also say the kind of addresses
/// (SLIP-132).
const VERSIONS: &[(&[u8], &str, &str)] = &[
    (&[0x80], WIF, "main"),
    (&[0xef], WIF, "test"),
    (&[0x04, 0x88, 0xad, 0xe4], EXTENDED, "main"),
    (&[0x04, 0x9d, 0x78, 0x78], EXTENDED, "main"),
    (&[0x02, 0x95, 0xb0, 0x05], EXTENDED, "main"),
    (&[0x04, 0xb2, 0x43, 0x0c], EXTENDED, "main"),
    (&[0x02, 0xaa, 0x7a, 0x99], EXTENDED, "main"),
    (&[0x04, 0x35, 0x83, 0x94], EXTENDED, "test"),
    (&[0x04, 0x4a, 0x4e, 0x28], EXTENDED, "test"),
    (&[0x02, 0x42, 0x85, 0xb5], EXTENDED, "test"),
    (&[0x04, 0x5f, 0x18, 0xbc], EXTENDED, "test"),
    (&[0x02, 0x57, 0x50, 0x48], EXTENDED, "test"),
];

/// The lengths of a key's text.
const TEXT_BYTES: &[usize] = &[51, 52, 111];

const EXTENDED_BYTES: usize = 78;

fn version(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let (version, kind, network) = VERSIONS
        .iter()
        .find(|(version, ..)| bytes.starts_with(version))?;
    let is_whole = match *kind {
        WIF => bytes.len() == 33 || (bytes.len() == 34 && bytes.ends_with(&[1])),
        _ => bytes.len() == EXTENDED_BYTES && version.len() == 4,
    };
    is_whole.then_some((*kind, *network))
}

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| TEXT_BYTES.contains(&secret.len()),
    decode: |secret| encoded::base58check(secret, ALPHABET),
    is_key: |bytes| version(bytes).is_some(),
    make: |secret| {
        let bytes = match (secret.first()?, secret.len()) {
            (b'9', 51) => [&[0xef], &secret[1..33]].concat(),
            (_, 51) => [&[0x80], &secret[1..33]].concat(),
            (b'c', 52) => [&[0xef], &secret[1..33], &[1]].concat(),
            (_, 52) => [&[0x80], &secret[1..33], &[1]].concat(),
            (first, _) => {
                let version: [u8; 4] = match first {
                    b'y' => [0x04, 0x9d, 0x78, 0x78],
                    b'z' => [0x04, 0xb2, 0x43, 0x0c],
                    b'Y' => [0x02, 0x95, 0xb0, 0x05],
                    b'Z' => [0x02, 0xaa, 0x7a, 0x99],
                    b't' => [0x04, 0x35, 0x83, 0x94],
                    b'u' => [0x04, 0x4a, 0x4e, 0x28],
                    b'U' => [0x02, 0x42, 0x85, 0xb5],
                    b'v' => [0x04, 0x5f, 0x18, 0xbc],
                    b'V' => [0x02, 0x57, 0x50, 0x48],
                    _ => [0x04, 0x88, 0xad, 0xe4],
                };
                let rest = secret.iter().skip(4).take(EXTENDED_BYTES - 4);
                version.iter().chain(rest).copied().collect()
            }
        };
        Some(encoded::to_base58check(&bytes, ALPHABET))
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let version = KEY.bytes(secret).and_then(|bytes| version(&bytes));
    if let Some((kind, network)) = version {
        facts.add(FactKey::Kind, kind, Evidence::Documentation);
        facts.add(FactKey::Environment, network, Evidence::Documentation);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn a_key_tells_its_network() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        for (key, network) in [
            (
                ["KySWVo1GmjG2JyGGzQvHyivU", "rFwkRZrDPLGBsgjNvD6fZQF2pVcu"],
                "main",
            ),
            (
                ["9266ezmtUbRm4VVDYgMwTHry", "4xnoTxx2v6kskJG9vzicXegTnTL"],
                "test",
            ),
        ] {
            let key = key.concat();
            assert_eq!(KEY.check(key.as_bytes()), Validity::Valid);
            assert_eq!(
                facts(key.as_bytes()).get(FactKey::Environment),
                Some(network)
            );
            let wrong = [&key[..key.len() - 1], "x"].concat();
            assert!(matches!(
                KEY.check(wrong.as_bytes()),
                Validity::Invalid(Failure::Checksum, _)
            ));
            assert!(facts(wrong.as_bytes()).is_empty());
        }
    }

    #[test]
    fn the_first_vector_of_bip_32_is_an_extended_key() {
        let key = [
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPP",
            "qjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        ]
        .concat();
        assert_eq!(KEY.check(key.as_bytes()), Validity::Valid);
        assert_eq!(facts(key.as_bytes()).get(FactKey::Kind), Some(EXTENDED));
    }

    #[test]
    fn a_completed_key_keeps_its_first_letter_and_its_length() {
        for (first, length) in [("5", 51), ("9", 51), ("K", 52), ("c", 52)]
            .into_iter()
            .chain(
                "xyzYZtuUvV"
                    .split("")
                    .filter(|part| !part.is_empty())
                    .map(|c| (c, 111)),
            )
        {
            let mut key = [first, &"aB3x".repeat(30)].concat().into_bytes();
            key.truncate(length);
            KEY.complete(&mut key);
            assert_eq!(KEY.check(&key), Validity::Valid);
            assert_eq!(key.len(), length, "{first}");
            assert!(
                "KL".contains(first) || key.starts_with(first.as_bytes()),
                "{first}"
            );
        }
    }
}
