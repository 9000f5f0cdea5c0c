//! What a history tells besides its objects: who commits, and when a file lost what it held.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;

use super::compare::differing;
use super::{History, refs};
use crate::git::{message, object};

/// Someone who commits, under one name and address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Committer {
    /// The name, with what is not UTF-8 replaced.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// When the last commit was made, in seconds since 1970.
    pub last_active_at: i64,
    /// How many commits were made in the 90 days before the last commit of the history.
    pub recent_commits: u64,
}

/// A file and the commits that brought in a version of it that holds something.
#[derive(Debug, Clone)]
pub struct Held<'h> {
    /// The file, in the repository.
    pub path: &'h Path,
    /// The commits, by their whole ids.
    pub commits: Vec<&'h str>,
}

/// The commit that took something out of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Taken {
    /// Its whole id.
    pub commit: String,
    /// When it was made, in seconds since 1970; `None` where it does not say.
    pub at: Option<i64>,
}

/// What counts as recent, in seconds before the last commit.
const RECENT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// A file that tells of owners is read no further than this, in bytes.
const MAX_PAPER_BYTES: u64 = 1 << 20;

impl History {
    /// Everyone who made a commit that a reference leads to. What cannot be read is passed over: the sweep tells of it.
    pub fn committers(&self, should_interrupt: &AtomicBool) -> Vec<Committer> {
        let mut dates: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
        self.commits(should_interrupt, &mut |commit| {
            if let Some(date) = commit.told.date {
                let who = (commit.told.author, commit.told.email);
                dates.entry(who).or_default().push(date.seconds);
            }
        });
        let last = dates.values().flatten().max().copied().unwrap_or_default();
        let recent = last.saturating_sub(RECENT_SECONDS);
        dates
            .into_iter()
            .map(|((name, email), dates)| Committer {
                name,
                email,
                last_active_at: dates.iter().max().copied().unwrap_or_default(),
                recent_commits: dates.iter().filter(|date| **date >= recent).count() as u64,
            })
            .collect()
    }

    /// For each of these directories, by their paths with `/` between their parts, who changed something in it in the 90
    /// days before the last commit of the history. Merges do not count: what they bring was counted before.
    pub fn committers_of(
        &self,
        directories: &[&str],
        should_interrupt: &AtomicBool,
    ) -> Vec<Vec<Committer>> {
        if directories.is_empty() {
            return Vec::new();
        }
        let handle = self.repository.handle();
        let mut commits = Vec::new();
        let mut recent = i64::MIN;
        self.commits(should_interrupt, &mut |commit| {
            if let Some(date) = commit.told.date {
                recent = recent.max(date.seconds.saturating_sub(RECENT_SECONDS));
                if commit.parents.len() < 2 && date.seconds >= recent {
                    commits.push((date.seconds, commit));
                }
            }
        });
        commits.retain(|(date, _)| *date >= recent);
        let mut order: Vec<usize> = (0..directories.len()).collect();
        order.sort_by_key(|number| directories[*number]);
        let paths = order.iter().map(|number| directories[*number].as_bytes());
        let paths: Vec<&[u8]> = paths.collect();
        let mut found: Vec<BTreeMap<(String, String), Committer>> =
            vec![BTreeMap::new(); directories.len()];
        let mut buffer = Vec::new();
        for (date, commit) in commits {
            if should_interrupt.load(Ordering::Relaxed) {
                break;
            }
            let parent = commit.parents.first();
            let before = parent.and_then(|id| read_commit(&handle, *id, &mut buffer));
            let trees = [Some(commit.tree), before.map(|before| before.tree)];
            differing(&handle, trees, &paths, &mut |number, _| {
                let (name, email) = (&commit.told.author, &commit.told.email);
                let key = (name.clone(), email.clone());
                let known = found[order[number]]
                    .entry(key)
                    .or_insert_with(|| Committer {
                        name: name.clone(),
                        email: email.clone(),
                        last_active_at: date,
                        recent_commits: 0,
                    });
                known.last_active_at = known.last_active_at.max(date);
                known.recent_commits += 1;
            });
        }
        found
            .into_iter()
            .map(|committers| committers.into_values().collect())
            .collect()
    }

    /// Gives every commit that a reference leads to, each once.
    fn commits(&self, should_interrupt: &AtomicBool, on: &mut dyn FnMut(message::ReadCommit)) {
        let handle = self.repository.handle();
        let (references, _) = refs::all(&handle);
        let mut waiting: Vec<ObjectId> = references
            .iter()
            .map(|reference| reference.commit)
            .collect();
        let mut seen: HashSet<ObjectId> = HashSet::new();
        let mut buffer = Vec::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) || should_interrupt.load(Ordering::Relaxed) {
                continue;
            }
            if let Some(commit) = read_commit(&handle, id, &mut buffer) {
                waiting.extend(&commit.parents);
                on(commit);
            }
        }
    }

    /// For each file that held something, the commit that took it out of the line of first parents that leads to `HEAD`.
    /// `None` where `HEAD` still has it, or that line never had it.
    pub fn taken_out(
        &self,
        held: &[Held<'_>],
        should_interrupt: &AtomicBool,
    ) -> Vec<Option<Taken>> {
        let handle = self.repository.handle();
        let mut search = Search::new(&handle, held);
        let mut newer: Option<Taken> = None;
        let mut next = handle.head_id().ok().map(gix::Id::detach);
        let mut buffer = Vec::new();
        while let Some(id) = next {
            if search.open == 0 || should_interrupt.load(Ordering::Relaxed) {
                break;
            }
            let Some(commit) = read_commit(&handle, id, &mut buffer) else {
                break;
            };
            search.visit(ROOT, Some(commit.tree), newer.as_ref());
            next = commit.parents.first().copied();
            newer = Some(Taken {
                commit: commit.told.id,
                at: commit.told.date.map(|date| date.seconds),
            });
        }
        search.taken
    }

    /// A file as `HEAD` has it, by its path with `/` between its parts; `None` where there is none, or it has more than
    /// 1 MiB.
    pub fn head_file(&self, path: &str) -> Option<Vec<u8>> {
        let handle = self.repository.handle();
        let mut buffer = Vec::new();
        let head = handle.head_id().ok()?.detach();
        let tree = read_commit(&handle, head, &mut buffer)?.tree;
        let blob = blob_at(&handle, tree, path.as_bytes())?;
        object::read(
            &handle,
            blob,
            Kind::Blob,
            Some(MAX_PAPER_BYTES),
            &mut buffer,
        )
        .ok()?;
        Some(buffer)
    }
}

pub(super) fn read_commit(
    handle: &gix::Repository,
    id: ObjectId,
    buffer: &mut Vec<u8>,
) -> Option<message::ReadCommit> {
    object::read(handle, id, Kind::Commit, None, buffer).ok()?;
    message::commit(id, buffer).ok()
}

/// The entry of a tree with this name.
fn entry(
    handle: &gix::Repository,
    tree: ObjectId,
    name: &[u8],
    buffer: &mut Vec<u8>,
) -> Option<(ObjectId, EntryKind)> {
    object::read(handle, tree, Kind::Tree, None, buffer).ok()?;
    let entries = gix::objs::TreeRefIter::from_bytes(buffer, tree.kind());
    let found = entries
        .filter_map(Result::ok)
        .find(|entry| entry.filename == name)?;
    Some((found.oid.to_owned(), found.mode.kind()))
}

pub(super) fn blob_at(handle: &gix::Repository, tree: ObjectId, path: &[u8]) -> Option<ObjectId> {
    let mut buffer = Vec::new();
    let mut at = (tree, EntryKind::Tree);
    for part in path.split(|byte| *byte == b'/') {
        if at.1 != EntryKind::Tree {
            return None;
        }
        at = entry(handle, at.0, part, &mut buffer)?;
    }
    (at.1 != EntryKind::Tree).then_some(at.0)
}

const ROOT: usize = 0;

/// A directory or a file that is looked for, with what it was in the newer commit that was looked at last.
#[derive(Debug, Default)]
struct Node {
    children: BTreeMap<Vec<u8>, usize>,
    /// The files that are asked for, by number.
    held: Vec<usize>,
    seen: Option<Option<ObjectId>>,
}

/// Walks from new to old. A directory that is the same as in the newer commit is not read again.
struct Search<'s> {
    handle: &'s gix::Repository,
    nodes: Vec<Node>,
    /// For each question the versions that hold what is asked for.
    versions: Vec<HashSet<ObjectId>>,
    taken: Vec<Option<Taken>>,
    is_settled: Vec<bool>,
    /// How many are not settled.
    open: usize,
}

impl<'s> Search<'s> {
    fn new(handle: &'s gix::Repository, held: &[Held<'_>]) -> Self {
        let mut search = Self {
            handle,
            nodes: vec![Node::default()],
            versions: Vec::with_capacity(held.len()),
            taken: vec![None; held.len()],
            is_settled: vec![false; held.len()],
            open: held.len(),
        };
        let mut buffer = Vec::new();
        for (number, held) in held.iter().enumerate() {
            let path = gix::path::into_bstr(held.path).unwrap_or_default();
            let path = gix::path::to_unix_separators_on_windows(path);
            let blobs = held.commits.iter().filter_map(|commit| {
                let id = ObjectId::from_hex(commit.as_bytes()).ok()?;
                let tree = read_commit(handle, id, &mut buffer)?.tree;
                blob_at(handle, tree, &path)
            });
            search.versions.push(blobs.collect());
            let mut node = ROOT;
            for part in path.split_str("/") {
                let next = search.nodes.len();
                node = *search.nodes[node]
                    .children
                    .entry(part.to_vec())
                    .or_insert(next);
                if node == next {
                    search.nodes.push(Node::default());
                }
            }
            search.nodes[node].held.push(number);
        }
        search
    }

    fn visit(&mut self, node: usize, id: Option<ObjectId>, newer: Option<&Taken>) {
        if self.nodes[node].seen == Some(id) {
            return;
        }
        self.nodes[node].seen = Some(id);
        for number in self.nodes[node].held.clone() {
            let holds = id.is_some_and(|id| self.versions[number].contains(&id));
            if holds && !self.is_settled[number] {
                self.is_settled[number] = true;
                self.taken[number] = newer.cloned();
                self.open -= 1;
            }
        }
        let children: Vec<(Vec<u8>, usize)> = self.nodes[node]
            .children
            .iter()
            .map(|(name, child)| (name.clone(), *child))
            .collect();
        if children.is_empty() {
            return;
        }
        let mut found: HashMap<&[u8], ObjectId> = HashMap::new();
        let mut buffer = Vec::new();
        if let Some(id) = id
            && object::read(self.handle, id, Kind::Tree, None, &mut buffer).is_ok()
        {
            let entries = gix::objs::TreeRefIter::from_bytes(&buffer, id.kind());
            for entry in entries.filter_map(Result::ok) {
                if self.nodes[node]
                    .children
                    .contains_key(entry.filename.as_bytes())
                {
                    found.insert(entry.filename.as_bytes(), entry.oid.to_owned());
                }
            }
        }
        for (name, child) in &children {
            self.visit(*child, found.get(&name[..]).copied(), newer);
        }
    }
}
