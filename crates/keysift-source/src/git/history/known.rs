//! Objects that were scanned before.

use gix::hashtable::HashMap;
use gix::{ObjectId, oid};

/// Ids of objects, each with a mark of its visitor's. About 50 bytes an object.
#[derive(Debug, Clone, Default)]
pub struct KnownObjects {
    marks: HashMap<ObjectId, u64>,
}

impl KnownObjects {
    /// Adds an object, or gives it another mark.
    pub fn insert(&mut self, id: ObjectId, mark: u64) {
        self.marks.insert(id, mark);
    }

    /// The mark of an object; `None` for one that is not in it.
    pub fn mark(&self, id: &oid) -> Option<u64> {
        self.marks.get(id).copied()
    }

    /// Whether an object is in it.
    pub fn contains(&self, id: &oid) -> bool {
        self.marks.contains_key(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (ObjectId, u64)> {
        self.marks.iter().map(|(id, mark)| (*id, *mark))
    }
}
