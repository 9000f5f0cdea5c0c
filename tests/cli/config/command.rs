//! `keysift config`.

use crate::harness::{ACME, Place};

fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write("a/one.txt", format!("key = {}\n", ACME[0]));
    place
}

#[test]
fn each_value_is_shown_with_where_it_comes_from() {
    let place = place();
    place.write(
        "keysift.toml",
        "[paths]\nexclude = ['x']\n[limits]\nthreads = 2\n",
    );
    place.write("a/keysift.toml", "[paths]\nexclude = ['y']\n[limits]\nthreads = 3\n\n[[allow]]\nreason = 'why'\nvalues = ['z']\n");
    let json = place
        .run(["config", "show", "a", "--format", "json"])
        .exits(0)
        .json();
    let rows: Vec<(&str, &str, &str)> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap();
            (text("key"), text("value"), text("from"))
        })
        .collect();
    for row in [
        ("paths.exclude", "[\"x\"]", "keysift.toml:2"),
        ("paths.exclude", "[\"y\"]", "a/keysift.toml:2"),
        ("limits.threads", "3", "a/keysift.toml:4"),
        ("allow", "\"why\"", "a/keysift.toml:6"),
        ("limits.archives", "true", "default"),
    ] {
        assert!(rows.contains(&row), "{row:?} is not in {rows:#?}");
    }
    assert!(
        !rows
            .iter()
            .any(|row| (row.0, row.1) == ("limits.threads", "2"))
    );
    let text = place.run(["config", "show", "a/one.txt"]).exits(0);
    text.says("limits.threads").says("a/keysift.toml:4");
    place
        .run(["config", "show", "nowhere"])
        .exits(2)
        .warns("nowhere: No such file");
}

#[test]
fn the_environment_is_shown_as_what_wins() {
    let place = place();
    place.write("keysift.toml", "[output]\nmin_confidence = 'low'\n");
    let mut command = place.command(["config", "show"]);
    command.env("KEYSIFT_MIN_CONFIDENCE", "high");
    let outcome = place.outcome(command.spawn().unwrap()).exits(0);
    outcome.says("KEYSIFT_MIN_CONFIDENCE in the environment");
}

#[test]
fn everything_that_is_wrong_is_listed() {
    let place = place();
    place.write("keysift.toml", "[paths]\nexlude = ['x']\nexclude = ['[']\n");
    place.write("a/keysift.toml", "rot = true\n");
    let outcome = place.run(["config", "check"]).exits(2);
    outcome
        .says("keysift.toml:2:1: unknown key \"exlude\" in [paths], did you mean \"exclude\"? (error)\n")
        .says("a/keysift.toml:1:1: unknown key \"rot\" in the file, did you mean \"root\"? (error)\n");
    place.write("keysift.toml", "[paths]\nexclude = ['[']\n");
    place
        .run(["config", "check"])
        .exits(2)
        .says("keysift.toml:2:11: \"[\": not a glob (error)\n");
}

#[test]
fn warnings_are_told_apart() {
    let place = place();
    place.write(
        "keysift.toml",
        "[[allow]]\nreason = 'why'\nvalues = ['.*']\n\n[[allow]]\nreason = 'why'\nexpires = 2020-01-01\nvalues = ['x']\n\n\
         [[allow]]\nreason = 'why'\nrules = ['no-such-rule-*']\nvalues = ['x']\n",
    );
    let outcome = place.run(["config", "check"]).exits(1);
    outcome
        .says("keysift.toml:1:1: the entry allows everything that its rules find (warning)\n")
        .says(
            "keysift.toml:5:1: the entry expired on 2020-01-01 and allows nothing: why (warning)\n",
        )
        .says("keysift.toml:10:1: no rule has the id \"no-such-rule-*\" (warning)\n");
    place.write("keysift.toml", "");
    place
        .run(["config", "check"])
        .exits(0)
        .warns("nothing is wrong\n");
    std::fs::remove_file(place.path().join("keysift.toml")).unwrap();
    place
        .run(["config", "check"])
        .exits(0)
        .warns("no keysift.toml was found");
}

#[test]
fn an_entry_that_allows_nothing_is_dead() {
    let place = place();
    let rules = place.read("../acme.toml");
    place.write(
        "keysift.toml",
        format!(
            "{rules}\n[[allow]]\nreason = 'alive'\nvalues = ['^acme']\n\n\
             [[allow]]\nreason = 'alive behind another'\npaths = ['a/']\n\n\
             [[allow]]\nreason = 'dead'\npaths = ['b/']\n"
        ),
    );
    place.run(["config", "check"]).exits(0);
    let outcome = place.run(["config", "check", "--dead"]).exits(1);
    outcome
        .says("the entry allows nothing that was found: dead (warning)\n")
        .hides("alive");
}

#[test]
fn a_new_file_has_every_key_and_is_not_written_over() {
    let place = place();
    place
        .run(["config", "init"])
        .exits(0)
        .says("keysift.toml: written");
    let text = place.read("keysift.toml");
    assert!(
        text.lines()
            .all(|line| line.is_empty() || line.starts_with('#'))
    );
    place.run(["config", "check"]).exits(0);
    place
        .run(["config", "init"])
        .exits(2)
        .warns("keysift.toml: the file exists");
    let printed = place.run(["config", "init", "--print"]).exits(0);
    assert_eq!(printed.stdout, text);
    // With every example in force it can be read.
    let keys = |line: &&str| line.starts_with("# [") || line.contains(" = ");
    let uncommented: Vec<&str> = text
        .lines()
        .filter(keys)
        .map(|line| line.trim_start_matches("# "))
        .filter(|line| !line.starts_with("extend") && !line.starts_with("files"))
        .collect();
    place.write("keysift.toml", uncommented.join("\n"));
    place
        .run(["config", "show"])
        .exits(0)
        .says("rules.inline_comments");
}

/// Asserts that a file of the documentation holds what the program prints.
#[track_caller]
fn is_documented(name: &str, printed: &str, is_whole: bool) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    let expected = if is_whole {
        printed.to_owned()
    } else {
        let (before, _) = held.split_once("<!-- reference -->\n").unwrap();
        let (_, after) = held.split_once("<!-- end of reference -->\n").unwrap();
        format!("{before}<!-- reference -->\n{printed}<!-- end of reference -->\n{after}")
    };
    if std::env::var_os("KEYSIFT_UPDATE_GOLDENS").is_some() {
        std::fs::write(path, expected).unwrap();
        return;
    }
    assert!(
        held == expected,
        "docs/{name} is stale: KEYSIFT_UPDATE_GOLDENS=1 writes it anew"
    );
}

#[test]
fn the_schema_is_published() {
    let printed = place().run(["config", "schema"]).exits(0);
    is_documented("schema/keysift.schema.json", &printed.stdout, true);
}

#[test]
fn the_reference_is_published() {
    let printed = place().run(["config", "reference"]).exits(0);
    is_documented("configuration.md", &printed.stdout, false);
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_listed_is_no_clean_check() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = place();
    let closed = place.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may read everything can list it all the same.
    let is_listed = std::fs::read_dir(&closed).is_ok();
    let outcome = place.run(["config", "check"]);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    if is_listed {
        outcome.exits(0);
    } else {
        outcome
            .exits(2)
            .says("closed: the directory cannot be listed");
    }
}
