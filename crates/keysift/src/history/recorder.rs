//! What a sweep has scanned so far, and its file.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use keysift_core::{Skip, Span, Unscanned};
use keysift_source::git::{KnownObjects, ObjectId};

use super::state::{self, Loaded, StateFile, StateTrust};

/// How often a sweep that runs is remembered: what a kill may cost.
const EVERY: Duration = Duration::from_secs(20);

/// Remembers what threads scan.
#[derive(Debug)]
pub(super) struct Recorder {
    file: StateFile,
    digest: [u8; 32],
    /// What earlier sweeps remembered.
    earlier: Arc<KnownObjects>,
    recorded: Mutex<Recorded>,
}

#[derive(Debug)]
struct Recorded {
    objects: KnownObjects,
    stored: Instant,
    failure: Option<io::Error>,
}

impl Recorder {
    /// Reads what earlier sweeps remembered; why it was not used, where it was not.
    pub(super) fn open(file: &StateFile, digest: [u8; 32]) -> (Self, Option<Unscanned>) {
        let (earlier, unused) = match state::load(&file.path, &digest) {
            Loaded::Nothing => (KnownObjects::default(), None),
            Loaded::Objects(objects) => (objects, None),
            Loaded::Unused(reason) => (KnownObjects::default(), Some(reason)),
        };
        let recorder = Self {
            file: file.clone(),
            digest,
            earlier: Arc::new(earlier),
            recorded: Mutex::new(Recorded {
                objects: KnownObjects::default(),
                stored: Instant::now(),
                failure: None,
            }),
        };
        let unused = unused.map(|reason| recorder.unused(reason));
        (recorder, unused)
    }

    fn unused(&self, reason: String) -> Unscanned {
        let name = self.file.path.display().to_string();
        Unscanned::new(name, Skip::StateUnused).message(reason)
    }

    /// What need not be scanned again; `None` where all is to be.
    pub(super) fn known(&self) -> Option<Arc<KnownObjects>> {
        let is_used = self.file.trust == StateTrust::Used && !self.earlier.is_empty();
        is_used.then(|| Arc::clone(&self.earlier))
    }

    pub(super) fn earlier_mark(&self, id: &ObjectId) -> Option<u64> {
        self.earlier.mark(id)
    }

    /// Says so if an object does not hold what an earlier sweep remembered.
    pub(super) fn mismatch(&self, id: &ObjectId, mark: u64) -> Option<Unscanned> {
        let earlier = self.earlier_mark(id)?;
        let (was, is) = (told(earlier), told(mark));
        (earlier != mark).then(|| {
            Unscanned::new(format!("object {id}"), Skip::StateMismatch)
                .message(format!("it was remembered with {was}, and holds {is}"))
        })
    }

    /// Takes objects that were scanned, or are still there; now and then all are stored.
    pub(super) fn add(&self, objects: &mut Vec<(ObjectId, u64)>) {
        let mut recorded = self.lock();
        for (id, mark) in objects.drain(..) {
            recorded.objects.insert(id, mark);
        }
        if recorded.stored.elapsed() >= EVERY {
            let stored = self.store(&[&self.earlier, &recorded.objects]);
            recorded.failure = stored.err().or(recorded.failure.take());
            recorded.stored = Instant::now();
        }
    }

    /// Stores all, when the sweep is over. What is no longer there is forgotten if the sweep was not interrupted. Says so
    /// if it could not be stored.
    pub(super) fn finish(self, is_interrupted: bool) -> Option<Unscanned> {
        let recorded = self.lock();
        let stored = if is_interrupted && self.file.trust == StateTrust::Used {
            self.store(&[&self.earlier, &recorded.objects])
        } else {
            self.store(&[&recorded.objects])
        };
        let failure = stored.err()?;
        Some(self.unused(format!("it cannot be written: {failure}")))
    }

    fn store(&self, objects: &[&KnownObjects]) -> io::Result<()> {
        state::store(&self.file.path, &self.digest, objects)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn told(mark: u64) -> &'static str {
    if mark == 0 {
        "nothing"
    } else {
        "other findings"
    }
}

/// Objects whose findings are not given out yet, and the file that will remember them.
#[derive(Debug)]
pub(super) struct Withheld {
    pub(super) file: StateFile,
    pub(super) digest: [u8; 32],
    pub(super) objects: KnownObjects,
}

impl Withheld {
    /// Adds them to the file, now that their findings are out.
    pub(super) fn store(self) -> io::Result<()> {
        let Loaded::Objects(stored) = state::load(&self.file.path, &self.digest) else {
            return Err(io::Error::other("it was changed meanwhile"));
        };
        state::store(&self.file.path, &self.digest, &[&stored, &self.objects])
    }
}

/// A mark of what may be findings in an object; 0 for none.
pub(super) fn mark<'r>(candidates: impl Iterator<Item = (&'r str, Span)>) -> u64 {
    let mut hasher = blake3::Hasher::new();
    let mut count = 0_u64;
    for (rule, span) in candidates {
        hasher.update(rule.as_bytes());
        hasher.update(&(span.start as u64).to_le_bytes());
        hasher.update(&(span.end as u64).to_le_bytes());
        count += 1;
    }
    if count == 0 {
        return 0;
    }
    let digest = hasher.finalize();
    let first = digest.as_bytes().first_chunk().copied().unwrap_or_default();
    u64::from_le_bytes(first).max(1)
}
