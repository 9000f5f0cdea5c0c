//! Files of configuration that somebody made to do harm.

use crate::harness::{ACME, Place};

fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write("one.txt", format!("key = {}\n", ACME[0]));
    place
}

#[test]
fn a_file_cannot_read_outside_of_its_tree() {
    let place = place();
    place.write("../secret.toml", "hunter2:x:0\n");
    let outside = place.outside().join("secret.toml");
    for named in [
        "../secret.toml",
        &outside.display().to_string(),
        "a/../../secret.toml",
    ] {
        for key in ["extend = ['{}']", "[rules]\nfiles = ['{}']"] {
            place.write("keysift.toml", key.replace("{}", named));
            place
                .scan_acme(&[])
                .exits(2)
                .warns("lies outside of the tree that names it")
                .hides("hunter2");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_outside() {
    let place = place();
    place.write("../secret.toml", "hunter2 = 1\n");
    std::os::unix::fs::symlink("../secret.toml", place.path().join("keysift.toml")).unwrap();
    place
        .scan_acme(&[])
        .exits(2)
        .warns("lies outside of the tree that names it")
        .hides("hunter2");
    std::fs::remove_file(place.path().join("keysift.toml")).unwrap();
    place.write("base/own.toml", "[paths]\nexclude = ['one.txt']\n");
    std::os::unix::fs::symlink("base/own.toml", place.path().join("keysift.toml")).unwrap();
    place.scan_acme(&["one.txt"]).exits(0);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    let place = place();
    std::fs::create_dir(place.path().join("keysift.toml")).unwrap();
    place
        .scan_acme(&[])
        .exits(2)
        .warns("keysift.toml: is no file");
    std::fs::remove_dir(place.path().join("keysift.toml")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(place.path().join("keysift.toml"))
        .status()
        .unwrap();
    assert!(made.success());
    place
        .scan_acme(&[])
        .exits(2)
        .warns("keysift.toml: is no file");
}

#[test]
fn a_file_of_any_length_is_refused_at_once() {
    let place = place();
    let file = std::fs::File::create(place.path().join("keysift.toml")).unwrap();
    file.set_len(100 << 20).unwrap();
    place
        .scan_acme(&[])
        .exits(2)
        .warns("keysift.toml: has more than 1048576 bytes")
        .warns("hint: --no-config scans without files of configuration");
}

#[test]
fn files_that_extend_one_another_in_a_circle_are_refused() {
    let place = place();
    place.write("keysift.toml", "extend = ['a.toml']\n");
    place.write("a.toml", "extend = ['keysift.toml']\n");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("keysift.toml: the file extends itself");
    for step in 0..40 {
        place.write(
            format!("{step}.toml"),
            format!("extend = ['{}.toml']\n", step + 1),
        );
    }
    place.write("keysift.toml", "extend = ['0.toml']\n");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("more than 16 files extend one another");
}

#[test]
fn a_file_that_is_extended_many_times_over_is_refused() {
    let place = place();
    let twice = |next: usize| format!("extend = ['{next}.toml', '{next}.toml', '{next}.toml']\n");
    for step in 0..10 {
        place.write(format!("{step}.toml"), twice(step + 1));
    }
    place.write("10.toml", "");
    place.write("keysift.toml", twice(0));
    place.scan_acme(&[]).exits(2).warns("more than 64 files");
}

#[test]
fn a_pattern_that_blows_up_is_an_error() {
    let place = place();
    for pattern in ["((a{1000}){1000}){1000}", "(?:(?:(?:a?){100}){100}){100}"] {
        let entry = format!("[[allow]]\nreason = 'why'\nvalues = ['{pattern}']\n");
        place.write("keysift.toml", entry);
        place
            .scan_acme(&[])
            .exits(2)
            .warns("\"values\": pattern 1: it would take too much memory");
    }
}

#[test]
fn bytes_of_a_file_do_not_reach_the_terminal() {
    let place = place();
    place.write("keysift.toml", "\"\u{1b}[2J\" = 1\n");
    place.scan_acme(&[]).exits(2).hides("\u{1b}");
    place.write("keysift.toml", b"a = '\xff'");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("keysift.toml: is not UTF-8");
    place.write("keysift.toml", "a = [".repeat(5000));
    place.scan_acme(&[]).exits(2);
}

#[cfg(unix)]
#[test]
fn outside_of_a_repository_a_directory_of_everyones_has_no_say() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::with_acme_rules();
    place.write("open/own/one.txt", format!("key = {}\n", ACME[0]));
    place.write("open/keysift.toml", "[paths]\nexclude = ['*']\n");
    place.scan_acme(&["open/own"]).exits(2);
    let open = place.path().join("open");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
    place.scan_acme(&["open/own"]).exits(1);
}
