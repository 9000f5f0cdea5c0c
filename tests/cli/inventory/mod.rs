//! `keysift inventory` and `keysift check`, on a made-up organisation of five repositories with dated histories.

mod answers;
mod chronicle;
mod compare;
mod merge;
mod organisation;
mod page;
mod secrets;
mod steps;
