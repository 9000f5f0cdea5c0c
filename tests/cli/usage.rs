//! Arguments that the program does not take.

use crate::harness::Place;

#[track_caller]
fn is_refused_with(arguments: &[&str], messages: &[&str]) {
    let mut outcome = Place::new().run(arguments.iter().copied()).exits(2);
    for message in messages {
        outcome = outcome.warns(message);
    }
    assert_eq!(outcome.stdout, "");
}

#[test]
fn a_wrong_command_is_refused_with_the_one_that_was_meant() {
    is_refused_with(&["scna"], &["unrecognized subcommand 'scna'", "'scan'"]);
    is_refused_with(
        &["rules", "lst"],
        &["unrecognized subcommand 'lst'", "'list'"],
    );
}

#[test]
fn a_wrong_flag_is_refused_with_the_one_that_was_meant() {
    is_refused_with(
        &["scan", "--formt", "json"],
        &["unexpected argument '--formt'", "'--format'"],
    );
    is_refused_with(
        &["scan", "--show-secret"],
        &["unexpected argument '--show-secret'", "'--show-secrets'"],
    );
}

#[test]
fn a_wrong_value_is_refused_with_those_that_there_are() {
    is_refused_with(
        &["scan", "--format", "jsn"],
        &["invalid value 'jsn'", "json", "jsonl", "text"],
    );
    is_refused_with(
        &["scan", "--min-confidence", "hgh"],
        &["invalid value 'hgh'", "low, medium, high"],
    );
    is_refused_with(
        &["scan", "--max-file-size", "10X"],
        &["a size is a number of bytes, with K, M or G behind it if wanted"],
    );
    is_refused_with(
        &["scan", "--max-file-size", "99999999999G"],
        &["a size is a number of bytes, with K, M or G behind it if wanted"],
    );
    for count in ["0", "513", "many"] {
        is_refused_with(
            &["scan", "--threads", count],
            &["invalid value", "--threads", "a number from 1 to 512"],
        );
    }
    is_refused_with(
        &["scan", "--prefilter", "sse"],
        &[
            "invalid value 'sse'",
            "fastest, avx512, avx2, neon, grams, automaton",
        ],
    );
    is_refused_with(&["completions", "csh"], &["invalid value 'csh'", "bash"]);
}

#[test]
fn no_command_is_refused_with_the_help() {
    is_refused_with(&[], &["Usage: keysift", "Commands:"]);
    is_refused_with(&["rules"], &["Usage: keysift rules", "Commands:"]);
}

#[test]
fn an_unknown_prefilter_in_the_environment_is_refused() {
    let place = Place::new();
    let mut command = place.command(["scan"]);
    command.env("KEYSIFT_PREFILTER", "sse");
    place
        .outcome(command.spawn().unwrap())
        .exits(2)
        .warns("invalid value 'sse' for '--prefilter <NAME>'")
        .warns("fastest, avx512, avx2, neon, grams, automaton");
}
