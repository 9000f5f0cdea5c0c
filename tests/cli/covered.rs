//! What a scan covers, and what it says when that is nothing or not all.

use crate::harness::{ACME, Place, npm_token};

#[test]
fn an_empty_directory_is_clean_and_said_to_hold_nothing() {
    let outcome = Place::new().run(["scan"]).exits(0);
    assert_eq!(outcome.stdout, "no files were scanned: there were none.\n");
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_directory_without_secrets_is_clean() {
    let place = Place::new();
    place.write("src/main.rs", "fn main() {}\n");
    place.write("empty", "");
    let outcome = place.run(["scan"]).exits(0);
    assert_eq!(
        outcome.stdout,
        "nothing found: scanned 2 files, 13 B in [time], [many] rules\n"
    );
    assert_eq!(outcome.stderr, "");
}

#[test]
fn the_current_directory_is_what_is_scanned_without_paths() {
    let place = Place::with_acme_rules();
    place.write("a/b.py", format!("key = {}\n", ACME[0]));
    let here = place.scan_acme(&["--format", "json"]).exits(1).json();
    let dot = place.scan_acme(&["--format", "json", "."]).exits(1).json();
    assert_eq!(here["findings"], dot["findings"]);
    assert_eq!(here["findings"][0]["path"], "a/b.py");
}

#[test]
fn a_path_is_shown_as_it_was_written() {
    let place = Place::with_acme_rules();
    place.write("a/b.py", format!("key = {}\n", ACME[0]));
    for path in ["a", "a/b.py", "./a/b.py", "a/../a/b.py"] {
        let found = place.scan_acme(&["--format", "json", path]).exits(1).json();
        let shown = found["findings"][0]["path"].as_str().unwrap();
        assert!(shown.starts_with(path), "{path}: {shown}");
        assert_eq!(found["findings"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_path_that_does_not_exist_is_refused_before_anything_is_scanned() {
    let place = Place::new();
    place.write("leak.txt", npm_token(1));
    for format in ["text", "json", "jsonl"] {
        place
            .run(["scan", "--format", format, "leak.txt", "no/such.txt"])
            .refuses(
                "error: no/such.txt: no such file or directory\n\
                 hint: a path is looked up from the current directory\n",
            );
    }
}

#[test]
fn overlapping_paths_give_each_finding_once() {
    let place = Place::with_acme_rules();
    place.write("a/b.py", format!("key = {}\n", ACME[0]));
    let found = place
        .scan_acme(&["--format", "json", ".", "a", "a/b.py", "a/b.py"])
        .exits(1)
        .json();
    assert_eq!(found["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn text_in_utf_16_is_scanned() {
    let place = Place::with_acme_rules();
    let text = format!("# größer 🔑\r\nkey = {}\r\n", ACME[0]);
    let units = || std::iter::once(0xFEFF).chain(text.encode_utf16());
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    place.write("little.txt", &little);
    place.write("big.txt", &big);
    for name in ["little.txt", "big.txt"] {
        place
            .scan_acme(&[name])
            .exits(1)
            .says("  2:7  HIGH  Acme API key (acme-api-key)\n    | key = acme_…3n8p\n");
    }
    for input in [little, big] {
        let arguments = ["scan", "--rules", "../acme.toml", "--enable", "acme-*", "-"];
        place
            .run_with_input(arguments, &input)
            .exits(1)
            .says("<stdin>\n  2:7  HIGH");
    }
}

#[test]
fn binary_files_and_hidden_ones_are_scanned() {
    let place = Place::with_acme_rules();
    let binary = [b"\x7fELF\0\0".as_slice(), ACME[0].as_bytes(), b"\0\xff\xfe"].concat();
    place.write("program", binary);
    place.write(".env", format!("KEY={}\n", ACME[1]));
    place.write(".config/app/.hidden", ACME[2]);
    place.write("node_modules/left/index.js", ACME[2]);
    let found = place.scan_acme(&["--format", "json"]).exits(1).json();
    let paths: Vec<&str> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            ".config/app/.hidden",
            ".env",
            "node_modules/left/index.js",
            "program"
        ]
    );
}
