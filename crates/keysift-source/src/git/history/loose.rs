//! Loose objects.

use gix::ObjectId;
use rayon::Scope;

use super::ObjectVisitor;
use super::walk::Walk;

/// So many are handed to a thread at once.
const AT_ONCE: usize = 64;

impl<V: ObjectVisitor> Walk<'_, V> {
    /// Gives the loose objects, each by the number of the directory that holds it and its id.
    pub(super) fn loose<'s>(&'s self, scope: &Scope<'s>, ids: &'s [(usize, ObjectId)]) {
        for ids in ids.chunks(AT_ONCE) {
            scope.spawn(move |_| {
                self.with_thread(|thread| {
                    for (store, id) in ids {
                        if self.interrupt.is_set() {
                            return;
                        }
                        let mut built = thread.take_spare();
                        match self.store.loose[*store].try_find(id, &mut built.bytes) {
                            Ok(Some(object)) => {
                                let kind = object.kind;
                                if self.is_wanted(kind) {
                                    self.give(thread, (kind, *id), None, false, &mut built);
                                }
                            }
                            Ok(None) => {
                                self.tell_unread(thread, ("object", id), "it vanished");
                            }
                            Err(error) => {
                                self.tell_unread(thread, ("object", id), &error.to_string());
                            }
                        }
                        thread.put_spare(built);
                    }
                });
            });
        }
    }
}
