//! Ids that hold the time at which they were made.

use crate::time::YEAR_2010;

/// How far ahead of the present a clock may have been, in seconds.
const AHEAD: i64 = 86_400;

/// A reading of an id: what kind it would be, and when it would have been made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdTime {
    /// The kind of id.
    pub kind: &'static str,
    /// Seconds since 1970.
    pub seconds: i64,
}

/// Every reading of `text` as an id that holds a time between 2010 and a day after `now`, which is in seconds since
/// 1970. Empty where it has none; more than one where the form does not tell.
///
/// # Examples
/// ```
/// use keysift_facts::{id_times, rfc3339};
///
/// let readings = id_times("018bcfe5-6800-7000-8000-000000000000", 1_800_000_000);
/// assert_eq!(readings[0].kind, "UUID version 7");
/// assert_eq!(rfc3339(readings[0].seconds).as_deref(), Some("2023-11-14T22:13:20Z"));
/// ```
pub fn id_times(text: &str, now: i64) -> Vec<IdTime> {
    let readings = [
        ("ULID", ulid(text)),
        ("UUID version 1", uuid(text, 1)),
        ("UUID version 6", uuid(text, 6)),
        ("UUID version 7", uuid(text, 7)),
        ("KSUID", ksuid(text)),
        ("MongoDB ObjectId", object_id(text)),
        ("snowflake of Discord", snowflake(text, 1_420_070_400_000)),
        ("snowflake of Twitter", snowflake(text, 1_288_834_974_657)),
    ];
    let latest = now.saturating_add(AHEAD);
    readings
        .into_iter()
        .filter_map(|(kind, seconds)| {
            Some(IdTime {
                kind,
                seconds: seconds?,
            })
        })
        .filter(|reading| (YEAR_2010..=latest).contains(&reading.seconds))
        .collect()
}

/// 26 digits of Crockford's base 32, the first 48 bits milliseconds.
pub(crate) fn ulid(text: &str) -> Option<i64> {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if text.len() != 26 {
        return None;
    }
    let mut milliseconds = 0_i64;
    for (at, byte) in text.bytes().enumerate() {
        let digit = DIGITS
            .iter()
            .position(|digit| *digit == byte.to_ascii_uppercase())?;
        if at < 10 {
            milliseconds = milliseconds << 5 | digit as i64;
        }
    }
    // 130 bits are written for 128: the first two are clear.
    (milliseconds < 1 << 48).then_some(milliseconds / 1000)
}

/// 24 hexadecimal digits, the first 8 seconds.
pub(crate) fn object_id(text: &str) -> Option<i64> {
    let is_id = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let seconds = text.get(..8).filter(|_| is_id)?;
    i64::from_str_radix(seconds, 16).ok()
}

/// A UUID of this version, with dashes or without.
fn uuid(text: &str, version: u128) -> Option<i64> {
    let has_dashes = text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| (byte == b'-') == matches!(at, 8 | 13 | 18 | 23));
    if !has_dashes && text.len() != 32 {
        return None;
    }
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bits = u128::from_str_radix(&digits, 16).ok().filter(|_| is_hex)?;
    if bits >> 76 & 0xf != version || bits >> 62 & 3 != 2 {
        return None;
    }
    let (low, middle, high) = (bits >> 96, bits >> 80 & 0xffff, bits >> 64 & 0xfff);
    let ticks = match version {
        1 => high << 48 | middle << 32 | low,
        6 => (bits >> 80) << 12 | high,
        _ => return i64::try_from((bits >> 80) / 1000).ok(),
    };
    // Steps of 100 nanoseconds since 1582-10-15.
    let seconds = i64::try_from(ticks / 10_000_000).ok()?;
    Some(seconds - 12_219_292_800)
}

/// 27 digits of base 62, of 20 bytes the first 4 seconds since 2014-05-13.
fn ksuid(text: &str) -> Option<i64> {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if text.len() != 27 {
        return None;
    }
    let mut bytes = [0_u8; 20];
    for digit in text.bytes() {
        let mut carry = DIGITS.iter().position(|known| *known == digit)?;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 62;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    let [a, b, c, d, ..] = bytes;
    Some(i64::from(u32::from_be_bytes([a, b, c, d])) + 1_400_000_000)
}

/// 17 to 19 decimal digits, without the lowest 22 bits milliseconds since `epoch`.
fn snowflake(text: &str, epoch: i64) -> Option<i64> {
    let is_id = (17..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = text.parse::<i64>().ok().filter(|_| is_id)?;
    Some(((id >> 22) + epoch) / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn read(text: &str) -> Vec<(&'static str, i64)> {
        id_times(text, NOW)
            .iter()
            .map(|reading| (reading.kind, reading.seconds))
            .collect()
    }

    #[test]
    fn published_ids_tell_their_times() {
        for (text, kind, seconds) in [
            // RFC 9562, appendix A.
            (
                "C232AB00-9414-11EC-B3C8-9F6BDECED846",
                "UUID version 1",
                1_645_557_742,
            ),
            (
                "1EC9414C-232A-6B00-B3C8-9F6BDECED846",
                "UUID version 6",
                1_645_557_742,
            ),
            (
                "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
                "UUID version 7",
                1_645_557_742,
            ),
            // The specification of ULID.
            ("01ARYZ6S41TSV4RRFFQ69G5FAV", "ULID", 1_469_918_176),
            // The README of KSUID.
            ("0ujtsYcgvSTl8PAuAdqWYSMnLOv", "KSUID", 1_507_608_047),
            // The reference of BSON.
            (
                "507f1f77bcf86cd799439011",
                "MongoDB ObjectId",
                1_350_508_407,
            ),
        ] {
            assert_eq!(read(text), [(kind, seconds)], "{text}");
        }
    }

    #[test]
    fn a_snowflake_may_be_of_either() {
        // Discord's reference explains this one.
        let readings = read("175928847299117063");
        assert_eq!(readings[0], ("snowflake of Discord", 1_462_015_105));
        assert_eq!(readings.len(), 2);
    }

    #[test]
    fn a_time_that_is_not_likely_is_none() {
        for text in [
            "000000000000000000000000",
            "ffffffffffffffffffffffff",
            "00000000000000000000000000",
            "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "zzzzzzzzzzzzzzzzzzzzzzzzzzz",
            "ffffffff-ffff-7fff-bfff-ffffffffffff",
            "",
            "éééééééééééé",
            "017F22E2-79B0-4CC3-98C4-DC0C0C07398F",
            "017F22E279B0-7CC3-98C4-DC0C0C07398F-",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
        assert!(id_times("507f1f77bcf86cd799439011", i64::MAX).len() == 1);
        assert!(id_times("507f1f77bcf86cd799439011", i64::MIN).is_empty());
    }
}
