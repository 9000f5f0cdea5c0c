//! A blob told as copies and inserts of another blob: what of it must be scanned again.

use std::ops::Range;

use crate::blob::Span;
use crate::scanner::{Match, Scanner};
use crate::scratch::Scratch;

/// A part of a blob, in order: copied from its base, or new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// These bytes of the base.
    Copy(Span),
    /// This many bytes that the base does not give.
    Insert(usize),
}

impl Scanner {
    /// The matches of `bytes`, which `parts` tell as a patch of a blob whose matches are known.
    ///
    /// The same as [`Scanner::matches`] gives; only what lies within reach of an insert or a seam is scanned.
    ///
    /// # Panics
    /// If `parts` are not as long as `bytes` together.
    pub fn matches_of_patch(
        &self,
        scratch: &mut Scratch,
        bytes: &[u8],
        parts: &[Part],
        base: &[Match],
    ) -> Vec<Match> {
        let copies = join(parts);
        let length: usize = parts.iter().map(|part| part.len()).sum();
        assert_eq!(length, bytes.len(), "a patch must tell the whole blob");
        scratch.begin(None);
        let margins = self.margins();
        let mut matches = Vec::new();
        let mut scanned_to = 0;
        for copy in copies {
            // Starts whose whole reach lies inside the copy have the base's matches. The blob's ends count as seams.
            let clean =
                copy.at + margins.before..(copy.at + copy.from.len()).saturating_sub(margins.after);
            if clean.is_empty() {
                continue;
            }
            self.matches_in(scratch, bytes, scanned_to..clean.start, &mut matches);
            inherit(base, copy, &clean, &mut matches);
            scanned_to = clean.end;
        }
        self.matches_in(scratch, bytes, scanned_to..bytes.len(), &mut matches);
        matches
    }
}

/// A copied stretch and where it stands in the new blob.
#[derive(Debug, Clone, Copy)]
struct Placed {
    at: usize,
    from: Span,
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Copy(from) => from.len(),
            Self::Insert(length) => *length,
        }
    }
}

/// The copies in order, neighbours joined that were neighbours in the base.
fn join(parts: &[Part]) -> Vec<Placed> {
    let mut copies: Vec<Placed> = Vec::new();
    let mut at = 0;
    for part in parts {
        if let Part::Copy(from) = *part {
            match copies.last_mut() {
                Some(last) if last.at + last.from.len() == at && last.from.end == from.start => {
                    last.from.end = from.end
                }
                _ => copies.push(Placed { at, from }),
            }
        }
        at += part.len();
    }
    copies
}

fn inherit(base: &[Match], copy: Placed, clean: &Range<usize>, matches: &mut Vec<Match>) {
    let moved = copy.at as isize - copy.from.start as isize;
    let first =
        base.partition_point(|found| (found.span.start as isize + moved) < clean.start as isize);
    let inherited = base[first..]
        .iter()
        .take_while(|found| ((found.span.start as isize + moved) as usize) < clean.end)
        .map(|found| Match {
            span: found.span.moved(moved),
            secret: found.secret.moved(moved),
            ..*found
        });
    matches.extend(inherited);
}
