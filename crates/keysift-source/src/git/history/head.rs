//! The files of `HEAD`, by their paths.

use std::sync::atomic::{AtomicBool, Ordering};

use gix::bstr::ByteSlice as _;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use keysift_core::{Skip, Unscanned};

use super::History;
use crate::git::object;

/// So many entries of trees are looked at. A tree may stand in another one many times, so that a small repository can have
/// more paths than anybody can visit.
const MAX_ENTRIES: usize = 20_000_000;

impl History {
    /// Gives each file of `HEAD` whose path is `wanted`, by its path with `/` between its parts, to `on`, in the order of
    /// trees. Gives back what could not be read, or has more than `max_bytes`. A repository without commits has no files.
    pub fn head_files(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        max_bytes: u64,
        on: &mut dyn FnMut(&str, &[u8]),
        should_interrupt: &AtomicBool,
    ) -> Vec<Unscanned> {
        let handle = self.repository.handle();
        let mut unread = Vec::new();
        let Some(root) = handle.head_tree_id().ok().map(gix::Id::detach) else {
            return unread;
        };
        let mut waiting = vec![(String::new(), root, true)];
        let (mut buffer, mut entries) = (Vec::new(), 0);
        while let Some((path, id, is_tree)) = waiting.pop() {
            if should_interrupt.load(Ordering::Relaxed) {
                break;
            }
            let (kind, limit) = match is_tree {
                true => (Kind::Tree, None),
                false => (Kind::Blob, Some(max_bytes)),
            };
            if let Err(error) = object::read(&handle, id, kind, limit, &mut buffer) {
                unread.push(error.told(path));
                continue;
            }
            if !is_tree {
                on(&path, &buffer);
                continue;
            }
            let before = waiting.len();
            for entry in gix::objs::TreeRefIter::from_bytes(&buffer, id.kind()) {
                entries += 1;
                let Ok(entry) = entry else {
                    let broken = Unscanned::new(path.clone(), Skip::Unreadable);
                    unread.push(broken.message("a damaged tree"));
                    break;
                };
                let path = child(&path, entry.filename);
                match entry.mode.kind() {
                    EntryKind::Tree => waiting.push((path, entry.oid.to_owned(), true)),
                    EntryKind::Blob | EntryKind::BlobExecutable if wanted(&path) => {
                        waiting.push((path, entry.oid.to_owned(), false));
                    }
                    _ => {}
                }
            }
            waiting[before..].reverse();
            if entries > MAX_ENTRIES {
                let broken = Unscanned::new("HEAD", Skip::Unreadable);
                unread.push(broken.message(format!("more than {MAX_ENTRIES} paths")));
                break;
            }
        }
        unread
    }
}

fn child(folder: &str, name: &gix::bstr::BStr) -> String {
    let name = name.to_str_lossy();
    if folder.is_empty() {
        name.into_owned()
    } else {
        format!("{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_slashes_between_their_parts() {
        assert_eq!(child("", b"a".as_bstr()), "a");
        assert_eq!(child("a/b", b"c".as_bstr()), "a/b/c");
    }
}
