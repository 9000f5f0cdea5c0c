//! What is remembered of a sweep, in a file.
//!
//! An object is remembered when it was scanned and either holds nothing that may be a finding or all findings were given
//! out. So nothing is lost when a sweep ends early, in whatever way: what it remembered need not be scanned again, and
//! what held findings is scanned and reported once more.
//!
//! The file: [`MAGIC`]; 32 bytes, a digest of the rules and the options; a byte, the length of an id; 8 bytes, the number
//! of objects; for each its id and a mark of 8 bytes, sorted by id; 32 bytes, a digest of all that. Numbers are little-endian.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use keysift_source::git::{KnownObjects, ObjectId, Repository};
use tempfile::NamedTempFile;

const MAGIC: &[u8] = b"keysift history 1\n";
const DIGEST_BYTES: usize = 32;
const MARK_BYTES: usize = 8;

/// The longest file that is read, in bytes: twenty million objects, some times those of the largest histories.
const MAX_STATE_BYTES: u64 = 1 << 30;

/// The file in which it is remembered what of a history was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateFile {
    /// The file. It is made with its directory, and replaced as a whole.
    pub path: PathBuf,
    /// Whether it is used, or compared with what is found; used by default.
    pub trust: StateTrust,
}

/// What is made of that which earlier sweeps remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum StateTrust {
    /// What was scanned before is not scanned again.
    #[default]
    Used,
    /// Everything is scanned, and an object that holds something else than was remembered is told as
    /// [`Skip::StateMismatch`](keysift_core::Skip::StateMismatch).
    Verified,
}

impl StateFile {
    /// The file at `path`, which is used.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            trust: StateTrust::default(),
        }
    }

    /// A file below `directory` with a name of its own for each repository.
    pub fn of_repository(directory: &Path, repository: &Repository) -> Self {
        let common = repository.common_dir();
        let common = common.canonicalize().unwrap_or(common);
        let name = blake3::hash(common.as_os_str().as_encoded_bytes()).to_hex();
        Self::new(directory.join(&name[..32]))
    }

    /// Sets what is made of it; it is used by default.
    #[must_use]
    pub fn trust(mut self, trust: StateTrust) -> Self {
        self.trust = trust;
        self
    }

    /// Makes its directory.
    pub(super) fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(directory(&self.path))
    }
}

/// What was read of a file.
#[derive(Debug)]
pub(super) enum Loaded {
    /// There is none.
    Nothing,
    Objects(KnownObjects),
    /// It cannot be used, for this reason.
    Unused(String),
}

fn directory(path: &Path) -> &Path {
    let parent = path.parent();
    let parent = parent.filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Reads what was remembered under this digest.
pub(super) fn load(path: &Path, digest: &[u8; DIGEST_BYTES]) -> Loaded {
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Loaded::Nothing,
        Err(error) => return Loaded::Unused(error.to_string()),
    };
    match parse(&bytes, digest) {
        Ok(objects) => Loaded::Objects(objects),
        Err(reason) => Loaded::Unused(reason.to_owned()),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MAX_STATE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_STATE_BYTES {
        return Err(io::Error::other("it is too long"));
    }
    Ok(bytes)
}

fn parse(bytes: &[u8], digest: &[u8; DIGEST_BYTES]) -> Result<KnownObjects, &'static str> {
    const DAMAGED: &str = "it is damaged";
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or("it is none of this version's")?;
    let (rest, sum) = rest.split_last_chunk::<DIGEST_BYTES>().ok_or(DAMAGED)?;
    let summed = &bytes[..bytes.len() - DIGEST_BYTES];
    if blake3::hash(summed).as_bytes() != sum {
        return Err(DAMAGED);
    }
    let (of_rules, rest) = rest.split_first_chunk::<DIGEST_BYTES>().ok_or(DAMAGED)?;
    if of_rules != digest {
        return Err("the rules, the options or the version are others now");
    }
    let (id_bytes, rest) = rest.split_first().ok_or(DAMAGED)?;
    let (count, rest) = rest.split_first_chunk::<8>().ok_or(DAMAGED)?;
    let record_bytes = usize::from(*id_bytes) + MARK_BYTES;
    let records = rest.chunks_exact(record_bytes);
    if !records.remainder().is_empty() || records.len() as u64 != u64::from_le_bytes(*count) {
        return Err(DAMAGED);
    }
    let mut objects = KnownObjects::default();
    for record in records {
        let (id, mark) = record.split_last_chunk::<MARK_BYTES>().ok_or(DAMAGED)?;
        let id = ObjectId::try_from(id).map_err(|_| DAMAGED)?;
        objects.insert(id, u64::from_le_bytes(*mark));
    }
    Ok(objects)
}

/// Replaces the file as a whole: whoever reads it has the old one or the new one, also after a crash.
pub(super) fn store(
    path: &Path,
    digest: &[u8; DIGEST_BYTES],
    objects: &[&KnownObjects],
) -> io::Result<()> {
    let mut all: Vec<(ObjectId, u64)> = objects.iter().flat_map(|part| part.iter()).collect();
    all.sort_unstable();
    // Of two marks of one object either is true: it was scanned twice.
    all.dedup_by_key(|(id, _)| *id);
    let file = NamedTempFile::new_in(directory(path))?;
    let mut out = Summed {
        out: BufWriter::new(file.as_file()),
        hasher: blake3::Hasher::new(),
    };
    out.write_all(MAGIC)?;
    out.write_all(digest)?;
    let id_bytes = all.first().map_or(20, |(id, _)| id.as_slice().len());
    out.write_all(&[id_bytes as u8])?;
    out.write_all(&(all.len() as u64).to_le_bytes())?;
    for (id, mark) in all {
        out.write_all(id.as_slice())?;
        out.write_all(&mark.to_le_bytes())?;
    }
    let sum = out.hasher.finalize();
    out.out.write_all(sum.as_bytes())?;
    out.out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A writer that sums up what it writes.
struct Summed<W> {
    out: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.out.write(bytes)?;
        self.hasher.update(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(numbers: std::ops::Range<u8>) -> KnownObjects {
        let mut objects = KnownObjects::default();
        for number in numbers {
            let id = ObjectId::try_from(&[number; 20][..]).unwrap();
            objects.insert(id, u64::from(number) * 7);
        }
        objects
    }

    #[test]
    fn what_was_stored_is_loaded_under_the_same_digest_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state");
        assert!(matches!(load(&path, &[1; 32]), Loaded::Nothing));
        store(&path, &[1; 32], &[&objects(0..9), &objects(5..12)]).unwrap();
        let Loaded::Objects(loaded) = load(&path, &[1; 32]) else {
            panic!("it was stored");
        };
        assert_eq!(loaded.len(), 12);
        for (id, mark) in loaded.iter() {
            assert_eq!(objects(0..12).mark(&id), Some(mark));
        }
        assert!(
            matches!(load(&path, &[2; 32]), Loaded::Unused(reason) if reason.contains("rules"))
        );
    }

    #[test]
    fn a_file_that_was_changed_anywhere_is_not_used() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state");
        store(&path, &[1; 32], &[&objects(0..3)]).unwrap();
        let whole = read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&path, &bytes).unwrap();
            assert!(matches!(load(&path, &[1; 32]), Loaded::Unused(_)), "{at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(matches!(load(&path, &[1; 32]), Loaded::Unused(_)), "{at}");
        }
    }
}
