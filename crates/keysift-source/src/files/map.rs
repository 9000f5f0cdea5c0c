//! Memory maps: which files are mapped, and the one place that maps them.
#![expect(
    unsafe_code,
    reason = "a file that is mapped may be changed by others meanwhile, which no check can exclude"
)]

use std::fs::File;

use memmap2::Mmap;

/// Which files are mapped into memory, as one blob each, instead of being read.
///
/// The default is none, and no tree was found where mapping is better. Files in the system's cache, a visitor that adds up
/// all bytes, best of 7 rounds of the bench `files`, on a virtual machine with an Intel Xeon that was busy with other work,
/// so that only the ratios say something:
///
/// | | read | mapped |
/// | --- | --- | --- |
/// | one file of 1 GB, 1 thread | 147 ms | 212 ms |
/// | 14,418 files, 253 MB, 1 thread | 89 ms | 236 ms |
/// | the same, only those of 1 MiB and more mapped | 89 ms | 129 ms |
/// | 89,281 files, 503 MB, 1 thread | 436 ms | 815 ms |
///
/// Making a map and taking it away costs more than reading a small file, and its pages come by page faults; a read copies
/// into memory that is already there. What a map is for is a visitor that needs a large file as one blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MapPolicy {
    /// The length from which on a file is mapped; `None` for never.
    least_bytes: Option<u64>,
}

impl MapPolicy {
    /// Maps nothing. This is the default.
    pub const fn never() -> Self {
        Self { least_bytes: None }
    }

    /// Maps files of `bytes` and more, where the system can; others are read. A mapped file is one blob, whatever its length,
    /// and an interrupt waits for its end.
    ///
    /// # Safety
    /// No file that is visited may be changed by anyone, in this process or another, while a visitor is lent its blob.
    ///
    /// Nobody can promise that of files he does not own, so this contract is not precise. What happens in practice when it
    /// is broken: a file that is written to shows old and new bytes side by side, as a read may, but here the bytes of a
    /// `&[u8]` change, and the compiler may have relied on their not changing. A file that is cut short raises SIGBUS in
    /// the thread that reads behind the new end, which by default kills the process. So does an error of the disk.
    pub const unsafe fn at_least(bytes: u64) -> Self {
        Self {
            least_bytes: Some(bytes),
        }
    }

    /// The file's bytes, if the policy wants it mapped and the system can do so.
    pub(super) fn map(self, file: &File, file_bytes: u64) -> Option<Mmap> {
        if file_bytes == 0 || file_bytes < self.least_bytes? {
            return None;
        }
        // SAFETY: a policy that maps anything was made by `at_least`, whose caller promised that the file will not change.
        unsafe { Mmap::map(file) }.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_long_enough_is_mapped() {
        let file = File::open("src/lib.rs").unwrap();
        let length = file.metadata().unwrap().len();
        assert!(MapPolicy::default().map(&file, length).is_none());
        // SAFETY: nobody changes this crate's sources while its tests run.
        let policy = unsafe { MapPolicy::at_least(length) };
        assert_eq!(policy.map(&file, length).unwrap().len() as u64, length);
        assert!(policy.map(&file, length - 1).is_none());
        assert!(policy.map(&file, 0).is_none());
    }
}
