//! Whether archives are opened, and how far.

/// What to do with archives.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Archives")]
pub(crate) struct ArchiveArgs {
    /// Do not open archives; scan their bytes as they are
    #[arg(long)]
    pub(crate) no_archives: bool,
    /// Open at most this many archives in one another; a compressed one counts twice [default: 8]
    #[arg(long, value_name = "N", conflicts_with = "no_archives")]
    pub(crate) max_archive_depth: Option<usize>,
    /// Decompress at most so much of an archive and all that is in it; suffixes K, M and G [default: 16G]
    #[arg(long, value_name = "SIZE", value_parser = super::size, conflicts_with = "no_archives")]
    pub(crate) max_archive_bytes: Option<u64>,
    /// Decompress at most this many times an archive's own size, beyond the first 64M [default: 250]
    #[arg(long, value_name = "N", conflicts_with = "no_archives")]
    pub(crate) max_archive_ratio: Option<u64>,
}
