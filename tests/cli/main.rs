//! The program, seen from a shell.
