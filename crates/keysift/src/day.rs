//! Days, as people write them in options and files.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A day in UTC, from 1970 to 9999. `Display` is `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// Reads `YYYY-MM-DD`; `None` for anything else, and for a day that no month has.
    ///
    /// # Examples
    /// ```
    /// let day = keysift::Day::from_text("2000-03-01").expect("that day was");
    /// assert_eq!(day.first_second(), 951_868_800);
    /// assert!(keysift::Day::from_text("2026-13-01").is_none());
    /// ```
    pub fn from_text(text: &str) -> Option<Self> {
        const MONTH_STARTS: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
        let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let start = *MONTH_STARTS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
        if parts.next().is_some() || !(1970..=9999).contains(&year) {
            return None;
        }
        let length = match month {
            2 => 28 + i64::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if !(1..=length).contains(&day) {
            return None;
        }
        let before = year - 1;
        let leap_days = before / 4 - before / 100 + before / 400 - 477;
        let leap_day = i64::from(is_leap && month > 2);
        Some(Self(
            (year - 1970) * 365 + leap_days + start + leap_day + day - 1,
        ))
    }

    /// The day of a time; the first of 1970 for what was before.
    pub fn of(time: SystemTime) -> Self {
        let seconds = time
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Self(i64::try_from(seconds).unwrap_or(i64::MAX) / DAY_SECONDS)
    }

    /// The day's first second, counted from 1970.
    pub const fn first_second(self) -> i64 {
        self.0 * DAY_SECONDS
    }

    /// The day's last second, counted from 1970.
    pub const fn last_second(self) -> i64 {
        self.first_second() + DAY_SECONDS - 1
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = keysift_facts::rfc3339(self.first_second());
        let day = text.as_deref().and_then(|text| text.get(..10));
        f.write_str(day.unwrap_or("beyond 9999"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_day_comes_back_as_it_was_written() {
        for text in [
            "1970-01-01",
            "2000-02-29",
            "2026-11-25",
            "2100-03-01",
            "9999-12-31",
        ] {
            assert_eq!(Day::from_text(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026",
            "2026-00-01",
            "2026-13-01",
            "2026-02-30",
            "2100-02-29",
            "2026-04-31",
            "1969-12-31",
            "10000-01-01",
            "2026-01-01-01",
            "tomorrow",
        ] {
            assert_eq!(Day::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_in_its_day() {
        let day = Day::of(UNIX_EPOCH + Duration::from_secs(951_868_800 + 86_399));
        assert_eq!(day.to_string(), "2000-03-01");
        assert_eq!(day.last_second(), 951_868_800 + 86_399);
    }
}
