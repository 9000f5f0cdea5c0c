//! Where a file that is new under its path came from, among the files that are gone.

use std::collections::{HashMap, HashSet};

use gix::ObjectId;

use super::object::{Difference, FileKind, Removed};
use super::tree;

/// With more files gone than this, none is looked for: every line of a new file counts as new.
const MAX_REMOVED: usize = 10_000;

/// Gives each new file the file it came from: of those that are gone, the one with the same bytes, or else one of the
/// same name. A file that only moved is no change.
///
/// A wrong guess hides nothing that was not committed already: what a file that is gone has is not new.
pub(super) fn pair(handle: &gix::Repository, difference: &mut Difference) {
    let is_new = |difference: &Difference| {
        let mut changes = difference.changes.iter();
        changes.any(|change| change.earlier.is_empty() && change.kind != FileKind::Submodule)
    };
    if difference.removed.is_empty() || !is_new(difference) {
        return;
    }
    let removed = files(handle, std::mem::take(&mut difference.removed));
    if removed.len() > MAX_REMOVED {
        return;
    }
    let mut by_id: HashSet<(FileKind, ObjectId)> = HashSet::new();
    let mut by_name: HashMap<(FileKind, &[u8]), ObjectId> = HashMap::new();
    for (path, kind, id) in &removed {
        by_id.insert((*kind, *id));
        by_name.entry((*kind, name(path))).or_insert(*id);
    }
    difference.changes.retain_mut(|change| {
        if !change.earlier.is_empty() || change.kind == FileKind::Submodule {
            return true;
        }
        if by_id.contains(&(change.kind, change.id)) {
            return false;
        }
        let earlier = by_name.get(&(change.kind, name(&change.path)));
        change.earlier.extend(earlier);
        true
    });
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// The files that are gone, with those in directories. There may be one more than [`MAX_REMOVED`], and then not all.
fn files(handle: &gix::Repository, removed: Vec<Removed>) -> Vec<(Vec<u8>, FileKind, ObjectId)> {
    let mut files = Vec::new();
    for Removed { path, kind, id } in removed {
        if files.len() > MAX_REMOVED {
            break;
        }
        if let Some(kind) = kind {
            files.push((path, kind, id));
            continue;
        }
        let mut all = Difference::default();
        tree::compare(handle, id, &[], &path, &mut all);
        let all = all.changes.into_iter();
        files.extend(all.map(|file| (file.path, file.kind, file.id)));
    }
    files
}
