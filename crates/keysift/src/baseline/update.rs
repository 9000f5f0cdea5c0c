//! Bringing a baseline up to what is there now.

use std::collections::HashSet;

use super::entry::{Entry, one_line};
use super::file::Baseline;

/// What an update changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// What was found and not there yet; added as unreviewed.
    pub added: Vec<Entry>,
    /// What was there and is gone; taken out.
    pub gone: Vec<Entry>,
    /// How many entries stayed, with their reasons.
    pub kept: usize,
}

impl Baseline {
    /// Adds what was found with `reason`, keeps what is there already as it is, and takes out what is gone.
    ///
    /// `was_scanned` says of a place whether it was looked at: what was not cannot be gone.
    pub fn update(
        &mut self,
        found: Vec<Entry>,
        reason: &str,
        was_scanned: impl Fn(&str) -> bool,
    ) -> Changes {
        let mut changes = Changes::default();
        let key = |entry: &Entry| {
            let (fingerprint, rule, place) = entry.key();
            (fingerprint, rule.to_owned(), place.to_owned())
        };
        let now: HashSet<_> = found.iter().map(key).collect();
        let before: HashSet<_> = self.entries.iter().map(key).collect();
        let (kept, gone): (Vec<Entry>, Vec<Entry>) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| now.contains(&key(entry)) || !was_scanned(&entry.place));
        changes.kept = kept.len();
        changes.gone = gone;
        self.entries = kept;
        for mut entry in found {
            if !before.contains(&key(&entry)) {
                let is_same =
                    |it: &&Entry| (it.fingerprint, &it.rule) == (entry.fingerprint, &entry.rule);
                // What is gone from one place and came at another was moved: it has been decided on.
                match changes.gone.iter().find(is_same) {
                    Some(moved) => {
                        entry.status = moved.status;
                        entry.expires = moved.expires;
                        entry.reason.clone_from(&moved.reason);
                    }
                    None => entry.reason = one_line(reason),
                }
                changes.added.push(entry.clone());
                self.entries.push(entry);
            }
        }
        self.sort();
        // A merge may have kept both sides of a decision: the graver stands.
        self.entries.dedup_by(|next, last| {
            let is_same = next.key() == last.key();
            if is_same && next.status > last.status {
                std::mem::swap(next, last);
            }
            is_same
        });
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::{Scanned, Status};

    fn entry(digit: char, place: &str) -> Entry {
        let name: String = std::iter::repeat_n(digit, 32).collect();
        Entry::from_line(&format!("{name} acme-api-key {place} unreviewed - x")).unwrap()
    }

    #[test]
    fn reasons_stay_and_what_is_gone_goes() {
        let mut baseline = Baseline::with_new_key(Scanned::Files);
        let all = |_: &str| true;
        let changes = baseline.update(vec![entry('b', "one"), entry('a', "two")], "at first", all);
        assert_eq!((changes.added.len(), changes.gone.len()), (2, 0));
        assert_eq!(baseline.entries[0].place, "two");
        baseline.entries[1].status = Status::Accepted;
        baseline.entries[1].reason = "made up".to_owned();
        let changes = baseline.update(vec![entry('b', "one"), entry('c', "three")], "later", all);
        assert_eq!(
            (changes.added.len(), changes.gone.len(), changes.kept),
            (1, 1, 1)
        );
        assert_eq!(changes.gone[0].place, "two");
        let reasons: Vec<&str> = baseline.entries.iter().map(|it| &*it.reason).collect();
        assert_eq!(reasons, ["made up", "later"]);
    }

    #[test]
    fn what_was_moved_keeps_what_was_decided() {
        let mut baseline = Baseline::with_new_key(Scanned::Files);
        baseline.update(vec![entry('a', "one")], "x", |_| true);
        baseline.entries[0].status = Status::Accepted;
        baseline.entries[0].reason = "made up".to_owned();
        baseline.update(vec![entry('a', "two")], "later", |_| true);
        let line = baseline.entries[0].to_string();
        assert!(line.ends_with(" two accepted - made up"), "{line}");
    }

    #[test]
    fn of_two_lines_for_one_thing_the_graver_stands() {
        let mut baseline = Baseline::with_new_key(Scanned::Files);
        for status in [Status::Unreviewed, Status::Real, Status::Accepted] {
            let mut entry = entry('a', "one");
            entry.status = status;
            baseline.entries.push(entry);
        }
        baseline.update(vec![entry('a', "one")], "x", |_| true);
        assert_eq!(baseline.entries.len(), 1);
        assert_eq!(baseline.entries[0].status, Status::Real);
    }

    #[test]
    fn what_was_not_looked_at_is_not_gone() {
        let mut baseline = Baseline::with_new_key(Scanned::Files);
        baseline.update(vec![entry('a', "src/one")], "x", |_| true);
        let changes = baseline.update(Vec::new(), "x", |place| place.starts_with("docs/"));
        assert_eq!((changes.gone.len(), changes.kept), (0, 1));
    }
}
