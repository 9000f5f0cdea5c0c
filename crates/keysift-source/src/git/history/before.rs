//! What stood in a file before a commit.

use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::objs::Kind;

use super::History;
use super::blame::MAX_FILE_BYTES;
use super::chronicle::{blob_at, read_commit};
use crate::git::object;

/// A version of a file: the one that a commit has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileVersion {
    /// The whole id of the commit.
    pub commit: String,
    /// The file, with `/` between its parts.
    pub path: String,
}

impl History {
    /// Gives to `on` what each of these files held in the first parent of the commit, with the number of the version.
    /// Nothing is given of a file that was not there, or has more than 1 MiB.
    pub fn before(
        &self,
        versions: &[FileVersion],
        on: &mut dyn FnMut(usize, &[u8]),
        should_interrupt: &AtomicBool,
    ) {
        let handle = self.repository.handle();
        let mut order: Vec<usize> = (0..versions.len()).collect();
        order.sort_by_key(|number| &versions[*number]);
        let mut buffer = Vec::new();
        let mut last: Option<(&FileVersion, bool)> = None;
        for number in order {
            if should_interrupt.load(Ordering::Relaxed) {
                break;
            }
            let version = &versions[number];
            let is_read = match last {
                Some((known, is_read)) if known == version => is_read,
                _ => read_before(&handle, version, &mut buffer).is_some(),
            };
            last = Some((version, is_read));
            if is_read {
                on(number, &buffer);
            }
        }
    }
}

fn read_before(
    handle: &gix::Repository,
    version: &FileVersion,
    buffer: &mut Vec<u8>,
) -> Option<()> {
    let id = ObjectId::from_hex(version.commit.as_bytes()).ok()?;
    let parent = *read_commit(handle, id, buffer)?.parents.first()?;
    let tree = read_commit(handle, parent, buffer)?.tree;
    let blob = blob_at(handle, tree, version.path.as_bytes())?;
    object::read(handle, blob, Kind::Blob, Some(MAX_FILE_BYTES), buffer).ok()
}
