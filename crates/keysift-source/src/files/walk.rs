//! Walking trees with several threads.
//!
//! Each directory is a task, and so is each batch of its entries if it has many. A thread takes its newest task first, so
//! that the walk goes into the depth and few directories wait; idle threads take the oldest.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
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
use super::list::{Batch, Entry};
use super::read::Reader;
use super::root::{self, Root, RootKind, Roots};
use super::system::{EntryKind, Links, Memory, OpenDirectory};
use crate::MakeVisitor;
use crate::error::{Error, ErrorKind};
use crate::interrupt::Interrupt;

/// How many roots are one task.
const BATCH_ROOTS: usize = 64;

/// How many directories are kept open for tasks that wait: far fewer than a process may have open, and as many as are worth it,
/// as threads take their newest tasks first.
const MAX_KEPT_OPEN: usize = 64;

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
        workers: (0..threads).map(|_| Mutex::new(None)).collect(),
        kept_open: Arc::new(()),
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
            let batch = roots.split_off(roots.len().saturating_sub(BATCH_ROOTS));
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
    workers: Vec<Mutex<Option<Box<Worker<'v>>>>>,
    /// Cloned for each directory that is kept open for tasks that wait.
    kept_open: Arc<()>,
}

/// What a thread uses again and again.
struct Worker<'v> {
    reader: Reader<'v>,
    memory: Memory,
    batch: Batch,
}

/// A directory whose entries are being visited.
pub(super) struct Directory {
    /// What its entries' names begin with.
    pub(super) shown: PathBuf,
    absolute: PathBuf,
    root: Arc<Path>,
    level: Option<Arc<Level>>,
    /// Whether it is, or lies in, a directory called `.git`.
    is_git: bool,
    /// Itself, for the tasks that visit its entries; `None` when too many are open.
    kept: Option<KeptOpen>,
}

/// A directory that is open, and a clone of [`Walk::kept_open`].
struct KeptOpen {
    opened: Arc<OpenDirectory>,
    _count: Arc<()>,
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
            kept: None,
        }
    }

    /// Opens it. `within` is the directory that it lies in and its name there; `None` for a root, which may be a link.
    fn open(&self, within: Option<(&Self, &OsStr)>) -> io::Result<OpenDirectory> {
        let Some((parent, name)) = within else {
            return OpenDirectory::open(self.path(), Links::Follow);
        };
        match parent.kept() {
            Some(parent) => parent.directory(self.path(), name),
            None => OpenDirectory::open(self.path(), Links::Refuse),
        }
    }

    fn kept(&self) -> Option<&OpenDirectory> {
        self.kept.as_ref().map(|kept| &*kept.opened)
    }

    /// The path to open it by.
    pub(super) fn path(&self) -> &Path {
        if self.shown.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.shown
        }
    }
}

impl<'v> Walk<'_, 'v> {
    /// Lends what the thread has. A visitor that makes its thread work on another task meanwhile is not met again: that task
    /// gets a visitor of its own.
    fn with_worker(&self, work: impl FnOnce(&mut Worker<'v>) -> ControlFlow<()>) {
        if self.interrupt.is_set() {
            return;
        }
        let index = rayon::current_thread_index().unwrap_or(0);
        let slot = || {
            self.workers[index]
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let worker = slot().take();
        let mut worker = worker.unwrap_or_else(|| {
            Box::new(Worker {
                reader: Reader::new((self.make)(), self.options),
                memory: Memory::default(),
                batch: Batch::default(),
            })
        });
        if work(&mut worker).is_break() {
            self.interrupt.set();
        }
        *slot() = Some(worker);
    }

    fn roots<'s>(&'s self, scope: &Scope<'s>, roots: Vec<Root>) {
        self.with_worker(|Worker { reader, .. }| {
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
                                    kept: None,
                                },
                                None,
                            );
                        });
                    }
                    RootKind::File => {
                        reader.root(&path, &self.interrupt)?;
                    }
                    RootKind::Special => reader.special(&path, &self.interrupt)?,
                    RootKind::Unreadable(error) => reader.unreadable(&path, &error)?,
                }
            }
            ControlFlow::Continue(())
        });
    }

    /// Visits a directory. `within` is the one that it lies in and its name there; `None` for a root.
    fn directory<'s>(
        &'s self,
        scope: &Scope<'s>,
        mut directory: Directory,
        within: Option<(&Directory, &OsStr)>,
    ) {
        self.with_worker(|worker| {
            let Worker {
                reader,
                memory,
                batch,
            } = worker;
            let opened = match directory.open(within) {
                Ok(opened) => Arc::new(opened),
                Err(error) => return reader.unreadable(directory.path(), &error),
            };
            let mut listing = opened.entries(memory);
            batch.clear();
            let mut is_complete = batch.fill(&mut listing, reader, &directory)?;
            if !directory.is_git {
                let absolute = &directory.absolute;
                let has = |name: &str| {
                    batch.entries().iter().any(|entry| entry.name == name)
                        || (!is_complete && fs::symlink_metadata(absolute.join(name)).is_ok())
                };
                directory.level = self.ignores.within(directory.level.take(), absolute, has);
            }
            directory.kept = self.keep(&opened);
            let directory = Arc::new(directory);
            while !is_complete {
                let mut full = mem::take(batch);
                let of = Arc::clone(&directory);
                scope.spawn(move |scope| {
                    self.with_worker(|Worker { reader, .. }| {
                        self.batch(scope, reader, &of, of.kept(), &mut full)
                    });
                });
                self.interrupt.check()?;
                is_complete = batch.fill(&mut listing, reader, &directory)?;
            }
            self.batch(scope, reader, &directory, Some(&opened), batch)
        });
    }

    /// The directory for other tasks, unless too many wait already.
    fn keep(&self, opened: &Arc<OpenDirectory>) -> Option<KeptOpen> {
        (Arc::strong_count(&self.kept_open) <= MAX_KEPT_OPEN).then(|| KeptOpen {
            opened: Arc::clone(opened),
            _count: Arc::clone(&self.kept_open),
        })
    }

    fn batch<'s>(
        &'s self,
        scope: &Scope<'s>,
        reader: &mut Reader<'v>,
        directory: &Arc<Directory>,
        opened: Option<&OpenDirectory>,
        batch: &mut Batch,
    ) -> ControlFlow<()> {
        let level = directory.level.as_deref();
        let has_exceptions = !self.nested.is_empty() || self.ignores.have_a_say(level);
        let mut directories = Vec::new();
        let (entries, absolute) = batch.parts_mut();
        absolute.clear();
        if has_exceptions {
            absolute.push(&directory.absolute);
        }
        for entry in &mut *entries {
            if has_exceptions {
                absolute.push(&entry.name);
            }
            if self.nested.contains(absolute) {
                entry.is_left_out = true;
            } else if let Some(skip) = self.skip(directory, absolute, entry) {
                entry.is_left_out = true;
                reader.unscanned(&directory.shown.join(&entry.name), skip, None)?;
            } else if entry.kind == EntryKind::Directory {
                directories.push(entry.name.clone());
            }
            if has_exceptions {
                absolute.pop();
            }
        }
        // First the directories, so that idle threads have something to take while this one reads.
        self.directories(scope, Arc::clone(directory), directories);
        for entry in entries {
            if entry.kind == EntryKind::File && !entry.is_left_out {
                reader.file(&directory.shown, opened, &entry.name, &self.interrupt)?;
            }
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
                self.directory(scope, parent.child(&name), Some((&parent, &name)));
            }
        });
    }
}
