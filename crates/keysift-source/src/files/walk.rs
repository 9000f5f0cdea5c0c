//! Walking trees with several threads.
//!
//! Each directory is a task, and so is each batch of its entries if it has many. A thread takes its newest task first, so
//! that the walk goes into the depth and few directories wait; idle threads take the oldest.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::mem;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use keysift_core::Skip;
use rayon::{Scope, ThreadPoolBuilder};

use super::FileOptions;
use super::ignored::{Ignores, Level};
use super::read::{Links, Reader};
use super::root::{self, Root, RootKind, Roots};
use crate::MakeVisitor;
use crate::error::{Error, ErrorKind};
use crate::interrupt::Interrupt;

/// How many entries of a directory are one task.
///
/// Few, so that the threads end together; and what a task costs does not show: on one core the bench `files` takes the same
/// time, within 7 %, with 16 and with 1,024, for 89,281 files in a tree and for 100,000 in one directory.
const BATCH_ENTRIES: usize = 64;

/// What Git calls its own directory.
const GIT_DIRECTORY: &str = ".git";

/// Visits all roots; returns when that is done or the visit was ended.
pub(super) fn walk(
    roots: Roots,
    options: &FileOptions,
    threads: NonZeroUsize,
    should_interrupt: &AtomicBool,
    make: &MakeVisitor<'_>,
) -> Result<(), Error> {
    let threads = threads.get();
    let walk = Walk {
        ignores: Ignores::new(options)?,
        options,
        make,
        interrupt: Interrupt::new(should_interrupt),
        nested: roots.nested,
        readers: (0..threads).map(|_| Mutex::new(None)).collect(),
    };
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("keysift-{index}"))
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Threads, format!("{threads} threads")).caused_by(error)
        })?;
    let mut roots = roots.roots;
    pool.scope(|scope| {
        while !roots.is_empty() {
            let batch = roots.split_off(roots.len().saturating_sub(BATCH_ENTRIES));
            scope.spawn(|scope| walk.roots(scope, batch));
        }
    });
    Ok(())
}

struct Walk<'w, 'v> {
    ignores: Ignores,
    options: &'w FileOptions,
    make: &'w MakeVisitor<'v>,
    interrupt: Interrupt<'w>,
    nested: HashSet<PathBuf>,
    /// One for each thread, there while the thread does not use it.
    readers: Vec<Mutex<Option<Box<Reader<'v>>>>>,
}

/// A directory whose entries are being visited.
struct Directory {
    /// What its entries' names begin with.
    shown: PathBuf,
    absolute: PathBuf,
    root: Arc<Path>,
    level: Option<Arc<Level>>,
    /// Whether it is, or lies in, a directory called `.git`.
    is_git: bool,
}

struct Entry {
    name: OsString,
    kind: EntryKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    Directory,
    File,
    Symlink,
    Special,
}

impl From<fs::FileType> for EntryKind {
    fn from(kind: fs::FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Symlink
        } else {
            Self::Special
        }
    }
}

impl Directory {
    fn child(&self, name: &OsStr) -> Self {
        let is_git = self.is_git || name == GIT_DIRECTORY;
        Self {
            shown: self.shown.join(name),
            absolute: self.absolute.join(name),
            root: Arc::clone(&self.root),
            level: self.level.clone().filter(|_| !is_git),
            is_git,
        }
    }

    /// The path to list it by.
    fn path(&self) -> &Path {
        if self.shown.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.shown
        }
    }
}

impl<'v> Walk<'_, 'v> {
    /// Lends the thread's reader. A visitor that makes its thread work on another task meanwhile is not met again: that task
    /// gets a reader of its own.
    fn with_reader(&self, work: impl FnOnce(&mut Reader<'v>) -> ControlFlow<()>) {
        if self.interrupt.is_set() {
            return;
        }
        let index = rayon::current_thread_index().unwrap_or(0);
        let slot = || {
            self.readers[index]
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let reader = slot().take();
        let mut reader =
            reader.unwrap_or_else(|| Box::new(Reader::new((self.make)(), self.options)));
        if work(&mut reader).is_break() {
            self.interrupt.set();
        }
        *slot() = Some(reader);
    }

    fn roots<'s>(&'s self, scope: &Scope<'s>, roots: Vec<Root>) {
        self.with_reader(|reader| {
            for Root {
                path,
                absolute,
                kind,
            } in roots
            {
                match kind {
                    RootKind::Directory => {
                        let level = self.ignores.above(&absolute);
                        scope.spawn(move |scope| {
                            let shown = root::shown(&path);
                            let root = Arc::from(&*absolute);
                            let is_git = false;
                            self.directory(
                                scope,
                                Directory {
                                    shown,
                                    absolute,
                                    root,
                                    level,
                                    is_git,
                                },
                            );
                        });
                    }
                    RootKind::File => {
                        reader.file(Path::new(""), &path, Links::Follow, &self.interrupt)?;
                    }
                    RootKind::Special => reader.special(&path, &self.interrupt)?,
                    RootKind::Unreadable(error) => reader.unreadable(&path, &error)?,
                }
            }
            ControlFlow::Continue(())
        });
    }

    fn directory<'s>(&'s self, scope: &Scope<'s>, mut directory: Directory) {
        self.with_reader(|reader| {
            let mut listing = match fs::read_dir(directory.path()) {
                Ok(listing) => listing,
                Err(error) => return reader.unreadable(directory.path(), &error),
            };
            let mut entries = Vec::new();
            let mut is_complete = list(&mut listing, reader, &directory, &mut entries)?;
            if !directory.is_git {
                let absolute = &directory.absolute;
                let has = |name: &str| {
                    entries.iter().any(|entry| entry.name == name)
                        || (!is_complete && fs::symlink_metadata(absolute.join(name)).is_ok())
                };
                directory.level = self.ignores.within(directory.level.take(), absolute, has);
            }
            let directory = Arc::new(directory);
            while !is_complete {
                let batch = mem::take(&mut entries);
                let of = Arc::clone(&directory);
                scope.spawn(move |scope| {
                    self.with_reader(|reader| self.batch(scope, reader, &of, batch));
                });
                self.interrupt.check()?;
                is_complete = list(&mut listing, reader, &directory, &mut entries)?;
            }
            drop(listing);
            self.batch(scope, reader, &directory, entries)
        });
    }

    fn batch<'s>(
        &'s self,
        scope: &Scope<'s>,
        reader: &mut Reader<'v>,
        directory: &Arc<Directory>,
        entries: Vec<Entry>,
    ) -> ControlFlow<()> {
        let mut directories = Vec::new();
        let mut files = Vec::with_capacity(entries.len());
        let mut absolute = directory.absolute.clone();
        for entry in entries {
            absolute.push(&entry.name);
            if !self.nested.contains(&absolute) {
                if let Some(skip) = self.skip(directory, &absolute, &entry) {
                    reader.unscanned(&directory.shown.join(&entry.name), skip, None)?;
                } else if entry.kind == EntryKind::Directory {
                    directories.push(entry.name);
                } else {
                    files.push(entry.name);
                }
            }
            absolute.pop();
        }
        // First the directories, so that idle threads have something to take while this one reads.
        self.directories(scope, Arc::clone(directory), directories);
        for name in files {
            let name = Path::new(&name);
            reader.file(&directory.shown, name, Links::Refuse, &self.interrupt)?;
        }
        ControlFlow::Continue(())
    }

    fn skip(&self, directory: &Directory, absolute: &Path, entry: &Entry) -> Option<Skip> {
        let is_directory = entry.kind == EntryKind::Directory;
        let is_git = is_directory && entry.name == GIT_DIRECTORY;
        let level = directory.level.as_deref().filter(|_| !is_git);
        self.ignores
            .skip(level, &directory.root, absolute, is_directory)
            .or(match entry.kind {
                EntryKind::Directory if is_git && !self.options.scan_git_directory => {
                    Some(Skip::GitDirectory)
                }
                EntryKind::Directory | EntryKind::File => None,
                EntryKind::Symlink => Some(Skip::Symlink),
                EntryKind::Special => Some(Skip::Special),
            })
    }

    /// Begins to walk directories, halving their list from task to task: however many they are, few tasks wait.
    fn directories<'s>(
        &'s self,
        scope: &Scope<'s>,
        parent: Arc<Directory>,
        mut names: Vec<OsString>,
    ) {
        if names.is_empty() {
            return;
        }
        scope.spawn(move |scope| {
            while names.len() > 1 {
                let half = names.split_off(names.len() / 2);
                self.directories(scope, Arc::clone(&parent), half);
            }
            if let Some(name) = names.pop() {
                self.directory(scope, parent.child(&name));
            }
        });
    }
}

/// Appends entries until there is a batch of them; gives whether these were the last.
fn list(
    listing: &mut fs::ReadDir,
    reader: &mut Reader<'_>,
    directory: &Directory,
    entries: &mut Vec<Entry>,
) -> ControlFlow<(), bool> {
    while entries.len() < BATCH_ENTRIES {
        let entry = match listing.next() {
            None => return ControlFlow::Continue(true),
            Some(Ok(entry)) => entry,
            Some(Err(error)) => {
                reader.unreadable(directory.path(), &error)?;
                continue;
            }
        };
        let name = entry.file_name();
        match entry.file_type() {
            Ok(kind) => entries.push(Entry {
                name,
                kind: kind.into(),
            }),
            Err(error) => reader.unreadable(&directory.shown.join(name), &error)?,
        }
    }
    ControlFlow::Continue(false)
}
