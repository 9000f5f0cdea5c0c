//! The results of a run, and GitHub's limits on them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use keysift_core::Severity;

use crate::coverage::grouped;
use crate::notes::Note;

/// How many results of a run GitHub keeps.
const SHOWN_RESULTS: usize = 5_000;

/// The most bytes of results. GitHub refuses a file of more than 10 MB when compressed, and results of random text
/// compress to less than a quarter; see benches/record/2026-11-30-sarif.md.
pub(super) const MAX_BYTES: usize = 40 << 20;

/// Results as text, of which the least severe make room for more severe ones.
pub(super) struct Results {
    by_severity: BTreeMap<Severity, Vec<Vec<u8>>>,
    /// What follows them, whatever its severity.
    last: Vec<Vec<u8>>,
    count: usize,
    max: usize,
    bytes: usize,
    max_bytes: usize,
    left_out: u64,
}

impl Results {
    /// None yet, and never more than `max`, nor more than `max_bytes` of text.
    pub(super) fn new(max: usize, max_bytes: usize) -> Self {
        Self {
            by_severity: BTreeMap::new(),
            last: Vec::new(),
            count: 0,
            max,
            bytes: 0,
            max_bytes,
            left_out: 0,
        }
    }

    pub(super) fn push(&mut self, severity: Severity, result: Vec<u8>) {
        while !self.has_room(&result) {
            let can_fit = self.max > 0 && result.len() <= self.max_bytes;
            if !can_fit || !self.leave_out_below(severity) {
                self.left_out += 1;
                return;
            }
        }
        self.add(&result);
        self.by_severity.entry(severity).or_default().push(result);
    }

    fn has_room(&self, result: &[u8]) -> bool {
        self.count < self.max && self.bytes + result.len() <= self.max_bytes
    }

    fn add(&mut self, result: &[u8]) {
        self.count += 1;
        self.bytes += result.len();
    }

    /// Leaves one out that is less severe; whether there was any.
    fn leave_out_below(&mut self, severity: Severity) -> bool {
        let least = self.by_severity.first_entry();
        let Some(mut least) = least.filter(|least| *least.key() < severity) else {
            return false;
        };
        let gone = least.get_mut().pop();
        if least.get().is_empty() {
            least.remove();
        }
        self.count -= 1;
        self.bytes -= gone.map_or(0, |gone| gone.len());
        self.left_out += 1;
        true
    }

    /// Adds one that follows all others; to be called when they are there.
    pub(super) fn push_last(&mut self, result: Vec<u8>) {
        if !self.has_room(&result) {
            self.left_out += 1;
            return;
        }
        self.add(&result);
        self.last.push(result);
    }

    pub(super) fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let results = self.by_severity.values().rev().flatten().chain(&self.last);
        for (index, result) in results.enumerate() {
            out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            out.write_all(result)?;
        }
        Ok(())
    }

    /// What a reader must know of the limits.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.left_out > 0 {
            notes.push(Note::warning(format!(
                "{} findings are not in this file, which GitHub would refuse with more than {} or if it were longer; other formats have all",
                grouped(self.left_out),
                grouped(self.max as u64)
            )));
        }
        if self.count > SHOWN_RESULTS {
            notes.push(Note::info(format!(
                "GitHub keeps the first {} of the {} results in this file",
                grouped(SHOWN_RESULTS as u64),
                grouped(self.count as u64)
            )));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_severe_results_make_room_and_are_counted() {
        let mut results = Results::new(3, 100);
        for (severity, text) in [
            (Severity::Low, "a"),
            (Severity::High, "b"),
            (Severity::Low, "c"),
            (Severity::Critical, "d"),
            (Severity::Low, "e"),
            (Severity::Medium, "f"),
        ] {
            results.push(severity, text.into());
        }
        results.push_last("g".into());
        let mut out = Vec::new();
        results.write_to(&mut out).unwrap();
        assert_eq!(out, b"\nd,\nb,\nf");
        assert_eq!(results.left_out, 4);
        assert!(results.notes()[0].text.starts_with("4 findings are not in"));
        assert_eq!(results.notes().len(), 1);
    }

    #[test]
    fn what_follows_has_what_room_is_left() {
        let mut results = Results::new(3, 100);
        results.push(Severity::Low, "a".into());
        for text in ["x", "y", "z"] {
            results.push_last(text.into());
        }
        let mut out = Vec::new();
        results.write_to(&mut out).unwrap();
        assert_eq!(out, b"\na,\nx,\ny");
        assert_eq!(results.left_out, 1);
    }

    #[test]
    fn text_has_a_limit_too() {
        let mut results = Results::new(10, 5);
        results.push(Severity::Low, "aa".into());
        results.push(Severity::Low, "bb".into());
        results.push(Severity::Medium, "cc".into());
        results.push(Severity::High, "dddd".into());
        results.push(Severity::Critical, "eeeeee".into());
        results.push_last("f".into());
        let mut out = Vec::new();
        results.write_to(&mut out).unwrap();
        assert_eq!(out, b"\ndddd,\nf");
        assert_eq!(results.left_out, 4);
    }
}
