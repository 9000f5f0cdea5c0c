//! Drives the target `rule_parse` with libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keysift_fuzz::rule_parse(bytes));
