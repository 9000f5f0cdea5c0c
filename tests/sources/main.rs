//! Sources as an embedder sees them.

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
