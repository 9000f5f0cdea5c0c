//! Packs of any entries, walked from bases to deltas.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use keysift::source::git::{
    self, Base, Environment, History, HistoryOptions, Object, ObjectVisitor, RepositoryOptions,
};
use keysift_core::{Part, Unscanned};
use keysift_tests::packs::{BLOB, PackEntry, REF_DELTA, empty_repository, write_pack};

use crate::input::Input;

/// Objects may be so large: a few bytes of a delta can ask for gigabytes.
const MEMORY_BYTES: u64 = 1 << 20;

const MAX_ENTRIES: usize = 32;

/// Keeps each object's text, and compares it with what it is told by.
#[derive(Debug, Default)]
struct Compare {
    given: u64,
    unscanned: u64,
}

impl ObjectVisitor for Compare {
    type Kept = Vec<u8>;

    fn object(
        &mut self,
        object: &Object<'_>,
        base: Option<Base<'_, Vec<u8>>>,
        kept: &mut Vec<u8>,
    ) -> ControlFlow<()> {
        self.given += 1;
        if let Some(base) = base {
            let mut at = 0;
            for part in base.parts {
                let length = match part {
                    Part::Copy(from) => {
                        let copied = &base.kept[from.range()];
                        assert_eq!(copied, &object.text[at..at + copied.len()]);
                        copied.len()
                    }
                    Part::Insert(length) => *length,
                };
                at += length;
            }
            assert_eq!(at, object.text.len(), "the parts tell all of it");
        }
        kept.clear();
        kept.extend_from_slice(object.text);
        ControlFlow::Continue(())
    }

    fn unscanned(&mut self, _: Unscanned) -> ControlFlow<()> {
        self.unscanned += 1;
        ControlFlow::Continue(())
    }
}

fn walk(directory: &Path, entries: &[PackEntry]) -> Vec<Compare> {
    empty_repository(directory).expect("because the directory is new");
    write_pack(&directory.join("objects/pack"), entries).expect("because it is small");
    let options = RepositoryOptions::default().environment(Environment::Ignored);
    let repository = git::open(directory, &options).expect("because Git would open it");
    let options = HistoryOptions::default().max_memory(Some(MEMORY_BYTES));
    let threads = NonZeroUsize::MIN;
    History::new(repository, options)
        .visit(threads, &AtomicBool::new(false), &Compare::default)
        .expect("because there are threads")
}

fn sum(visitors: &[Compare]) -> (u64, u64) {
    let given = visitors.iter().map(|visitor| visitor.given).sum();
    (
        given,
        visitors.iter().map(|visitor| visitor.unscanned).sum(),
    )
}

/// Any entries: each an id, a kind, a base, a length that it claims beside its own, and its bytes.
///
/// # Panics
/// If an object is neither given nor told, or what it is told by does not make it.
pub fn pack(bytes: &[u8]) {
    let mut rest = bytes;
    let mut entries: Vec<PackEntry> = Vec::new();
    while let [id, kind, base, claimed, length, behind @ ..] = rest
        && entries.len() < MAX_ENTRIES
    {
        let (text, behind) = behind.split_at(behind.len().min(usize::from(*length)));
        let kind = kind % 8;
        let base = (kind == REF_DELTA).then_some(*base);
        let mut entry = PackEntry::new(*id, kind, base, text);
        // Some claim a little more, some the more than there is memory for.
        entry.claimed = entry
            .claimed
            .wrapping_add(u64::from(*claimed) << (claimed & 31));
        if !entries.iter().any(|known| known.id == *id) {
            entries.push(entry);
        }
        rest = behind;
    }
    let directory = tempfile::tempdir().expect("because there is room");
    walk(directory.path(), &entries);
}

/// A base, and a delta of it of any bytes.
///
/// # Panics
/// If the object is neither given nor told, or its parts do not make it.
pub fn delta(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let length = usize::from(input.byte());
    let rest = input.rest(4096);
    let (base, delta) = rest.split_at(rest.len().min(length));
    let entries = [
        PackEntry::new(1, BLOB, None, base),
        PackEntry::new(2, REF_DELTA, Some(1), delta),
        PackEntry::new(3, REF_DELTA, Some(2), delta),
    ];
    let directory = tempfile::tempdir().expect("because there is room");
    let (given, unscanned) = sum(&walk(directory.path(), &entries));
    assert_eq!(given + unscanned, 3, "{given} given");
}
