//! Standard input as what is scanned.

use crate::harness::{ACME, Place, npm_token};

#[test]
fn a_dash_scans_standard_input() {
    let text = format!("{}\nkey = {}\n", "line\n".repeat(99_999), npm_token(1));
    let outcome = Place::new()
        .run_with_input(["scan", "-"], text.as_bytes())
        .exits(1)
        .says("<stdin>\n  100001:7  CRITICAL  npm access token (npm-access-token)\n")
        .hides(&npm_token(1));
    assert_eq!(outcome.stderr, "");
}

#[test]
fn standard_input_without_secrets_is_clean() {
    Place::new()
        .run_with_input(["scan", "-"], b"nothing here\n")
        .exits(0)
        .says("nothing found: scanned 1 file, 13 B in [time], [many] rules\n");
}

#[test]
fn empty_standard_input_is_clean() {
    Place::new()
        .run_with_input(["scan", "-"], b"")
        .exits(0)
        .says("scanned 1 file, 0 B");
}

#[test]
fn standard_input_is_not_scanned_unless_it_is_named() {
    let place = Place::new();
    place.write("a.txt", "nothing here\n");
    let secret = npm_token(1);
    place.run_with_input(["scan"], secret.as_bytes()).exits(0);
}

#[test]
fn a_file_called_dash_is_scanned_by_its_path() {
    let place = Place::with_acme_rules();
    place.write("-", ACME[0]);
    place.scan_acme(&["./-"]).exits(1).says("./-\n  1:1  HIGH");
}

#[test]
fn standard_input_beside_paths_is_refused() {
    let place = Place::new();
    place.write("a.txt", "nothing here\n");
    for paths in [["-", "a.txt"], ["a.txt", "-"], ["-", "-"]] {
        place.run(["scan"].into_iter().chain(paths)).refuses(
            "error: -: standard input cannot be scanned beside paths\n\
             hint: run keysift once for each\n",
        );
    }
}
