//! Times as text, without a clock.

/// The last second of the year 9999, which is the last that RFC 3339 can write.
const LAST_SECOND: i64 = 253_402_300_799;

const SECONDS_PER_DAY: i64 = 86_400;

/// The first second of 2010: an id that claims to be older is none.
pub(crate) const YEAR_2010: i64 = 1_262_304_000;

/// `20231114T221320Z` in seconds since 1970. `None` for another text, or a date that the calendar does not have.
pub(crate) fn compact(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once('T')?;
    let time = rest.strip_suffix('Z')?;
    let is_number = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(date, 8) || !is_number(time, 6) {
        return None;
    }
    let number = |text: &str| text.parse::<i64>().ok();
    let (year, month, day) = (
        number(&date[..4])?,
        number(&date[4..6])?,
        number(&date[6..])?,
    );
    let (hour, minute, second) = (
        number(&time[..2])?,
        number(&time[2..4])?,
        number(&time[4..])?,
    );
    let days = days(year, month, day);
    let is_time = civil(days) == (year, month, day) && hour < 24 && minute < 60 && second < 60;
    is_time.then_some(days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second)
}

/// A time in seconds since 1970 as an RFC 3339 string in UTC. `None` before 1970 and after 9999.
pub fn rfc3339(seconds: i64) -> Option<String> {
    if !(0..=LAST_SECOND).contains(&seconds) {
        return None;
    }
    let (year, month, day) = civil(seconds / SECONDS_PER_DAY);
    let second = seconds % SECONDS_PER_DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    ))
}

/// Year, month and day of a number of days since 1970-01-01.
///
/// Years are counted from March, so that the leap day is the last of a year, in eras of 400 years, which all have the
/// same number of days.
fn civil(days: i64) -> (i64, i64, i64) {
    // From 0000-03-01 to 1970-01-01.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The number of days from 1970-01-01, the other way round.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month_from_march) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times_are_written_as_they_are_known() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_234_567_890, "2009-02-13T23:31:30Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST_SECOND, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds).unwrap(), text);
        }
    }

    #[test]
    fn what_rfc_3339_can_not_write_is_left_out() {
        for seconds in [-1, LAST_SECOND + 1, i64::MIN, i64::MAX] {
            assert_eq!(rfc3339(seconds), None);
        }
    }

    #[test]
    fn a_compact_time_is_read() {
        assert_eq!(compact("20231114T221320Z"), Some(1_700_000_000));
        assert_eq!(compact("19700101T000000Z"), Some(0));
        for text in [
            "",
            "T",
            "20230229T000000Z",
            "20231301T000000Z",
            "20231114T240000Z",
            "20231114T221320",
            "2023111éT22132Z",
        ] {
            assert_eq!(compact(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut before = (1970, 1, 1);
        for day in 1..200_000 {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
            let next = [
                (before.0, before.1, before.2 + 1),
                (before.0, before.1 + 1, 1),
                (before.0 + 1, 1, 1),
            ];
            assert!(next.contains(&(year, month, date)), "{day}");
            assert!((1..=12).contains(&month) && (1..=31).contains(&date));
            before = (year, month, date);
        }
    }
}
