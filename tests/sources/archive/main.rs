//! Archives as an embedder sees them.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends at the first error, also in the harness"
)]

mod damaged;
mod harness;
mod kinds;
mod limits;
mod tar;
mod zip;
