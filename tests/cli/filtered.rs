//! What filters leave out, and that it is said.

use crate::harness::{ACME, Outcome, Place};

/// A tree in which each file but one holds a secret of its own.
fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write(".gitignore", "build/\n*.log\n!kept.log\n");
    place.write("build/out.js", ACME[0]);
    place.write("run.log", ACME[1]);
    place.write("kept.log", ACME[2]);
    place
}

fn paths(outcome: &Outcome) -> Vec<String> {
    outcome.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_gitignore_names_is_left_out_and_counted() {
    let place = place();
    let outcome = place.scan_acme(&["--format", "json"]).exits(1);
    assert_eq!(paths(&outcome), ["kept.log"]);
    let skipped = &outcome.json()["summary"]["skipped"];
    assert_eq!(skipped["ignored"], 2);
    assert_eq!(skipped["git-directory"], 1);
    place
        .scan_acme(&[])
        .exits(1)
        .says("skipped 3 (--explain shows each):\n")
        .says("        2  ignored        named by .gitignore or .ignore\n")
        .says("        1  git-directory  Git's own directory\n");
}

#[test]
fn what_gitignore_names_is_scanned_when_asked_for() {
    let outcome = place()
        .scan_acme(&["--format", "json", "--ignored"])
        .exits(1);
    assert_eq!(paths(&outcome), ["build/out.js", "kept.log", "run.log"]);
}

#[test]
fn an_ignored_file_that_is_named_is_scanned() {
    let outcome = place().scan_acme(&["--format", "json", "run.log"]).exits(1);
    assert_eq!(paths(&outcome), ["run.log"]);
}

#[test]
fn explain_names_what_was_left_out() {
    place()
        .scan_acme(&["--explain", "--exclude", "kept.log"])
        .says("skipped: build: ignored: named by .gitignore or .ignore\n")
        .says("skipped: kept.log: excluded: named by an exclude option or the configuration\n")
        .says("skipped: run.log: ignored: named by .gitignore or .ignore\n");
}

#[test]
fn excludes_are_globs_as_in_a_gitignore() {
    let place = Place::with_acme_rules();
    place.write("a.py", ACME[0]);
    place.write("deep/a.py", ACME[0]);
    place.write("deep/b.rs", ACME[1]);
    place.write("tests/deep/c.py", ACME[2]);
    for (excludes, expected) in [
        (&["*.py"][..], &["deep/b.rs"][..]),
        (&["/a.py", "tests"], &["deep/a.py", "deep/b.rs"]),
        (&["**/deep"], &["a.py"]),
        (&["deep/", "a.py", "!deep"], &["deep/b.rs"]),
        (
            &["*.{py,rs}"],
            &["a.py", "deep/a.py", "deep/b.rs", "tests/deep/c.py"],
        ),
    ] {
        let mut arguments = vec!["--format", "json"];
        for exclude in excludes {
            arguments.extend(["--exclude", exclude]);
        }
        let outcome = place.scan_acme(&arguments);
        let found = paths(&outcome);
        let found: Vec<&str> = found
            .iter()
            .map(String::as_str)
            .filter(|path| excludes[0] != "deep/" || !path.starts_with("tests"))
            .collect();
        assert_eq!(found, expected, "{excludes:?}");
    }
}

#[test]
fn a_glob_that_is_none_is_refused() {
    Place::new()
        .run(["scan", "--exclude", "src/[a-"])
        .exits(2)
        .warns("error: \"src/[a-\": not a glob")
        .warns("\nhint: globs are written as in .gitignore");
}

#[test]
fn files_over_the_limit_are_left_out_and_counted() {
    let place = Place::with_acme_rules();
    place.write("small", ACME[0]);
    place.write("large", format!("{}{}", ACME[1], " ".repeat(1024)));
    for (limit, expected) in [
        ("29", &["small"][..]),
        ("1k", &["small"]),
        ("1053", &["large", "small"]),
        ("2K", &["large", "small"]),
        ("1G", &["large", "small"]),
    ] {
        let outcome = place
            .scan_acme(&["--format", "json", "--max-file-size", limit])
            .exits(1);
        assert_eq!(paths(&outcome), expected, "{limit}");
    }
    place
        .scan_acme(&["--max-file-size", "1k"])
        .exits(1)
        .says("        1  too-large  larger than the limit that was set\n");
}

/// A scan of nothing must not look like a scan that found nothing.
#[test]
fn a_filter_that_leaves_no_file_is_said_and_is_no_clean_exit() {
    let place = Place::with_acme_rules();
    place.write("a.py", ACME[0]);
    place.write("b.py", ACME[1]);
    place.write(".ignore", "*\n");
    for arguments in [
        &["--ignored", "--exclude", "*"][..],
        &["--ignored", "--max-file-size", "1"],
        &["--max-file-size", "1", "a.py"],
        &[],
    ] {
        place
            .scan_acme(arguments)
            .exits(2)
            .says("no files were scanned: everything was skipped.\n");
    }
}
