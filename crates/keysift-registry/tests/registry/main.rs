//! The registry, as whoever embeds it meets it.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its own files"
)]

mod place;
mod recording;
mod table;
mod volume;
