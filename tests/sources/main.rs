//! Sources as an embedder sees them.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends at the first error, also in the harness"
)]

mod encoding;
mod harness;
mod ignored;
mod interrupted;
mod large;
mod names;
mod roots;
mod special;
mod stdin;
mod threads;
mod unreadable;
