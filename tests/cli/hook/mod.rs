//! `keysift hook`: putting hooks in place, and what they do when the real `git` runs them.

mod commit;
mod global;
mod managers;
mod place;
mod push;
mod server;
