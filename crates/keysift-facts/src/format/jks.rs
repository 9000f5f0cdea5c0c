//! Java keystores: each entry has an alias and the time at which it was put in, and certificates stand in clear.
//!
//! The layout is that of the JDK's `JavaKeyStore.java`. What is encrypted is not read.

use super::{Format, PLAIN, Proof};
use crate::{Evidence, FactKey, Facts, Validity, certificate, time};

pub(super) const FORMAT: Format = Format {
    name: "jks",
    summary: "Checks the structure of a Java keystore; tells aliases, times and certificates of its entries.",
    proof: Proof::Structure(Evidence::Source),
    tells: &[
        (
            Evidence::Source,
            &[
                FactKey::Kind,
                FactKey::Version,
                FactKey::Name,
                FactKey::Created,
            ],
        ),
        (
            Evidence::Documentation,
            &[
                FactKey::Subject,
                FactKey::Issuer,
                FactKey::Expires,
                FactKey::Fingerprint,
                FactKey::SpkiFingerprint,
            ],
        ),
    ],
    check: |bytes| match read(bytes) {
        Some(_) => Validity::Valid,
        None => Validity::Unknown,
    },
    facts,
    ..PLAIN
};

const MAGIC: u32 = 0xfeed_feed;

/// The kinds of entries.
const PRIVATE_KEY: u32 = 1;
const CERTIFICATE: u32 = 2;

/// The most entries that are told, and the most certificates of a chain that are passed over.
const MAX_ENTRIES: u32 = 16;
const MAX_CHAIN: u32 = 16;

/// The facts of a certificate that are told of an entry.
const OF_CERTIFICATE: &[FactKey] = &[
    FactKey::Subject,
    FactKey::Issuer,
    FactKey::Expires,
    FactKey::Fingerprint,
    FactKey::SpkiFingerprint,
];

/// Reads what Java's `DataOutputStream` writes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn text(&mut self) -> Option<String> {
        let bytes = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        let text = self.take(bytes.into())?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let bytes = usize::try_from(self.number()?).ok()?;
        self.take(bytes)
    }

    /// A certificate, before which its kind stands in version 2.
    fn certificate(&mut self, version: u32) -> Option<&'a [u8]> {
        if version == 2 {
            self.text()?;
        }
        self.bytes()
    }
}

struct Entry<'a> {
    kind: u32,
    alias: String,
    milliseconds: u64,
    /// That of the key, or the trusted one.
    certificate: Option<&'a [u8]>,
}

/// The version and the first entries. `None` for other bytes, or a store that is cut off before its entries end.
fn read(bytes: &[u8]) -> Option<(u32, Vec<Entry<'_>>)> {
    let mut fields = Reader(bytes);
    if fields.number()? != MAGIC {
        return None;
    }
    let version = fields.number().filter(|version| matches!(version, 1 | 2))?;
    let mut entries = Vec::new();
    for _ in 0..fields.number()?.min(MAX_ENTRIES) {
        entries.push(entry(&mut fields, version)?);
    }
    Some((version, entries))
}

fn entry<'a>(fields: &mut Reader<'a>, version: u32) -> Option<Entry<'a>> {
    let kind = fields.number()?;
    let alias = fields.text()?;
    let milliseconds = u64::from_be_bytes(fields.take(8)?.try_into().ok()?);
    let certificate = match kind {
        PRIVATE_KEY => {
            fields.bytes()?;
            let count = fields.number().filter(|count| *count <= MAX_CHAIN)?;
            let mut first = None;
            for _ in 0..count {
                let next = fields.certificate(version)?;
                first = first.or(Some(next));
            }
            first
        }
        CERTIFICATE => Some(fields.certificate(version)?),
        _ => return None,
    };
    Some(Entry {
        kind,
        alias,
        milliseconds,
        certificate,
    })
}

fn facts(bytes: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Some((version, entries)) = read(bytes) else {
        return facts;
    };
    let has_key = entries.iter().any(|entry| entry.kind == PRIVATE_KEY);
    let kind = if has_key {
        "Java keystore with private keys"
    } else {
        "Java keystore of trusted certificates"
    };
    facts.add(FactKey::Kind, kind, Evidence::Source);
    facts.add(FactKey::Version, version.to_string(), Evidence::Source);
    for entry in entries {
        facts.add(FactKey::Name, entry.alias, Evidence::Source);
        let seconds = i64::try_from(entry.milliseconds / 1000).ok();
        facts.add_some(
            FactKey::Created,
            seconds.and_then(time::rfc3339),
            Evidence::Source,
        );
        let told = entry.certificate.and_then(certificate::read);
        for fact in told.iter().flatten() {
            if OF_CERTIFICATE.contains(&fact.key) {
                facts.push(fact.clone());
            }
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat()
    }

    fn block(bytes: &[u8]) -> Vec<u8> {
        [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
    }

    fn store() -> Vec<u8> {
        let head = [MAGIC, 2, 2].map(u32::to_be_bytes).concat();
        let date = 1_700_000_000_000_u64.to_be_bytes();
        let certificate = [text("X.509"), block(b"no certificate")].concat();
        let key = [
            &PRIVATE_KEY.to_be_bytes()[..],
            &text("server"),
            &date,
            &block(&[7; 40]),
            &1_u32.to_be_bytes(),
            &certificate,
        ];
        let trusted = [
            &CERTIFICATE.to_be_bytes()[..],
            &text("root"),
            &date,
            &certificate,
        ];
        [head, key.concat(), trusted.concat(), vec![0; 20]].concat()
    }

    #[test]
    fn entries_tell_their_aliases_and_times() {
        let told = facts(&store());
        let names: Vec<&str> = told
            .iter()
            .filter(|fact| fact.key == FactKey::Name)
            .map(|fact| fact.value.as_str())
            .collect();
        assert_eq!(names, ["server", "root"]);
        assert_eq!(told.get(FactKey::Created), Some("2023-11-14T22:13:20Z"));
        assert_eq!(
            told.get(FactKey::Kind),
            Some("Java keystore with private keys")
        );
    }

    #[test]
    fn a_store_that_is_cut_off_is_none() {
        let whole = store();
        for end in 0..whole.len() - 20 {
            assert!(facts(&whole[..end]).is_empty(), "{end}");
        }
        let many = [
            [MAGIC, 2, u32::MAX].map(u32::to_be_bytes).concat(),
            vec![0; 64],
        ]
        .concat();
        assert_eq!(FORMAT.check(&many), Validity::Unknown);
    }
}
