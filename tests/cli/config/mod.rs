//! Configuration, seen from outside.

mod allow;
mod command;
mod found;
mod hostile;
mod settings;
