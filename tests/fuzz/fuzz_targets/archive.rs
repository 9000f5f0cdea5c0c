//! Drives the target `archive` with libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keysift_fuzz::archive(bytes));
