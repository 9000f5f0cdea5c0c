//! The laws that the engine stands on, as properties against the naive oracle.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod changed;
mod edges;
mod hidden;
mod laws;
mod limits;
