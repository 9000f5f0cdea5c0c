//! Session tokens of AWS: in the newer ones the region of their origin can be read.
//!
//! After Base64 they hold fields of protocol buffers: `origin_ec`, a number, and the region, as Tal Be'ery found in
//! 2024.

use super::{Format, PLAIN};
use crate::{Evidence, FactKey, Facts, base64};

pub(super) const FORMAT: Format = Format {
    name: "aws-session-token",
    summary: "Tells the region of a session token of AWS.",
    tells: &[(Evidence::Community, &[FactKey::Region])],
    facts,
    ..PLAIN
};

/// What the tokens begin with.
const ORIGIN: &[u8] = b"!\n\torigin_ec";

/// The tags of the number and of the region.
const NUMBER: u8 = 0x10;
const REGION: u8 = 0x1a;

/// As much of the text as is decoded: the region stands in front.
const HEAD_DIGITS: usize = 64;
const MAX_REGION_BYTES: usize = 24;

fn region(secret: &[u8]) -> Option<String> {
    let head = base64::decode(secret.get(..HEAD_DIGITS)?)?;
    let rest = head.strip_prefix(ORIGIN)?.strip_prefix(&[NUMBER])?;
    // The last byte of a number has its highest bit clear.
    let number = rest.iter().position(|byte| byte & 0x80 == 0)?;
    let [REGION, length, rest @ ..] = rest.get(number + 1..)? else {
        return None;
    };
    let region = rest.get(..usize::from(*length))?;
    let is_region = (4..=MAX_REGION_BYTES).contains(&region.len())
        && region
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-');
    is_region.then(|| String::from_utf8_lossy(region).into_owned())
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    facts.add_some(FactKey::Region, region(secret), Evidence::Community);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_region() {
        for number in [
            &[1][..],
            &[0x9d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ] {
            let mut bytes = [ORIGIN, &[NUMBER], number, &[REGION, 9], b"eu-west-1"].concat();
            bytes.resize(90, 7);
            let token = base64::encode(&bytes);
            assert!(token.starts_with("IQoJb3JpZ2luX2Vj"), "{token}");
            assert_eq!(
                facts(token.as_bytes()).get(FactKey::Region),
                Some("eu-west-1")
            );
        }
    }

    #[test]
    fn another_token_tells_nothing() {
        let cut = base64::encode(&[ORIGIN, &[NUMBER], &[0xff; 60]].concat());
        for text in ["", "FwoGZXIvYXdz", &"A".repeat(200), &cut] {
            assert!(facts(text.as_bytes()).is_empty());
        }
    }
}
