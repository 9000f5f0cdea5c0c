//! Loose objects.

use std::fs;

use gix::ObjectId;
use gix::objs::Kind;
use rayon::Scope;

use super::ObjectVisitor;
use super::store::Loose;
use super::tree::MAX_INFLATION;
use super::walk::Walk;

/// So many are handed to a thread at once.
const AT_ONCE: usize = 64;

/// How large a blob is that has more than `least` bytes; `None` for any other object.
fn large_bytes(loose: &Loose, id: &ObjectId, least: u64) -> Option<u64> {
    let hex = id.to_string();
    let path = loose.directory().join(&hex[..2]).join(&hex[2..]);
    if fs::metadata(path).ok()?.len() < least / MAX_INFLATION {
        return None;
    }
    let (bytes, kind) = loose.store.try_header(id).ok()??;
    (kind == Kind::Blob && bytes > least).then_some(bytes)
}

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
                        if self.is_known(id) {
                            thread.visitor.known(id);
                            self.expect_fewer(thread, 1);
                            continue;
                        }
                        let loose = &self.store.loose[*store];
                        if let Some(bytes) = large_bytes(loose, id, self.large_bytes()) {
                            self.give_large(thread, *id, bytes);
                            continue;
                        }
                        let mut built = thread.take_spare();
                        match loose.store.try_find(id, &mut built.bytes) {
                            Ok(Some(object)) => {
                                let kind = object.kind;
                                if self.is_wanted(kind) {
                                    self.give(thread, (kind, *id), None, false, &mut built);
                                } else {
                                    self.expect_fewer(thread, 1);
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
