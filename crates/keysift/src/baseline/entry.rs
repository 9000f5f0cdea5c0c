//! A line of a baseline.

use std::fmt;

use keysift_core::Fingerprint;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::day::Day;

/// What of a place is written as `%XX`: what would end it, or could be taken for something else.
const HIDDEN: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// What has been decided on an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nothing yet: it was there when the baseline was made. It is not reported.
    Unreviewed,
    /// It is no danger. It is not reported.
    Accepted,
    /// It is a secret that has to be revoked. It is reported.
    Real,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Unreviewed, Self::Accepted, Self::Real];

    /// The word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreviewed => "unreviewed",
            Self::Accepted => "accepted",
            Self::Real => "real",
        }
    }
}

/// A secret at a place, and what has been decided on it.
///
/// `Display` is its line: name, rule, place, status, last day or `-`, reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The secret's name under the baseline's key.
    pub fingerprint: Fingerprint,
    /// The rule's id.
    pub rule: String,
    /// The path as seen from the baseline's directory, with `/` between its parts; or `<commit-message>` and the like.
    pub place: String,
    /// What has been decided.
    pub status: Status,
    /// The last day on which it is not reported; `None` for ever.
    pub expires: Option<Day>,
    /// Why.
    pub reason: String,
}

impl Entry {
    /// Reads a line, without its end.
    pub(super) fn from_line(line: &str) -> Result<Self, String> {
        let mut fields = line.splitn(6, ' ');
        let mut next = |what: &str| {
            let field = fields.next().filter(|field| !field.is_empty());
            field.ok_or_else(|| format!("{what} is missing"))
        };
        let fingerprint = Fingerprint::from_text(next("the fingerprint")?)
            .ok_or("the first field is no fingerprint")?;
        let rule = next("the rule")?.to_owned();
        let place = percent_decode_str(next("the place")?)
            .decode_utf8()
            .map_err(|_| "the place is not UTF-8")?
            .into_owned();
        let status = next("the status")?;
        let status = Status::ALL
            .into_iter()
            .find(|it| it.as_str() == status)
            .ok_or("the status is none of unreviewed, accepted, real")?;
        let expires = match next("the last day, or -,")? {
            "-" => None,
            day => Some(Day::from_text(day).ok_or("the last day is not YYYY-MM-DD or -")?),
        };
        let reason = next("the reason")?.trim();
        if reason.is_empty() {
            return Err("the reason is missing".to_owned());
        }
        Ok(Self {
            fingerprint,
            rule,
            place,
            status,
            expires,
            reason: reason.to_owned(),
        })
    }

    /// Whether its day is over.
    pub fn is_expired(&self, today: Day) -> bool {
        self.expires.is_some_and(|last| today > last)
    }

    /// Whether it keeps a finding from being reported.
    pub fn is_in_force(&self, today: Day) -> bool {
        self.status != Status::Real && !self.is_expired(today)
    }

    /// What is the same in two entries for the same thing, and what lines are sorted by.
    pub(super) fn key(&self) -> (String, &str, &str) {
        (self.fingerprint.to_string(), &self.rule, &self.place)
    }
}

/// A reason as a line holds it: no control characters, and no space at its ends.
pub(super) fn one_line(reason: &str) -> String {
    let plain: String = reason
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.trim().to_owned()
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = utf8_percent_encode(&self.place, HIDDEN);
        write!(
            f,
            "{} {} {place} {} ",
            self.fingerprint,
            self.rule,
            self.status.as_str()
        )?;
        match self.expires {
            Some(day) => write!(f, "{day} ")?,
            None => f.write_str("- ")?,
        }
        f.write_str(&one_line(&self.reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_comes_back_as_it_was_written() {
        for line in [
            "032699d194b33db0aba6ddeaf466649a acme-api-key src/a%20b.txt accepted - made up, for tests",
            "weak-0a7 acme-password <commit-message> real 2027-01-31 to be rotated",
            "weak-0a7 acme-password a%25b%0A unreviewed - x",
        ] {
            assert_eq!(Entry::from_line(line).unwrap().to_string(), line);
        }
    }

    #[test]
    fn what_is_no_line_is_refused_with_what_is_wrong() {
        let name = "032699d194b33db0aba6ddeaf466649a";
        for (rest, message) in [
            ("", "the rule is missing"),
            (" a", "the place is missing"),
            (" a b", "the status is missing"),
            (
                " a b maybe - x",
                "the status is none of unreviewed, accepted, real",
            ),
            (" a b real x y", "the last day is not YYYY-MM-DD or -"),
            (" a b real -", "the reason is missing"),
            (" a b real -  ", "the reason is missing"),
            (" a %ff real - x", "the place is not UTF-8"),
        ] {
            let line = format!("{name}{rest}");
            assert_eq!(Entry::from_line(&line).unwrap_err(), message, "{rest:?}");
        }
        assert!(Entry::from_line("<<<<<<< HEAD").is_err());
    }

    #[test]
    fn a_reason_of_many_lines_becomes_one() {
        assert_eq!(one_line(" a\nb\u{1b}[0m "), "a b [0m");
    }

    proptest! {
        #[test]
        fn any_entry_is_one_line_and_comes_back(place in "\\PC{1,20}|[\\x00-\\x7f]{1,20}", reason: String) {
            prop_assume!(!one_line(&reason).is_empty());
            let entry = Entry {
                fingerprint: Fingerprint::from_text("weak-0a7").unwrap(),
                rule: "acme-api-key".to_owned(),
                place,
                status: Status::Accepted,
                expires: None,
                reason: one_line(&reason),
            };
            let line = entry.to_string();
            prop_assert_eq!(line.lines().count(), 1);
            prop_assert_eq!(Entry::from_line(&line).unwrap(), entry);
        }

        #[test]
        fn any_line_is_read_or_refused(line in "\\PC*") {
            let _ = Entry::from_line(&line);
        }
    }
}
