//! Where two trees differ, at some paths.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;

use crate::git::object;

/// What a tree has under a name: the object, and whether it is a tree.
type Entry = (ObjectId, bool);

/// Two versions of a tree or a file, each `None` where there is none: the newer one first.
pub(super) type Pair = [Option<ObjectId>; 2];

/// For each name in a directory the runs of paths that are there or below it.
type Names<'p> = BTreeMap<&'p [u8], Vec<Range<usize>>>;

/// Tells of each path, with `/` between its parts, that is not the same in both trees what they have there. The paths are
/// sorted. Trees that are the same are not read, and what is below them costs nothing.
pub(super) fn differing(
    handle: &gix::Repository,
    trees: Pair,
    paths: &[&[u8]],
    on: &mut dyn FnMut(usize, Pair),
) {
    let mut open = vec![(trees, 0, 0..paths.len())];
    let mut buffer = Vec::new();
    while let Some((trees, start, run)) = open.pop() {
        if trees[0] == trees[1] {
            continue;
        }
        let names = names(paths, start, run);
        let entries = trees.map(|tree| entries(handle, tree, &names, &mut buffer));
        for (name, runs) in names {
            let pair = [&entries[0], &entries[1]].map(|entries| entries.get(name).copied());
            if pair[0] == pair[1] {
                continue;
            }
            let end = start + name.len();
            for mut run in runs {
                while run.start < run.end && paths[run.start].len() == end {
                    on(run.start, pair.map(|entry| entry.map(|entry| entry.0)));
                    run.start += 1;
                }
                let trees = pair.map(|entry| entry.filter(|entry| entry.1).map(|entry| entry.0));
                if !run.is_empty() {
                    open.push((trees, end + 1, run));
                }
            }
        }
    }
}

/// The names that paths have from `start` on, up to the next slash.
fn names<'p>(paths: &[&'p [u8]], start: usize, run: Range<usize>) -> Names<'p> {
    let mut names = Names::new();
    let mut at = run.start;
    while at < run.end {
        let rest = &paths[at][start..];
        let name = &rest[..rest.find_byte(b'/').unwrap_or(rest.len())];
        let is_of_name = |path: &[u8]| {
            let rest = path[start..].strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
        };
        // Not a search by halves: in their order, paths of another name may stand between those of one.
        let end = at
            + paths[at..run.end]
                .iter()
                .take_while(|path| is_of_name(path))
                .count();
        names.entry(name).or_default().push(at..end);
        at = end;
    }
    names
}

fn entries(
    handle: &gix::Repository,
    tree: Option<ObjectId>,
    names: &Names<'_>,
    buffer: &mut Vec<u8>,
) -> HashMap<Vec<u8>, Entry> {
    let Some(tree) = tree else {
        return HashMap::new();
    };
    if object::read(handle, tree, Kind::Tree, None, buffer).is_err() {
        return HashMap::new();
    }
    gix::objs::TreeRefIter::from_bytes(buffer, tree.kind())
        .filter_map(Result::ok)
        .filter(|entry| names.contains_key(entry.filename.as_bytes()))
        .map(|entry| {
            let is_tree = entry.mode.kind() == EntryKind::Tree;
            (entry.filename.to_vec(), (entry.oid.to_owned(), is_tree))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart_by_their_next_part() {
        let paths: [&[u8]; 5] = [b"x/a", b"x/a-b", b"x/a/c", b"x/a/d", b"x/b"];
        let runs: Vec<(&[u8], usize, usize)> = names(&paths, 2, 0..5)
            .into_iter()
            .flat_map(|(name, runs)| runs.into_iter().map(move |run| (name, run.start, run.end)))
            .collect();
        let [a, dash, b]: [&[u8]; 3] = [b"a", b"a-b", b"b"];
        assert_eq!(runs, [(a, 0, 1), (a, 2, 4), (dash, 1, 2), (b, 4, 5)]);
    }
}
