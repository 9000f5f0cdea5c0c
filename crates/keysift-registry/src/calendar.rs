//! What is due, as a calendar file (RFC 5545).

use serde::{Serialize, Serializer};

use crate::inventory::Card;
use crate::time::{DAY, rfc3339};

/// A day on which something is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Due {
    /// When, in seconds since 1970.
    #[serde(serialize_with = "as_rfc3339")]
    pub at: i64,
    /// The number of the identity.
    pub identity: i64,
    /// What tells it from other events of a calendar, the same every time.
    pub(crate) uid: String,
    /// What is due, in a few words.
    pub what: String,
}

fn as_rfc3339<S: Serializer>(at: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*at))
}

/// The longest line of a calendar file, in bytes.
const MAX_LINE_BYTES: usize = 75;

/// A calendar of the days on which credentials expire, reviews are due, and identities have to be gone. The same
/// inventory gives the same file, but for `now`, the time at which it was made, in seconds since 1970.
pub fn calendar(cards: &[Card], now: i64) -> String {
    let mut dues: Vec<Due> = cards
        .iter()
        .filter(|card| card.stage != "retired")
        .flat_map(dues)
        .collect();
    dues.sort();
    let mut text = String::new();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//keysift//inventory//EN",
        "CALSCALE:GREGORIAN",
    ] {
        push_line(&mut text, line);
    }
    for due in dues {
        push_line(&mut text, "BEGIN:VEVENT");
        push_line(&mut text, &format!("UID:{}", due.uid));
        push_line(&mut text, &format!("DTSTAMP:{}", compact(now)));
        push_line(
            &mut text,
            &format!("DTSTART;VALUE=DATE:{}", &compact(due.at)[..8]),
        );
        push_line(
            &mut text,
            &format!(
                "DTEND;VALUE=DATE:{}",
                &compact(due.at.saturating_add(DAY))[..8]
            ),
        );
        push_line(&mut text, &format!("SUMMARY:{}", escaped(&due.what)));
        push_line(&mut text, "TRANSP:TRANSPARENT");
        push_line(&mut text, "END:VEVENT");
    }
    push_line(&mut text, "END:VCALENDAR");
    text
}

/// The days on which something of an identity is due.
pub(crate) fn dues(card: &Card) -> Vec<Due> {
    let mut dues = Vec::new();
    let mut add = |at: Option<i64>, key: &str, what: String| {
        if let Some(at) = at.filter(|at| (0..MAX_SECONDS).contains(at)) {
            let name = blake3::hash(format!("{}\0{key}", card.uid).as_bytes()).to_hex();
            dues.push(Due {
                at,
                identity: card.id,
                uid: format!("{}@keysift", &name[..32]),
                what,
            });
        }
    };
    for ending in card.endings() {
        let what = format!("{} of {} expires", ending.name, card.name);
        add(ending.expires.at, ending.key, what);
    }
    add(
        card.review_due_at,
        "review",
        format!("Review {}", card.name),
    );
    add(
        card.decommission_by,
        "decommission",
        format!("{} has to be gone", card.name),
    );
    dues
}

/// The year 9999: no calendar goes further.
const MAX_SECONDS: i64 = 253_402_300_799 - DAY;

/// `20261125T120000Z`.
fn compact(at: i64) -> String {
    let text = rfc3339(at.clamp(0, MAX_SECONDS));
    text.chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

/// A text as a value: with no line end, and what has a meaning escaped.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded between characters where it is too long.
fn push_line(text: &mut String, line: &str) {
    let mut rest = line;
    let mut most = MAX_LINE_BYTES;
    while rest.len() > most {
        let (head, tail) = rest.split_at(rest.floor_char_boundary(most));
        text.push_str(head);
        text.push_str("\r\n ");
        rest = tail;
        most = MAX_LINE_BYTES - 1;
    }
    text.push_str(rest);
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_inventory_is_a_calendar() {
        let text = calendar(&[], 0);
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(!text.contains("VEVENT"));
    }

    #[test]
    fn lines_are_folded_between_characters() {
        let mut text = String::new();
        push_line(&mut text, &"é".repeat(100));
        assert!(text.split("\r\n").all(|line| line.len() <= MAX_LINE_BYTES));
        assert_eq!(text.replace("\r\n ", "").trim_end(), "é".repeat(100));
    }

    #[test]
    fn values_hold_no_line_end() {
        assert_eq!(escaped("a;b,c\\d\r\nBEGIN:X"), "a\\;b\\,c\\\\d  BEGIN:X");
    }
}
