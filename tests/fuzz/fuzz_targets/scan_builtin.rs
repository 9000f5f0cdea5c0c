//! Drives the target `scan_builtin` with libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keysift_fuzz::scan_builtin(bytes));
