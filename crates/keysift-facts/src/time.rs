//! Times as text, without a clock.

/// The last second of the year 9999, which is the last that RFC 3339 can write.
const LAST_SECOND: i64 = 253_402_300_799;

const SECONDS_PER_DAY: i64 = 86_400;

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
    fn every_day_follows_the_one_before() {
        let mut before = (1970, 1, 1);
        for day in 1..200_000 {
            let (year, month, date) = civil(day);
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
