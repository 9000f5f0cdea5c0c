//! The entries of a pack as a forest: each delta is a child of its base.

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack::data::entry::Header;

use super::known::KnownObjects;
use super::store::Pack;

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// Each entry has a number, in the order of the pack. A few dozen bytes an entry, whatever its size.
#[derive(Debug)]
pub(super) struct Forest {
    offsets: Vec<u64>,
    /// For each entry its place in the index, where its id stands.
    places: Vec<u32>,
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
    /// How many entries are to be read from an entry on downwards; 0 where none is.
    weights: Vec<u32>,
    /// Entries that are no deltas.
    pub(super) roots: Vec<(u32, Kind)>,
    /// Deltas whose base the pack does not hold.
    pub(super) guests: Vec<(u32, ObjectId)>,
    /// Entries that cannot be read at all, and why.
    pub(super) broken: Vec<(u32, &'static str)>,
}

impl Forest {
    /// Reads the headers of all entries. What is `known` is left out, unless others that are not are told by it.
    pub(super) fn of(pack: &Pack, known: Option<&KnownObjects>) -> Self {
        let mut entries: Vec<(u64, u32)> = (0..pack.index.num_objects())
            .map(|place| (pack.index.pack_offset_at_index(place), place))
            .collect();
        entries.sort_unstable();
        let count = entries.len();
        let mut forest = Self {
            offsets: entries.iter().map(|(offset, _)| *offset).collect(),
            places: entries.iter().map(|(_, place)| *place).collect(),
            first_child: vec![NONE; count],
            next_sibling: vec![NONE; count],
            weights: vec![0; count],
            roots: Vec::new(),
            guests: Vec::new(),
            broken: Vec::new(),
        };
        drop(entries);
        let parents = forest.link(pack);
        forest.weigh(&parents, |forest, node| {
            known.is_none_or(|known| !known.contains(forest.id(node, pack)))
        });
        if known.is_some() {
            forest.leave_out();
        }
        forest.put_heaviest_last();
        forest
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    pub(super) fn offset(&self, node: u32) -> u64 {
        self.offsets[node as usize]
    }

    pub(super) fn id<'p>(&self, node: u32, pack: &'p Pack) -> &'p gix::oid {
        pack.index.oid_at_index(self.places[node as usize])
    }

    /// The entry's place in the index.
    pub(super) fn place(&self, node: u32) -> u32 {
        self.places[node as usize]
    }

    pub(super) fn first_child(&self, node: u32) -> u32 {
        self.first_child[node as usize]
    }

    pub(super) fn next_sibling(&self, node: u32) -> u32 {
        self.next_sibling[node as usize]
    }

    pub(super) fn weight(&self, node: u32) -> u32 {
        self.weights[node as usize]
    }

    /// Finds each entry's base; gives the parents.
    fn link(&mut self, pack: &Pack) -> Vec<u32> {
        let buckets = Buckets::of(&self.offsets);
        let mut parents = vec![NONE; self.len()];
        for node in (0..self.len() as u32).rev() {
            let offset = self.offset(node);
            let entry = match pack.data.entry(offset) {
                Ok(entry) if offset < pack.data.pack_end() as u64 => entry,
                _ => {
                    self.broken.push((node, "its entry in the pack is damaged"));
                    continue;
                }
            };
            let base = match entry.header {
                Header::Blob | Header::Tree | Header::Commit | Header::Tag => {
                    let kind = entry.header.as_kind().unwrap_or(Kind::Blob);
                    self.roots.push((node, kind));
                    continue;
                }
                Header::OfsDelta { base_distance } => entry
                    .checked_base_pack_offset(base_distance)
                    .and_then(|base| buckets.find(&self.offsets, base)),
                Header::RefDelta { base_id } => match pack.index.lookup(base_id) {
                    Some(place) => {
                        buckets.find(&self.offsets, pack.index.pack_offset_at_index(place))
                    }
                    None => {
                        self.guests.push((node, base_id));
                        continue;
                    }
                },
            };
            match base {
                Some(base) => {
                    parents[node as usize] = base;
                    self.next_sibling[node as usize] = self.first_child[base as usize];
                    self.first_child[base as usize] = node;
                }
                None => self
                    .broken
                    .push((node, "its base is not where the pack says")),
            }
        }
        self.roots.reverse();
        parents
    }

    /// Weighs what hangs from a root. What does not is broken too: its base is, or its bases are a ring.
    fn weigh(&mut self, parents: &[u32], is_wanted: impl Fn(&Self, u32) -> bool) {
        let mut order = Vec::with_capacity(self.len());
        let roots = self.roots.iter().map(|(node, _)| *node);
        let mut open: Vec<u32> = roots
            .chain(self.guests.iter().map(|(node, _)| *node))
            .collect();
        while let Some(node) = open.pop() {
            order.push(node);
            let mut child = self.first_child(node);
            while child != NONE {
                open.push(child);
                child = self.next_sibling(child);
            }
        }
        let mut hangs = vec![false; self.len()];
        for node in order.into_iter().rev() {
            hangs[node as usize] = true;
            let has_wanted = self.weights[node as usize] > 0;
            self.weights[node as usize] += u32::from(has_wanted || is_wanted(self, node));
            let parent = parents[node as usize];
            if parent != NONE {
                self.weights[parent as usize] += self.weights[node as usize];
            }
        }
        let known: std::collections::HashSet<u32> =
            self.broken.iter().map(|(node, _)| *node).collect();
        for node in 0..self.len() as u32 {
            if !hangs[node as usize] && !known.contains(&node) {
                self.broken.push((node, "its chain of deltas has no base"));
            }
        }
    }

    /// Takes out what nothing wanted hangs from.
    fn leave_out(&mut self) {
        let weights = &self.weights;
        let is_wanted = |node: u32| weights[node as usize] > 0;
        self.roots.retain(|(node, _)| is_wanted(*node));
        self.guests.retain(|(node, _)| is_wanted(*node));
        for node in 0..self.offsets.len() {
            let mut child = self.first_child[node];
            let mut last = NONE;
            self.first_child[node] = NONE;
            while child != NONE {
                let next = std::mem::replace(&mut self.next_sibling[child as usize], NONE);
                if weights[child as usize] > 0 {
                    match last {
                        NONE => self.first_child[node] = child,
                        last => self.next_sibling[last as usize] = child,
                    }
                    last = child;
                }
                child = next;
            }
        }
    }

    /// So that a base can be let go of as soon as its greatest branch begins, and few are alive at once.
    fn put_heaviest_last(&mut self) {
        for node in 0..self.len() as u32 {
            let first = self.first_child(node);
            if first == NONE || self.next_sibling(first) == NONE {
                continue;
            }
            let (mut before, mut heaviest) = (NONE, first);
            let mut last = first;
            while self.next_sibling(last) != NONE {
                let next = self.next_sibling(last);
                if self.weight(next) > self.weight(heaviest) {
                    (before, heaviest) = (last, next);
                }
                last = next;
            }
            if heaviest == last {
                continue;
            }
            let behind = self.next_sibling(heaviest);
            if before == NONE {
                self.first_child[node as usize] = behind;
            } else {
                self.next_sibling[before as usize] = behind;
            }
            self.next_sibling[last as usize] = heaviest;
            self.next_sibling[heaviest as usize] = NONE;
        }
    }
}

/// Where in the sorted offsets those of each stretch of the pack begin: nearer than a binary search over all begins.
struct Buckets {
    shift: u32,
    starts: Vec<u32>,
}

/// About how many entries a stretch has.
const ENTRIES_PER_BUCKET: u64 = 8;

impl Buckets {
    fn of(offsets: &[u64]) -> Self {
        let end = offsets.last().map_or(1, |last| last.saturating_add(1));
        let stretch = (end / (offsets.len() as u64 / ENTRIES_PER_BUCKET + 1)).max(1);
        let shift = u64::BITS - stretch.leading_zeros();
        let mut starts = Vec::with_capacity((end >> shift) as usize + 2);
        for (node, offset) in offsets.iter().enumerate() {
            while starts.len() as u64 <= offset >> shift {
                starts.push(node as u32);
            }
        }
        starts.push(offsets.len() as u32);
        Self { shift, starts }
    }

    fn find(&self, offsets: &[u64], offset: u64) -> Option<u32> {
        let bucket = usize::try_from(offset >> self.shift).ok()?;
        let (start, end) = (
            *self.starts.get(bucket)? as usize,
            *self.starts.get(bucket + 1)? as usize,
        );
        let at = offsets[start..end].binary_search(&offset).ok()?;
        Some((start + at) as u32)
    }
}
