//! Which commits a range has.

use std::collections::{BinaryHeap, HashMap, HashSet};

use gix::ObjectId;
use gix::objs::Kind;

use super::message::Header;
use super::object::{self, Unread};
use crate::interrupt::Interrupt;

/// The commits of a range, and what kept it from being whole.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The oldest first.
    pub(super) commits: Vec<ObjectId>,
    /// Commits that cannot be read.
    pub(super) unread: Vec<(ObjectId, Unread)>,
}

#[derive(Debug, Default)]
struct Node {
    /// Seconds since 1970 by the committer's clock, which may be wrong.
    time: i64,
    parents: Vec<ObjectId>,
    is_visible: bool,
    is_hidden: bool,
    is_queued: bool,
}

/// Goes from commits to their parents, the newest first.
struct Walker<'w> {
    handle: &'w gix::Repository,
    /// Commits whose parents are not in the clone.
    shallow: &'w HashSet<ObjectId>,
    nodes: HashMap<ObjectId, Node>,
    queue: BinaryHeap<(i64, ObjectId)>,
    /// How many commits are queued that may belong to the range.
    visible_queued: usize,
    buffer: Vec<u8>,
    walk: Walk,
}

/// The commits that can be reached from `visible` and not from `hidden`.
///
/// Where clocks went wrong, a commit that can be reached from both may be among them; none is missing that cannot.
pub(super) fn between(
    handle: &gix::Repository,
    visible: &[ObjectId],
    hidden: &[ObjectId],
    shallow: &HashSet<ObjectId>,
    interrupt: &Interrupt<'_>,
) -> Walk {
    let mut walker = Walker {
        handle,
        shallow,
        nodes: HashMap::new(),
        queue: BinaryHeap::new(),
        visible_queued: 0,
        buffer: Vec::new(),
        walk: Walk::default(),
    };
    for id in visible {
        walker.reach(*id, (true, false));
    }
    for id in hidden {
        walker.reach(*id, (false, true));
    }
    let mut oldest_visible = i64::MAX;
    while let Some((time, id)) = walker.queue.pop() {
        // Hidden commits that are older than the range may still lead to a commit of it if a clock went wrong.
        let is_done = walker.visible_queued == 0 && time < oldest_visible;
        if is_done || interrupt.is_set() {
            break;
        }
        walker.pass_on(id, &mut oldest_visible);
    }
    walker.finish()
}

impl Walker<'_> {
    /// Marks a commit, and queues it if that is news.
    fn reach(&mut self, id: ObjectId, (is_visible, is_hidden): (bool, bool)) {
        if !self.nodes.contains_key(&id) {
            let node = self.node(id, is_visible);
            self.nodes.insert(id, node);
        }
        let Some(node) = self.nodes.get_mut(&id) else {
            return;
        };
        let is_news = (is_visible && !node.is_visible) || (is_hidden && !node.is_hidden);
        if !is_news {
            return;
        }
        let was_counted = node.is_queued && node.is_visible && !node.is_hidden;
        node.is_visible |= is_visible;
        node.is_hidden |= is_hidden;
        let is_counted = node.is_visible && !node.is_hidden;
        self.visible_queued += usize::from(is_counted);
        self.visible_queued -= usize::from(was_counted);
        if !node.is_queued {
            node.is_queued = true;
            self.queue.push((node.time, id));
        }
    }

    fn node(&mut self, id: ObjectId, is_visible: bool) -> Node {
        let read = object::read(self.handle, id, Kind::Commit, None, &mut self.buffer);
        if let Err(unread) = read {
            if is_visible {
                self.walk.unread.push((id, unread));
            }
            return Node::default();
        }
        let Some(header) = Header::of(&self.buffer) else {
            if is_visible {
                let unread = Unread::Failed("the commit is damaged".to_owned());
                self.walk.unread.push((id, unread));
            }
            return Node::default();
        };
        let time = header.committed_at();
        let mut parents = header.parents;
        if self.shallow.contains(&id) {
            parents.clear();
        }
        Node {
            time,
            parents,
            ..Node::default()
        }
    }

    fn pass_on(&mut self, id: ObjectId, oldest_visible: &mut i64) {
        let Some(node) = self.nodes.get_mut(&id) else {
            return;
        };
        node.is_queued = false;
        if node.is_visible && !node.is_hidden {
            self.visible_queued -= 1;
            *oldest_visible = node.time.min(*oldest_visible);
        }
        let marks = (node.is_visible, node.is_hidden);
        for parent in node.parents.clone() {
            self.reach(parent, marks);
        }
    }

    fn finish(self) -> Walk {
        let mut walk = self.walk;
        let is_in = |id: &ObjectId| {
            let node = self.nodes.get(id);
            node.is_some_and(|node| node.is_visible && !node.is_hidden)
        };
        walk.unread.retain(|(id, _)| is_in(id));
        let unread: HashSet<ObjectId> = walk.unread.iter().map(|(id, _)| *id).collect();
        let mut commits: Vec<(i64, ObjectId)> = self
            .nodes
            .iter()
            .filter(|(id, _)| is_in(id) && !unread.contains(*id))
            .map(|(id, node)| (node.time, *id))
            .collect();
        commits.sort_unstable();
        walk.commits = commits.into_iter().map(|(_, id)| id).collect();
        walk
    }
}
