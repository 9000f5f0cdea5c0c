//! Times with how exactly they are known.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::{Error, ErrorKind};

/// The seconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60;

/// The longest month, as how exactly a year and a month are a time.
const MONTH: i64 = 31 * DAY;

/// A time, and how exactly it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// The earliest second that it may be, since 1970.
    pub seconds: i64,
    /// How many seconds later it may be: 0 for an exact time.
    pub precision_seconds: i64,
}

impl Moment {
    /// An exact time, in seconds since 1970.
    pub const fn exact(seconds: i64) -> Self {
        Self {
            seconds,
            precision_seconds: 0,
        }
    }

    /// Reads RFC 3339 with any offset, a day (`2026-11-25`), or a month (`2026-11`); in UTC where no offset is told.
    /// `None` for what is neither.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Self::exact(timestamp.as_second()));
        }
        let (text, precision_seconds) = match text.len() {
            7 => (format!("{text}-01"), MONTH),
            _ => (text.to_owned(), DAY),
        };
        let date: Date = text.parse().ok()?;
        let seconds = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
        Some(Self {
            seconds,
            precision_seconds,
        })
    }
}

/// Reads a time that a person gave: RFC 3339, a day, or a month.
///
/// # Errors
/// [`Invalid`](ErrorKind::Invalid), with how one is written.
pub fn parse_time(text: &str) -> Result<i64, Error> {
    Moment::parse(text)
        .map(|moment| moment.seconds)
        .ok_or_else(|| {
            Error::new(ErrorKind::Invalid, format!("{text}: not a time"))
                .hint_with("a time is written 2026-11-25T12:00:00Z, or 2026-11-25 for a day")
        })
}

/// The day of a time in UTC, `2026-11-25`; `@SECONDS` where no calendar has it.
pub fn day(seconds: i64) -> String {
    keysift_facts::rfc3339(seconds)
        .map_or_else(|| format!("@{seconds}"), |text| text[..10].to_owned())
}

/// A time as RFC 3339 in UTC; `@SECONDS` where no calendar has it.
pub fn rfc3339(seconds: i64) -> String {
    keysift_facts::rfc3339(seconds).unwrap_or_else(|| format!("@{seconds}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_exactly_as_they_are_told() {
        assert_eq!(
            Moment::parse("1970-01-02T00:00:00Z"),
            Some(Moment::exact(DAY))
        );
        assert_eq!(
            Moment::parse("1970-01-02T01:00:00+01:00"),
            Some(Moment::exact(DAY))
        );
        assert_eq!(
            Moment::parse("1970-02"),
            Some(Moment {
                seconds: 31 * DAY,
                precision_seconds: MONTH
            })
        );
        assert_eq!(
            Moment::parse("1970-01-03"),
            Some(Moment {
                seconds: 2 * DAY,
                precision_seconds: DAY
            })
        );
        for text in [
            "",
            "yesterday",
            "2026-13",
            "2026-02-30",
            "99999-01-01",
            "\u{e9}\u{e9}\u{e9}x",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_that_no_calendar_has_is_told_in_seconds() {
        assert_eq!(day(-1), "@-1");
        assert_eq!(day(DAY), "1970-01-02");
    }
}
