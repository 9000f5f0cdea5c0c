//! How to scan, and why a scan could not be done.

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use keysift_core::RuleError;

use crate::progress::Progress;
use crate::screen::Screen;

/// In which order a sink gets the findings of different blobs. Those of one blob always come in the order of their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Order {
    /// Sorted by origin, when the scan is over.
    #[default]
    ByOrigin,
    /// As they are found, at once.
    AsFound,
}

/// How to scan.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScanOptions {
    /// How many threads scan; `None`, the default, for as many as the machine offers.
    pub threads: Option<NonZeroUsize>,
    /// The order of findings; by origin by default.
    pub order: Order,
    /// How much memory findings may take while they wait to be sorted, in bytes; 64 MiB by default. Beyond it they are
    /// given out as they are found, and the summary says so.
    pub max_sorted_bytes: usize,
    /// Is told how far the scan is, for a display; `None` by default.
    pub progress: Option<Arc<Progress>>,
    /// What checks findings beside the engine, such as a configuration or a baseline; `None` by default.
    pub screen: Option<Arc<dyn Screen>>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            threads: None,
            order: Order::default(),
            max_sorted_bytes: 64 << 20,
            progress: None,
            screen: None,
        }
    }
}

impl ScanOptions {
    pub(crate) fn thread_count(&self) -> NonZeroUsize {
        self.threads
            .or_else(|| std::thread::available_parallelism().ok())
            .unwrap_or(NonZeroUsize::MIN)
    }

    /// Sets the number of threads; by default as many as the machine offers.
    #[must_use]
    pub fn threads(mut self, threads: Option<NonZeroUsize>) -> Self {
        self.threads = threads;
        self
    }

    /// Sets the order; by origin by default.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Sets the memory for sorting, in bytes; 64 MiB by default.
    #[must_use]
    pub fn max_sorted_bytes(mut self, bytes: usize) -> Self {
        self.max_sorted_bytes = bytes;
        self
    }

    /// Sets what is told how far the scan is; nothing by default.
    #[must_use]
    pub fn progress(mut self, progress: Option<Arc<Progress>>) -> Self {
        self.progress = progress;
        self
    }

    /// Sets what checks findings beside the engine; nothing by default.
    #[must_use]
    pub fn screen(mut self, screen: Option<Arc<dyn Screen>>) -> Self {
        self.screen = screen;
        self
    }
}

/// Why a scan could not be done or was ended.
#[derive(Debug)]
pub enum ScanError<E> {
    /// The source could not be visited.
    Source(keysift_source::Error),
    /// The sink could not take what it was given.
    Sink(E),
    /// The rules cannot be told apart from others.
    Rules(RuleError),
    /// What was scanned cannot be remembered. If it happened at the end of a scan, all findings were given out.
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl<E: fmt::Display> fmt::Display for ScanError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => error.fmt(f),
            Self::Sink(error) => write!(f, "cannot write the findings: {error}"),
            Self::Rules(error) => error.fmt(f),
            Self::State { path, .. } => {
                write!(
                    f,
                    "{}: what was scanned cannot be remembered",
                    path.display()
                )
            }
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for ScanError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Source(error) => error.source(),
            Self::Sink(error) => error.source(),
            Self::Rules(error) => error.source(),
            Self::State { error, .. } => Some(error),
        }
    }
}
