//! Drives the target `report` with libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keysift_fuzz::report(bytes));
