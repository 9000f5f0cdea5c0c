//! Azure's common annotated security keys (CASK): the keys with `JQQJ9` in the middle.
//!
//! 52 random characters, the signature, a letter each for kind, year and month, 12 characters of the platform and 4
//! of the provider, the provider's own signature, and a checksum: 84 characters, or 88 in the long form.

use super::{Format, Input, Proof};
use crate::marvin::{marvin32, seed};
use crate::{Evidence, FactKey, Facts, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "azure-cask",
    summary: "Checks the Marvin32 checksum of an annotated Azure key; tells provider, kind and month of creation.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[
        (
            Evidence::Source,
            &[FactKey::Provider, FactKey::App, FactKey::Kind],
        ),
        (Evidence::Vector, &[FactKey::Created]),
    ],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const SIGNATURE: &[u8] = b"JQQJ9";
const SIGNATURE_AT: usize = 52;
const KIND_AT: usize = 57;
const YEAR_AT: usize = 58;
const MONTH_AT: usize = 59;
const PROVIDER_DATA: std::ops::Range<usize> = 72..76;
const PROVIDER: std::ops::Range<usize> = 76..80;

/// Where the checksum begins: it is over the 60 bytes that all characters before it hold.
const CHECKSUM_AT: usize = 80;

/// The year that the first letter stands for.
const FIRST_YEAR: u32 = 2024;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Provider signatures, as Microsoft's security utilities list them.
const PROVIDERS: &[(&[u8], &str)] = &[
    (b"ACOG", "Azure AI services"),
    (b"AZAC", "Azure App Configuration"),
    (b"AZCS", "Azure Communication Services"),
    (b"AZDO", "Azure DevOps"),
    (b"AZEG", "Azure Event Grid"),
    (b"AZFR", "Azure Fluid Relay"),
    (b"AZMP", "Azure Maps"),
    (b"AZMR", "Azure Mixed Reality"),
];

/// The services of Azure AI, by the value of the Base64 digit that names them.
const AI_SERVICES: &[&str] = &[
    "AI Services",
    "OpenAI",
    "Anomaly Detector EE",
    "Anomaly Detector",
    "Cognitive Services",
    "Computer Vision",
    "Content Moderator",
    "Content Safety",
    "Custom Vision Prediction",
    "Custom Vision Training",
    "Face",
    "Form Recognizer",
    "Health Decision Support",
    "Health Insights",
    "Immersive Reader",
    "Internal All-in-One",
    "Knowledge",
    "LUIS Authoring",
    "LUIS",
    "Metrics Advisor",
    "Personalizer",
    "QnA Maker",
    "QnA Maker v2",
    "Speaker Recognition",
    "Speech Services",
    "Speech Translation",
    "Text Analytics",
    "Text Translation",
    "Dummy",
    "Transcription Intelligence",
    "Video Intelligence",
    "Bing Autosuggest",
    "Bing Autosuggest v7",
    "Bing Custom Search",
    "Bing Custom Visual Search",
    "Bing Entity Search",
    "Bing Search",
    "Bing Search v7",
    "Bing Speech",
    "Bing Spell Check",
    "Bing Spell Check v7",
];

fn is_cask(secret: &[u8]) -> bool {
    let digits = match secret {
        _ if secret.len() == 84 => Some(secret),
        _ if secret.len() == 88 => secret.strip_suffix(b"=="),
        _ => None,
    };
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_alphanumeric))
        && secret[SIGNATURE_AT..].starts_with(SIGNATURE)
        && matches!(secret[KIND_AT], b'9' | b'D' | b'H')
        && matches!(secret[MONTH_AT], b'A'..=b'L')
}

/// The checksum in base 62, as all 6 digits; the short form has the first 4.
///
/// Microsoft's code reads the bytes of the hash, from the lowest, as a big number; writes a zero for each leading
/// byte that is zero; pads on the right; and lets a Base64 round trip clear the lowest 4 bits of the last digit.
fn checksum(secret: &[u8]) -> Option<[u8; 6]> {
    Some(base62(hash(secret)?.to_le_bytes()))
}

fn base62(bytes: [u8; 4]) -> [u8; 6] {
    let mut rest = u32::from_be_bytes(bytes);
    let mut reversed = Vec::with_capacity(8);
    while rest > 0 || reversed.is_empty() {
        reversed.push(BASE62[(rest % 62) as usize]);
        rest /= 62;
    }
    reversed.extend(
        bytes
            .iter()
            .take(3)
            .take_while(|byte| **byte == 0)
            .map(|_| b'0'),
    );
    let mut digits = [b'0'; 6];
    for (digit, value) in digits.iter_mut().zip(reversed.iter().rev()) {
        *digit = *value;
    }
    digits[5] = match base64::digit(digits[5]).unwrap_or_default() >> 4 {
        0 => b'A',
        1 => b'Q',
        2 => b'g',
        _ => b'w',
    };
    digits
}

fn hash(secret: &[u8]) -> Option<u32> {
    Some(marvin32(
        &base64::decode(secret.get(..CHECKSUM_AT)?)?,
        seed(b"Default0"),
    ))
}

/// Whether the checksum is the one of today, or that of the first keys: the hash itself in Base64.
fn is_valid(secret: &[u8]) -> bool {
    let (Some(digits), Some(hash)) = (checksum(secret), hash(secret)) else {
        return false;
    };
    let found = secret[CHECKSUM_AT..]
        .strip_suffix(b"==")
        .unwrap_or(&secret[CHECKSUM_AT..]);
    let first_form = base64::encode(&hash.to_le_bytes());
    digits.starts_with(found)
        || first_form.as_bytes() == found
        || base64::encode(&hash.to_le_bytes()[..3]).as_bytes() == found
}

fn check(secret: &[u8]) -> Validity {
    if !is_cask(secret) {
        Validity::Unknown
    } else if is_valid(secret) {
        Validity::Valid
    } else {
        // NOTE: no public key was at hand to prove the checksum with, and strings of this shape
        // in Microsoft's own scanner tests do not have it. Until one is, a wrong one is a doubt.
        Validity::Doubtful("the Marvin32 checksum at the end of the key is wrong")
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if !is_cask(secret) {
        return facts;
    }
    let provider = &secret[PROVIDER];
    let name = PROVIDERS
        .iter()
        .find(|(signature, _)| *signature == provider)
        .map(|(_, name)| String::from(*name));
    // The signature of another provider is all that is known of it.
    let name = name.unwrap_or_else(|| String::from_utf8_lossy(provider).into_owned());
    facts.add(FactKey::Provider, name, Evidence::Source);
    if let (b"ACOG", [b'A', b'A', b'A', service]) = (provider, &secret[PROVIDER_DATA]) {
        let service = base64::digit(*service).and_then(|index| AI_SERVICES.get(usize::from(index)));
        facts.add_some(FactKey::App, service.copied(), Evidence::Source);
    }
    let kind = match secret[KIND_AT] {
        b'D' => "derived key",
        b'H' => "hash of data",
        _ => "key",
    };
    facts.add(FactKey::Kind, kind, Evidence::Source);
    if let Some(year) = base64::digit(secret[YEAR_AT]) {
        let month = secret[MONTH_AT] - b'A' + 1;
        facts.add(
            FactKey::Created,
            format!("{}-{month:02}", FIRST_YEAR + u32::from(year)),
            Evidence::Vector,
        );
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if let Some(digits) = checksum(secret).filter(|_| is_cask(secret)) {
        let length = secret.len();
        secret.truncate(CHECKSUM_AT);
        if length == 84 {
            secret.extend_from_slice(&digits[..4]);
        } else {
            secret.extend_from_slice(&digits);
            secret.extend_from_slice(b"==");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(random: char, middle: &str, checksum: &str) -> Vec<u8> {
        [
            &random.to_string().repeat(52),
            "JQ",
            "QJ9",
            middle,
            checksum,
        ]
        .concat()
        .into_bytes()
    }

    #[test]
    fn a_completed_key_is_valid_and_one_changed_character_is_a_doubt() {
        for (middle, checksum) in [
            ("9AEAAAAAAAAAAAAAAAAAZDO", "0000"),
            ("DCLaB3aB3aB3aB3aB3aAZMP", "000000=="),
        ] {
            let mut key = key('x', middle, checksum);
            assert!(matches!(check(&key), Validity::Doubtful(_)));
            complete(&mut key);
            assert_eq!(check(&key), Validity::Valid);
            key[0] = b'y';
            assert!(matches!(check(&key), Validity::Doubtful(_)));
        }
    }

    #[test]
    fn the_year_and_month_of_microsofts_test_strings_are_told() {
        let key = key('H', "9AEAAAAAAAAAAAAAAAAAZFU", "03Ml");
        assert_eq!(facts(&key).get(FactKey::Created), Some("2024-05"));
        assert_eq!(facts(&key).get(FactKey::Provider), Some("AZFU"));
    }

    #[test]
    fn digits_are_written_as_microsofts_code_writes_them() {
        // Worked out with a copy of the algorithm in another language.
        for (bytes, digits) in [
            ([1, 2, 3, 4], b"18womw"),
            ([0, 9, 8, 7], b"02TyRw"),
            ([0, 0, 0, 1], b"00010w"),
            ([0, 0, 0, 0], b"00000w"),
        ] {
            assert_eq!(
                &base62(bytes),
                digits,
                "{}",
                String::from_utf8_lossy(&base62(bytes))
            );
        }
    }

    #[test]
    fn a_key_tells_its_provider_and_service() {
        let mut key = key('x', "9BLACHYHv6XJ3w3AAABACOG", "0000");
        complete(&mut key);
        assert_eq!(check(&key), Validity::Valid);
        let facts = facts(&key);
        assert_eq!(facts.get(FactKey::Provider), Some("Azure AI services"));
        assert_eq!(facts.get(FactKey::App), Some("OpenAI"));
        assert_eq!(facts.get(FactKey::Created), Some("2025-12"));
    }

    #[test]
    fn the_first_form_of_the_checksum_is_valid() {
        let mut key = key('x', "9AEAAAAAAAAAAAAAAAAAZDO", "0000");
        let first = base64::encode(&hash(&key).unwrap().to_le_bytes()[..3]);
        key.truncate(CHECKSUM_AT);
        key.extend_from_slice(first.as_bytes());
        // The digits of Base64 may be ones that the shape of the key does not have.
        assert!(is_valid(&key));
    }

    #[test]
    fn other_shapes_have_nothing_to_check() {
        for text in [&b"JQQJ99"[..], &[b'x'; 84], &[b'='; 88]] {
            assert_eq!(check(text), Validity::Unknown);
        }
    }
}
