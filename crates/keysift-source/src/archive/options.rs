//! How far archives are opened.

/// How far [`Archives`](super::Archives) opens archives. Each limit holds for one outermost archive and all that is in it.
///
/// What goes beyond a limit is not scanned, is counted with a reason of its own, and makes the scan incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveOptions {
    /// How many archives may lie in one another; 0 opens none. A compressed archive counts twice. Default: 8, as an image of
    /// a container with a package in a layer has five, and nobody was seen to pack deeper than that but to do harm.
    pub max_depth: usize,
    /// How many members there may be. Default: 1,000,000, some times what the largest images of containers hold.
    pub max_members: u64,
    /// How many bytes may come out of decompression. Default: 16 GiB, which takes a minute or two to scan; images of
    /// containers of a few GB count twice, once for each of their layers' compressions.
    pub max_bytes: u64,
    /// How many bytes may come out of decompression for each that was read, beyond the first [`FREE_BYTES`]. Default: 250.
    /// Logs and dumps shrink to a twentieth, seldom to a hundredth; a bomb of deflate to a thousandth for each of its levels.
    pub max_ratio: u64,
}

/// So many bytes may come out of any archive, whatever its ratio: small files of zeros or of equal lines are no bombs.
pub const FREE_BYTES: u64 = 64 << 20;

impl Default for ArchiveOptions {
    fn default() -> Self {
        Self {
            max_depth: 8,
            max_members: 1_000_000,
            max_bytes: 16 << 30,
            max_ratio: 250,
        }
    }
}
