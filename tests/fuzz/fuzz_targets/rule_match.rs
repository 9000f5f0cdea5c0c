//! Drives the target `rule_match` with libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keysift_fuzz::rule_match(bytes));
