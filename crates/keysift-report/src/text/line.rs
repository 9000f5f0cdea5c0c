//! The line that a finding stands in, cut on both sides of its secret.

use crate::escape::escape;
use crate::page::{columns, head, tail};

/// What stands where a line was cut.
const CUT: &str = "...";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// One side of a line, escaped, without the white space at the line's end, with a mark where the line goes on.
pub(super) fn side(bytes: &[u8], is_cut: bool, side: Side) -> String {
    match (side, is_cut) {
        (Side::Before, false) => escape(bytes.trim_ascii_start()),
        (Side::Before, true) => format!("{CUT}{}", escape(bytes)),
        (Side::After, false) => escape(bytes.trim_ascii_end()),
        (Side::After, true) => format!("{}{CUT}", escape(bytes)),
    }
}

/// Cuts both sides so that with a secret of so many columns between them they fit the room. What one side does not
/// need, the other gets.
pub(super) fn fit(
    before: &str,
    after: &str,
    secret: usize,
    room: Option<usize>,
) -> (String, String) {
    let (needed_before, needed_after) = (columns(before), columns(after));
    let room = room.map_or(usize::MAX, |room| room.saturating_sub(secret));
    if needed_before + needed_after <= room {
        return (before.to_owned(), after.to_owned());
    }
    let half = room / 2;
    let room_after = needed_after.min((room - half).max(room.saturating_sub(needed_before)));
    let room_before = needed_before.min(room - room_after);
    let before = if needed_before > room_before {
        format!(
            "{CUT}{}",
            tail(before, room_before.saturating_sub(CUT.len()))
        )
    } else {
        before.to_owned()
    };
    let after = if needed_after > room_after {
        format!("{}{CUT}", head(after, room_after.saturating_sub(CUT.len())))
    } else {
        after.to_owned()
    };
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_on_both_sides_of_its_secret() {
        let fit = |before: &str, after: &str, room| fit(before, after, 10, Some(room));
        let pair = |before: &str, after: &str| (before.to_owned(), after.to_owned());
        assert_eq!(
            fit("0123456789", "0123456789", 30),
            pair("0123456789", "0123456789")
        );
        assert_eq!(
            fit("0123456789", "0123456789", 26),
            pair("...56789", "01234...")
        );
        assert_eq!(fit("0123456789", "01", 20), pair("...56789", "01"));
        assert_eq!(fit("01", "0123456789", 20), pair("01", "01234..."));
        assert_eq!(fit("0123456789", "0123456789", 5), pair("...", "..."));
    }
}
