//! Commits in the order in which they count: parents before children, and otherwise by date.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use gix::ObjectId;
use gix::hashtable::HashMap;

/// A commit, as far as its place in a history goes.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) id: ObjectId,
    /// The number of its tree; `None` where the repository does not hold it.
    pub(super) tree: Option<u32>,
    pub(super) parents: Vec<ObjectId>,
    /// Seconds since 1970 by the committer's clock.
    pub(super) time: i64,
}

/// All commits, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Commits {
    pub(super) nodes: Vec<Node>,
    numbers: HashMap<ObjectId, u32>,
}

impl Commits {
    /// Puts commits in order, each once.
    pub(super) fn of(mut nodes: Vec<Node>) -> Self {
        nodes.sort_unstable_by_key(|node| (node.time, node.id));
        nodes.dedup_by_key(|node| node.id);
        let unordered = Self::numbered(nodes);
        let order = unordered.order();
        let mut nodes: Vec<Option<Node>> = unordered.nodes.into_iter().map(Some).collect();
        let ordered = order
            .into_iter()
            .filter_map(|number| nodes[number as usize].take());
        Self::numbered(ordered.collect())
    }

    fn numbered(nodes: Vec<Node>) -> Self {
        let numbers = nodes
            .iter()
            .zip(0..)
            .map(|(node, number)| (node.id, number));
        Self {
            numbers: numbers.collect(),
            nodes,
        }
    }

    pub(super) fn number(&self, id: &ObjectId) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    fn parents(&self, number: u32) -> impl Iterator<Item = u32> {
        let parents = self.nodes[number as usize].parents.iter();
        parents.filter_map(|parent| self.number(parent))
    }

    /// The commits as they are numbered by date, each behind its parents.
    fn order(&self) -> Vec<u32> {
        let count = self.nodes.len();
        let mut waits_for = vec![0_u32; count];
        let mut children: Vec<(u32, u32)> = Vec::new();
        for number in 0..count as u32 {
            for parent in self.parents(number) {
                waits_for[number as usize] += 1;
                children.push((parent, number));
            }
        }
        children.sort_unstable();
        let free = (0..count as u32).filter(|number| waits_for[*number as usize] == 0);
        let mut ready: BinaryHeap<Reverse<u32>> = free.map(Reverse).collect();
        let mut order = Vec::with_capacity(count);
        while let Some(Reverse(number)) = ready.pop() {
            order.push(number);
            let first = children.partition_point(|(parent, _)| *parent < number);
            for (_, child) in children[first..]
                .iter()
                .take_while(|(parent, _)| *parent == number)
            {
                waits_for[*child as usize] -= 1;
                if waits_for[*child as usize] == 0 {
                    ready.push(Reverse(*child));
                }
            }
        }
        order
    }

    /// Marks each commit that leads to `from` and has no mark yet.
    pub(super) fn mark(&self, from: &ObjectId, mark: u32, marks: &mut [Option<u32>]) {
        let mut open: Vec<u32> = self.number(from).into_iter().collect();
        while let Some(number) = open.pop() {
            if marks[number as usize].is_none() {
                marks[number as usize] = Some(mark);
                open.extend(self.parents(number));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[byte; 20])
    }

    fn node(byte: u8, time: i64, parents: &[u8]) -> Node {
        Node {
            id: id(byte),
            tree: None,
            parents: parents.iter().map(|parent| id(*parent)).collect(),
            time,
        }
    }

    #[test]
    fn a_parent_comes_first_even_if_its_clock_was_fast() {
        let nodes = vec![
            node(1, 50, &[]),
            node(2, 10, &[1]),
            node(3, 5, &[]),
            node(3, 5, &[]),
        ];
        let commits = Commits::of(nodes);
        let order: Vec<ObjectId> = commits.nodes.iter().map(|node| node.id).collect();
        assert_eq!(order, [id(3), id(1), id(2)]);
        assert_eq!(commits.number(&id(2)), Some(2));
    }

    #[test]
    fn a_mark_goes_to_all_ancestors_and_stays() {
        let nodes = vec![
            node(1, 1, &[]),
            node(2, 2, &[1]),
            node(3, 3, &[1, 9]),
            node(4, 4, &[]),
        ];
        let commits = Commits::of(nodes);
        let mut marks = vec![None; 4];
        commits.mark(&id(2), 0, &mut marks);
        commits.mark(&id(3), 1, &mut marks);
        assert_eq!(marks, [Some(0), Some(0), Some(1), None]);
    }
}
