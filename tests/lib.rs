//! What the tests share: an oracle, made-up blobs, and rules that are hard on the engine.

pub mod archives;
pub mod blobs;
pub mod oracle;
pub mod packs;
pub mod rules;
pub mod runs;
