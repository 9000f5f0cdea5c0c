//! `keysift git`: what is staged, and ranges of commits. The whole history is `history.rs`'s.

use crate::harness::{Place, npm_token};
use crate::repository::{Repository, hidden_part, secret_line};

#[test]
fn what_is_staged_is_found_with_its_line_and_what_was_there_is_not() {
    let repository = Repository::new();
    repository.commit("a.txt", &format!("one\n{}", secret_line(1)));
    repository.run(["git", "--staged"]).exits(0);
    repository.stage(
        "a.txt",
        &format!("one\n{}two\n{}", secret_line(1), secret_line(2)),
    );
    let json = repository
        .run(["git", "--staged", "--format", "json"])
        .exits(1)
        .json();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{json:#}");
    assert_eq!(findings[0]["start"]["line"], 4, "{json:#}");
    let whole = repository
        .run(["git", "--staged", "--whole-files", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(whole["findings"].as_array().unwrap().len(), 2);
}

#[test]
fn the_index_is_judged_and_not_the_working_tree() {
    let repository = Repository::with_commit();
    repository.stage("a.txt", &secret_line(1));
    repository.place.write("a.txt", "one\n");
    repository.run(["git", "--staged"]).exits(1);
    repository.git(["add", "a.txt"]);
    repository.place.write("a.txt", secret_line(1));
    repository.run(["git", "--staged"]).exits(0);
}

#[test]
fn before_the_first_commit_all_that_is_staged_is_new() {
    let repository = Repository::new();
    repository.stage("a.txt", &secret_line(1));
    repository.run(["git", "--staged"]).exits(1).says("a.txt");
}

#[test]
fn a_range_finds_what_a_later_commit_removes() {
    let repository = Repository::with_commit();
    repository.commit("a.txt", &secret_line(1));
    repository.commit("a.txt", "one\n");
    let base = repository.git(["rev-parse", "HEAD~2"]);
    let base = base.trim();
    let bad = repository.git(["rev-parse", "--short=12", "HEAD~1"]);
    for args in [
        &["--range", &format!("{base}..HEAD")][..],
        &["--range", "HEAD~1"],
        &["--since-merge-base", base],
    ] {
        repository
            .run([&["git"], args].concat())
            .exits(1)
            .says(bad.trim())
            .says("author@example.org")
            .hides(&hidden_part(1));
    }
    repository.run(["git", "--range", "HEAD"]).exits(0);
    repository.run(["git", "--range", "HEAD..HEAD"]).exits(0);
}

#[test]
fn since_the_merge_base_only_the_own_side_counts() {
    let repository = Repository::with_commit();
    repository.git(["switch", "-q", "-c", "topic"]);
    repository.commit("topic.txt", "two\n");
    repository.git(["switch", "-q", "main"]);
    repository.commit("main.txt", &secret_line(1));
    repository.git(["switch", "-q", "topic"]);
    repository
        .run(["git", "--since-merge-base", "main"])
        .exits(0);
    repository
        .run(["git", "--range", "main...topic"])
        .exits(1)
        .says("main.txt");
}

#[test]
fn a_message_is_found_as_well() {
    let repository = Repository::new();
    repository.stage("a.txt", "one\n");
    repository.git(["commit", "-q", "-m", &secret_line(1)]);
    repository
        .run(["git", "--range", "HEAD"])
        .exits(1)
        .says("message");
}

#[test]
fn a_bare_repository_and_one_from_elsewhere_are_read() {
    let repository = Repository::new();
    repository.commit("a.txt", &secret_line(1));
    repository.git(["clone", "-q", "--bare", ".", "../bare.git"]);
    repository
        .run(["git", "--range", "HEAD", "../bare.git"])
        .exits(1)
        .says("a.txt");
    let sub = repository.place.path().join("sub");
    std::fs::create_dir(&sub).unwrap();
    repository
        .run_in(&sub, ["git", "--range", "HEAD"])
        .exits(1)
        .says("a.txt");
}

#[test]
fn a_shallow_clone_is_said_to_lack_what_it_lacks() {
    let repository = Repository::with_commit();
    repository.commit("b.txt", "two\n");
    let url = format!("file://{}", repository.place.path().display());
    let clone = repository.place.outside().join("clone");
    let name = clone.display().to_string();
    repository.git(["clone", "-q", "--depth", "1", &url, &name]);
    repository
        .run_in(&clone, ["git", "--range", "HEAD~1..HEAD"])
        .exits(2)
        .warns("no such revision")
        .warns("fetch-depth: 0");
    repository
        .run_in(&clone, ["git", "--range", "HEAD"])
        .exits(3);
}

#[test]
fn wrong_usage_is_refused_with_a_hint() {
    let repository = Repository::with_commit();
    for args in [
        &["git", "--staged", "--range", "HEAD"][..],
        &["git", "--range"],
        &["git", "--range", "HEAD", "--since-merge-base", "HEAD"],
    ] {
        repository.run(args.iter().copied()).exits(2);
    }
    repository
        .run(["git", "--range", "nowhere..HEAD"])
        .exits(2)
        .warns("nowhere..HEAD: no such revision")
        .warns("hint: ");
    repository
        .run(["git", "--range=--output=x"])
        .exits(2)
        .warns("no such revision");
    Repository::new()
        .run(["git", "--range", "HEAD"])
        .exits(2)
        .warns("has no commit yet");
}

#[test]
fn what_is_no_repository_is_refused() {
    let place = Place::new();
    for args in [
        &["git", "--staged"][..],
        &["git", "--range", "HEAD"],
        &["hook", "install"],
        &["hook", "uninstall"],
        &["hook", "status"],
        &["hook", "run", "pre-commit"],
    ] {
        place
            .run(args.iter().copied())
            .exits(2)
            .warns("not in a Git repository")
            .warns("hint: ");
    }
}

#[test]
fn nothing_is_written_by_a_scan() {
    let repository = Repository::with_commit();
    repository.commit("b.txt", &secret_line(1));
    repository.stage("c.txt", &secret_line(2));
    // The index no longer agrees with the working tree's times, which `git status` would write down.
    repository.place.write("a.txt", "one\n");
    let before = repository.listing();
    repository.run(["git", "--staged"]).exits(1);
    repository.run(["git", "--range", "HEAD"]).exits(1);
    repository.run(["hook", "run", "pre-commit"]).exits(1);
    repository.run(["hook", "status"]).exits(0);
    assert!(before == repository.listing(), "something was written");
}

#[test]
fn a_hostile_path_is_escaped_and_no_secret_is_shown() {
    let repository = Repository::with_commit();
    repository.stage("evil\x1b[31m\n.txt", &secret_line(1));
    for args in [&["git", "--staged"][..], &["hook", "run", "pre-commit"]] {
        repository
            .run(args.iter().copied())
            .exits(1)
            .hides("\x1b")
            .hides("\n.txt")
            .hides(&hidden_part(1));
    }
    repository
        .run(["git", "--staged", "--show-secrets"])
        .exits(1)
        .says(&npm_token(1));
}

#[test]
fn a_submodule_alone_is_said_and_is_no_mistake() {
    let repository = Repository::with_commit();
    let head = repository.git(["rev-parse", "HEAD"]);
    let entry = format!("160000,{},vendor", head.trim());
    repository.git(["update-index", "--add", "--cacheinfo", &entry]);
    repository
        .run(["git", "--staged"])
        .exits(0)
        .says("submodule");
}

/// Git takes such a file for binary and shows no lines of it.
#[test]
fn what_a_change_adds_to_text_in_utf_16_is_found_by_its_line() {
    let wide = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let repository = Repository::new();
    let before = format!("one\n{}", secret_line(1));
    repository.place.write("a.txt", wide(&before));
    repository.git(["add", "."]);
    repository.git(["commit", "-q", "-m", "change"]);
    let after = format!("{before}two\n{}", secret_line(2));
    repository.place.write("a.txt", wide(&after));
    repository.git(["add", "."]);
    let line_of = |args: &[&str]| {
        let json = repository.run(args.iter().copied()).exits(1).json();
        let findings = json["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{json:#}");
        findings[0]["line"].as_u64()
    };
    assert_eq!(line_of(&["git", "--staged", "--format", "json"]), Some(4));
    repository.git(["commit", "-q", "-m", "change"]);
    assert_eq!(
        line_of(&["git", "--range", "HEAD", "--format", "json"]),
        Some(4)
    );
}
