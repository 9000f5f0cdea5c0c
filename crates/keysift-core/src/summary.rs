//! What a scan covered, and what it did not.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::absent::Absent;
use crate::counters::Counters;

/// Declares why something was not scanned, once, with names and meanings.
macro_rules! skips {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $incomplete:literal, $meaning:literal;)+) => {
        /// Why something that a source met was not scanned.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Skip { $($(#[$meta])* $variant,)+ }

        impl Skip {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What it means, in a few words.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            /// Whether something that was asked for could not be scanned; otherwise a filter left it out on purpose.
            pub const fn is_incomplete(self) -> bool {
                match self { $(Self::$variant => $incomplete,)+ }
            }
        }
    };
}

skips! {
    /// An ignore file names it; a directory counts once, whatever it holds.
    Ignored = "ignored", false, "named by .gitignore or .ignore";
    /// The options of the scan or a file of configuration name it; a directory counts once, whatever it holds.
    Excluded = "excluded", false, "named by an exclude option or the configuration";
    /// A symbolic link; what it points to is scanned where it lies.
    Symlink = "symlink", false, "symbolic links are not followed";
    /// A FIFO, a socket or a device.
    Special = "special", false, "neither a file nor a directory";
    /// Git's own directory; its objects are a history's business.
    GitDirectory = "git-directory", false, "Git's own directory";
    /// The file is larger than the limit that was set.
    TooLarge = "too-large", false, "larger than the limit that was set";
    /// Another repository, at the commit that this one names.
    Submodule = "submodule", false, "a repository of its own";
    /// A pointer of Git LFS was scanned; what it points to is kept elsewhere.
    LfsContent = "lfs-content", false, "kept in Git LFS; its pointer alone was scanned";
    /// An object of a history that an earlier sweep scanned; what it held was reported then.
    Known = "known", false, "scanned by an earlier sweep, which reported what it held";
    /// What an earlier sweep remembered is of no use: of other rules, damaged, or not to be written.
    StateUnused = "state-unused", false, "what earlier sweeps remembered was not used, and everything was scanned";
    /// An object does not hold what an earlier sweep remembered of it.
    StateMismatch = "state-mismatch", true, "not what an earlier sweep remembered";
    /// The clone does not hold the object: it is partial or damaged.
    MissingObject = "missing-object", true, "the clone does not hold the object";
    /// The clone is shallow: what a commit is based on is not in it.
    Shallow = "shallow", true, "the shallow clone ends here, so that all the commit holds counts as new";
    /// An archive in more archives than the limit that was set; it was scanned as it is.
    ArchiveDepth = "archive-depth", true, "an archive in too many others, scanned as it is";
    /// An archive has more members than the limit that was set.
    ArchiveMembers = "archive-members", true, "an archive of too many members; the rest was not scanned";
    /// More bytes came out of an archive than the limit that was set.
    ArchiveBytes = "archive-bytes", true, "an archive that holds too much; the rest was not scanned";
    /// More bytes came out of an archive for its size than the limit that was set.
    ArchiveRatio = "archive-ratio", true, "an archive that swells as a bomb does; the rest was not scanned";
    /// An archive asks for more memory than one may.
    ArchiveMemory = "archive-memory", true, "an archive that needs too much memory, scanned as it is";
    /// An archive, or a member of one, is encrypted; it was scanned as it is.
    Encrypted = "encrypted", true, "encrypted, and scanned as it is";
    /// An archive, or a member of one, is damaged; what could not be opened was scanned as it is.
    DamagedArchive = "damaged-archive", true, "a damaged archive; the rest was scanned as it is";
    /// An archive, or a member of one, is compressed by a method that is not known; it was scanned as it is.
    UnknownMethod = "unknown-method", true, "compressed by an unknown method, and scanned as it is";
    /// A file of configuration in the tree cannot be used; what it is for was scanned without it.
    BadConfiguration = "bad-configuration", true, "this configuration cannot be used, and its directory was scanned without it";
    /// It could not be opened or read, or a directory could not be listed.
    Unreadable = "unreadable", true, "could not be read";
    /// It was there when its directory was listed and not when it was opened.
    Vanished = "vanished", true, "vanished during the scan";
    /// A rule's pattern made more work of the blob than it may, and was given up for the rest; the other rules were not.
    OverBudget = "over-budget", true, "made too much work for a rule, which was given up";
}

/// Something that was not scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unscanned {
    /// What it is called, as `Origin`'s `Display` would show it; bytes of a path, not escaped.
    pub name: String,
    /// Why.
    pub skip: Skip,
    /// The system's message, where there is one.
    pub message: Option<String>,
}

impl Unscanned {
    /// Something called `name` that was not scanned because of `skip`.
    pub fn new(name: impl Into<String>, skip: Skip) -> Self {
        Self {
            name: name.into(),
            skip,
            message: None,
        }
    }

    /// Adds the system's message; none by default.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }
}

/// What a scan covered: every format carries it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Summary {
    /// Blobs scanned.
    pub blobs: u64,
    /// Bytes scanned, after decoding to UTF-8 where a byte-order mark asked for it.
    pub bytes: u64,
    /// What was not scanned, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// How much work it was, and what the checks dropped.
    pub counters: Counters,
    /// Wall-clock time from the first blob to the last.
    pub elapsed: Duration,
    /// Threads that scanned.
    pub threads: usize,
    /// Rules in force.
    pub rules: usize,
    /// Whether the scan was ended before it was through, by a signal or by a sink.
    pub is_interrupted: bool,
    /// Whether more was found than could be kept for sorting, so that the order is the order of discovery.
    pub is_unsorted: bool,
    /// What the baseline knows and is gone from where the whole scan looked, in the baseline's order; empty without a
    /// baseline, and for a scan of changes alone.
    pub absent: Vec<Absent>,
}

impl Summary {
    /// Whether something that was asked for could not be scanned.
    pub fn is_incomplete(&self) -> bool {
        self.is_interrupted
            || self
                .skipped
                .iter()
                .any(|(skip, count)| skip.is_incomplete() && *count > 0)
    }

    /// Adds what another part of the scan covered; times and rules stay.
    pub fn add(&mut self, other: &Self) {
        self.blobs += other.blobs;
        self.bytes += other.bytes;
        for (skip, count) in &other.skipped {
            *self.skipped.entry(*skip).or_default() += count;
        }
        self.counters.add(&other.counters);
        self.is_interrupted |= other.is_interrupted;
        self.is_unsorted |= other.is_unsorted;
        self.absent.extend_from_slice(&other.absent);
    }
}
