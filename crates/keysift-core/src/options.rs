//! How a scanner scans.

use crate::fingerprint::FingerprintKey;
use crate::prefilter::PrefilterChoice;
use crate::rule::Confidence;

/// How a scanner scans.
#[derive(Debug, Clone)]
pub struct ScannerOptions {
    /// Which prefilter to use; the fastest by default.
    pub prefilter: PrefilterChoice,
    /// Findings below this are dropped, and counted; medium by default.
    pub min_confidence: Confidence,
    /// What fingerprints are keyed with; the public key by default.
    pub fingerprint_key: FingerprintKey,
    /// Whether dropped matches are given out as well, with their reason; no by default.
    pub explain: bool,
    /// Whether findings keep the lines round them, for allowlists that look at them; no by default.
    pub keep_lines: bool,
    /// Whether comments `keysift:allow` allow what stands beside them; yes by default.
    pub inline_comments: bool,
    /// Whether what each rule costs is counted and timed, in [`Counters::costs`](crate::Counters::costs); no by
    /// default. It makes a scan slower.
    pub measure_costs: bool,
    /// How often what is hidden in encoded bytes is decoded, each time in what was decoded before; 2 by default, 0 for
    /// never, [`ScannerOptions::MAX_DECODE_DEPTH`] at most.
    pub decode_depth: u8,
}

impl ScannerOptions {
    /// The default of [`ScannerOptions::decode_depth`].
    pub const DECODE_DEPTH: u8 = 2;

    /// The greatest depth: with each more, what was decoded is searched for encodings once more.
    pub const MAX_DECODE_DEPTH: u8 = 3;
}

impl Default for ScannerOptions {
    fn default() -> Self {
        Self {
            prefilter: PrefilterChoice::default(),
            min_confidence: Confidence::Medium,
            fingerprint_key: FingerprintKey::default(),
            explain: false,
            keep_lines: false,
            inline_comments: true,
            measure_costs: false,
            decode_depth: Self::DECODE_DEPTH,
        }
    }
}
