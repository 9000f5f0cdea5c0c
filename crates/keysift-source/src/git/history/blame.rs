//! Who wrote the lines of `HEAD`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::Commit;

use super::History;
use super::chronicle::{blob_at, read_commit};
use super::compare::differing;
use crate::git::message::ReadCommit;
use crate::git::{lines, object};

/// A line of a file of `HEAD`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeadLine {
    /// The file, with `/` between its parts.
    pub path: String,
    /// The line, 1-based.
    pub line: u64,
}

/// A larger version of a file, in bytes, is not compared with others.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 20;

/// So many commits are looked at for the lines of `HEAD`; lines that are older are nobody's.
const MAX_COMMITS: usize = 200_000;

/// Lines that are looked for in a commit, by file: where each one is in its version, and its number.
type Suspects = BTreeMap<Vec<u8>, Vec<(u32, usize)>>;

impl History {
    /// For each of these lines of `HEAD` the commit that wrote it as it is. `None` for a line that is not there, in a
    /// file of more than 1 MiB, or too old. A file that was renamed begins with its new name.
    pub fn blame(&self, asked: &[HeadLine], should_interrupt: &AtomicBool) -> Vec<Option<Commit>> {
        let mut blame = Blame {
            handle: self.repository.handle(),
            waiting: HashMap::new(),
            order: BinaryHeap::new(),
            written: vec![None; asked.len()],
        };
        let mut suspects = Suspects::new();
        for (line, number) in asked.iter().zip(0..) {
            if let Some(at) = line
                .line
                .checked_sub(1)
                .and_then(|at| u32::try_from(at).ok())
            {
                let path = line.path.as_bytes().to_vec();
                suspects.entry(path).or_default().push((at, number));
            }
        }
        let head = blame.handle.head_id().ok().map(gix::Id::detach);
        if let Some((id, head)) = head.and_then(|id| blame.read(id)) {
            blame.begin(id, head, suspects);
        }
        for _ in 0..MAX_COMMITS {
            let Some((_, id)) = blame.order.pop() else {
                break;
            };
            if should_interrupt.load(Ordering::Relaxed) {
                break;
            }
            if let Some((commit, suspects)) = blame.waiting.remove(&id) {
                blame.visit(commit, suspects);
            }
        }
        blame.written
    }
}

/// Hands lines down to the parents that have them, from the newest commit to the oldest.
struct Blame {
    handle: gix::Repository,
    waiting: HashMap<ObjectId, (ReadCommit, Suspects)>,
    order: BinaryHeap<(i64, ObjectId)>,
    written: Vec<Option<Commit>>,
}

impl Blame {
    fn read(&self, id: ObjectId) -> Option<(ObjectId, ReadCommit)> {
        Some((id, read_commit(&self.handle, id, &mut Vec::new())?))
    }

    fn text(&self, blob: ObjectId) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        object::read(
            &self.handle,
            blob,
            Kind::Blob,
            Some(MAX_FILE_BYTES),
            &mut text,
        )
        .ok()?;
        Some(text)
    }

    /// Lines that `HEAD` does not have are not looked for.
    fn begin(&mut self, id: ObjectId, head: ReadCommit, mut suspects: Suspects) {
        suspects.retain(|path, lines| {
            let blob = blob_at(&self.handle, head.tree, path);
            let Some(text) = blob.and_then(|blob| self.text(blob)) else {
                return false;
            };
            let count = lines::count(&text);
            lines.retain(|(at, _)| *at < count);
            !lines.is_empty()
        });
        self.suspect(id, head, suspects);
    }

    fn suspect(&mut self, id: ObjectId, commit: ReadCommit, suspects: Suspects) {
        match self.waiting.entry(id) {
            Entry::Vacant(entry) => {
                let date = commit.told.date.map_or(0, |date| date.seconds);
                entry.insert((commit, suspects));
                self.order.push((date, id));
            }
            Entry::Occupied(mut entry) => {
                for (path, lines) in suspects {
                    entry.get_mut().1.entry(path).or_default().extend(lines);
                }
            }
        }
    }

    fn visit(&mut self, commit: ReadCommit, mut suspects: Suspects) {
        for parent in &commit.parents {
            if suspects.is_empty() {
                return;
            }
            let Some((id, parent)) = self.read(*parent) else {
                continue;
            };
            let kept = self.kept(&commit, &parent, &mut suspects);
            if !kept.is_empty() {
                self.suspect(id, parent, kept);
            }
        }
        for (_, number) in suspects.into_values().flatten() {
            self.written[number] = Some(commit.told.clone());
        }
    }

    /// Takes the lines that a parent has, as they are in the parent.
    fn kept(&self, commit: &ReadCommit, parent: &ReadCommit, suspects: &mut Suspects) -> Suspects {
        let mut changed = Vec::new();
        let paths: Vec<&[u8]> = suspects.keys().map(Vec::as_slice).collect();
        let trees = [Some(commit.tree), Some(parent.tree)];
        differing(&self.handle, trees, &paths, &mut |number, blobs| {
            changed.push((paths[number].to_vec(), blobs));
        });
        // Nearly everything is the same in the parent.
        let mut kept = std::mem::take(suspects);
        for (path, [new, old]) in changed {
            let texts = new.zip(old);
            let texts = texts.and_then(|(new, old)| Some((self.text(new)?, self.text(old)?)));
            let lines = kept.remove(&path).unwrap_or_default();
            let Some((new, old)) = texts else {
                suspects.insert(path, lines);
                continue;
            };
            let places: Vec<u32> = lines.iter().map(|(at, _)| *at).collect();
            let before = lines::unchanged(&old, &new, &places);
            let (mut stay, mut go) = (Vec::new(), Vec::new());
            for ((at, number), before) in lines.into_iter().zip(before) {
                match before {
                    Some(before) => go.push((before, number)),
                    None => stay.push((at, number)),
                }
            }
            if !go.is_empty() {
                kept.insert(path.clone(), go);
            }
            if !stay.is_empty() {
                suspects.insert(path, stay);
            }
        }
        kept
    }
}
