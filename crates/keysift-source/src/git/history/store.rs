//! Where a repository keeps its objects: directories with packs and loose objects, its own and those of others.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use gix::objs::Kind;
use gix::odb::{loose, pack};
use gix::zlib::Inflate;
use gix::{ObjectId, oid};
use keysift_core::{Skip, Unscanned};

use super::super::repository::MAX_OBJECT_BYTES;

/// A pack with its index.
pub(super) struct Pack {
    pub(super) data: pack::data::File,
    pub(super) index: pack::index::File,
    /// Whether another history is visited for it.
    pub(super) is_left_out: bool,
}

/// A directory of loose objects.
pub(super) struct Loose {
    pub(super) store: loose::Store,
    is_left_out: bool,
}

impl Loose {
    pub(super) fn directory(&self) -> &Path {
        self.store.path()
    }
}

/// Everything that holds objects. A multi-pack index says nothing that the packs' own indexes do not.
pub(super) struct Store {
    /// Those first that are left out, then the largest.
    pub(super) packs: Vec<Pack>,
    pub(super) loose: Vec<Loose>,
    /// What cannot be read of it, or is known not to be there.
    pub(super) unscanned: Vec<Unscanned>,
}

impl Store {
    /// Opens all that a repository reads. What lies in the directories `left_out`, by their resolved names, is there for
    /// what builds on it.
    pub(super) fn open(handle: &gix::Repository, left_out: &[PathBuf]) -> Self {
        let mut opened = Self {
            packs: Vec::new(),
            loose: Vec::new(),
            unscanned: Vec::new(),
        };
        let (directories, error) = directories(handle);
        if let Some(error) = error {
            let store = handle.objects.store_ref();
            opened.failed(&store.path().join("info/alternates"), error);
        }
        for (directory, real) in directories {
            let is_left_out = left_out.contains(&real);
            opened.open_directory(&directory, is_left_out, handle.object_hash());
        }
        opened
            .packs
            .sort_by_key(|pack| std::cmp::Reverse((pack.is_left_out, pack.index.num_objects())));
        opened
    }

    fn open_directory(&mut self, directory: &Path, is_left_out: bool, hash: gix::hash::Kind) {
        let limit = usize::try_from(MAX_OBJECT_BYTES).ok();
        let options = loose::Options {
            alloc_limit_bytes: limit,
            ..Default::default()
        };
        self.loose.push(Loose {
            store: loose::Store::at_opts(directory, hash, options),
            is_left_out,
        });
        let packs = directory.join("pack");
        let mut paths: Vec<PathBuf> = match fs::read_dir(&packs) {
            Ok(entries) => entries
                .filter_map(|entry| entry.map(|entry| entry.path()).ok())
                .collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return self.failed(&packs, error.to_string()),
        };
        paths.sort();
        let has = |path: &Path, extension: &str| paths.contains(&path.with_extension(extension));
        for path in &paths {
            let extension = path.extension().and_then(OsStr::to_str);
            match extension {
                Some("pack") if has(path, "idx") => {
                    let data = pack::data::File::at(path, hash);
                    let index = pack::index::File::at(path.with_extension("idx"), hash);
                    match (data, index) {
                        (Ok(data), Ok(index)) => {
                            let data = data.with_alloc_limit_bytes(limit);
                            self.packs.push(Pack {
                                data,
                                index,
                                is_left_out,
                            });
                        }
                        (Err(error), _) | (_, Err(error)) => self.failed(path, error.to_string()),
                    }
                }
                Some("pack") => self.failed(path, "the pack has no index".to_owned()),
                Some("idx") if !has(path, "pack") => {
                    self.failed(path, "the index has no pack".to_owned());
                }
                Some("promisor") => self.unscanned.push(
                    Unscanned::new(path.display().to_string(), Skip::MissingObject)
                        .message("the clone is partial: what was left out is not scanned"),
                ),
                _ => {}
            }
        }
    }

    fn failed(&mut self, path: &Path, message: String) {
        let name = path.display().to_string();
        self.unscanned
            .push(Unscanned::new(name, Skip::Unreadable).message(message));
    }

    /// Whether one of the packs before the pack of this number holds the object as well.
    pub(super) fn is_in_earlier_pack(&self, id: &oid, pack: usize) -> bool {
        self.packs[..pack]
            .iter()
            .any(|pack| pack.index.lookup(id).is_some())
    }

    /// The loose objects that are in no pack, each once; those that are left out only if they are asked for.
    pub(super) fn loose_ids(&mut self, with_left_out: bool) -> Vec<(usize, ObjectId)> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut errors = Vec::new();
        let mut order: Vec<(usize, &Loose)> = self.loose.iter().enumerate().collect();
        order.sort_by_key(|(_, loose)| !loose.is_left_out);
        for (number, loose) in order {
            for id in loose.store.iter() {
                match id {
                    Ok(id) if seen.insert(id) => {
                        let is_packed = self.is_in_earlier_pack(&id, self.packs.len());
                        if !is_packed && (with_left_out || !loose.is_left_out) {
                            found.push((number, id));
                        }
                    }
                    Ok(_) => {}
                    Err(error) => errors.push((loose.directory().to_owned(), error.to_string())),
                }
            }
        }
        for (path, error) in errors {
            self.failed(&path, error);
        }
        found.sort_unstable_by_key(|(_, id)| *id);
        found
    }

    /// Reads an object from anywhere but the pack of this number.
    pub(super) fn read_elsewhere(
        &self,
        id: &oid,
        not_pack: usize,
        inflate: &mut Inflate,
        bytes: &mut Vec<u8>,
    ) -> Option<Kind> {
        for store in &self.loose {
            if let Ok(Some(object)) = store.store.try_find(id, bytes) {
                return Some(object.kind);
            }
        }
        let others = self.packs.iter().enumerate();
        for (_, pack) in others.filter(|(number, _)| *number != not_pack) {
            if let Some(place) = pack.index.lookup(id)
                && let Some(kind) = pack.read(place, inflate, bytes)
            {
                return Some(kind);
            }
        }
        None
    }
}

/// The directories that a repository reads objects from, each with its resolved name and once; and what is wrong with the
/// list of those of others.
pub(super) fn directories(handle: &gix::Repository) -> (Vec<(PathBuf, PathBuf)>, Option<String>) {
    let store = handle.objects.store_ref();
    let mut all = vec![store.path().to_owned()];
    let error = match store.alternate_db_paths() {
        Ok(alternates) => {
            all.extend(alternates);
            None
        }
        Err(error) => Some(error.to_string()),
    };
    let mut seen = HashSet::new();
    let resolved = all.into_iter().map(|directory| {
        let real = directory.canonicalize();
        let real = real.unwrap_or_else(|_| directory.clone());
        (directory, real)
    });
    let once = resolved.filter(|(_, real)| seen.insert(real.clone()));
    (once.collect(), error)
}

impl Pack {
    /// Reads one object, with the deltas it is made of.
    pub(super) fn read(
        &self,
        place: u32,
        inflate: &mut Inflate,
        bytes: &mut Vec<u8>,
    ) -> Option<Kind> {
        let entry = self.data.entry(self.index.pack_offset_at_index(place));
        let in_pack = |id: &oid, _: &mut Vec<u8>| {
            let Some(place) = self.index.lookup(id) else {
                return Ok(None);
            };
            let entry = self.data.entry(self.index.pack_offset_at_index(place))?;
            Ok(Some(pack::data::decode::entry::ResolvedBase::InPack(entry)))
        };
        let outcome = self.data.decode_entry(
            entry.ok()?,
            bytes,
            inflate,
            &in_pack,
            &mut pack::cache::Never,
        );
        Some(outcome.ok()?.kind)
    }
}
