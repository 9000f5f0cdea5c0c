//! Places in which Git's own diffs, or the tools that read them, show nothing.

use keysift_core::{Origin, Skip};

use crate::harness::{Repo, pairs};

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xFF, 0xFE].into_iter().chain(units).collect()
}

#[test]
fn a_file_without_diffs_or_with_a_zero_byte_is_compared_all_the_same() {
    let repo = Repo::new();
    repo.add(".gitattributes", "*.bin -diff\n*.nul binary\n");
    repo.add("a.bin", "one\n");
    repo.add("b.nul", b"one\0\n");
    repo.add("c", b"one\0\n");
    repo.commit("first");
    assert!(
        repo.range("HEAD")
            .blob(&format!("{}:a.bin", &repo.git(["rev-parse", "HEAD"])[..12]))
            .changed
            .is_none()
    );
    repo.add("a.bin", "one\ntwo\n");
    repo.add("b.nul", b"one\0\ntwo\n");
    repo.add("c", b"one\0\ntwo\n");
    let expected = pairs(&[("a.bin", "two\n"), ("b.nul", "two\n"), ("c", "two\n")]);
    assert_eq!(repo.staged().changes(), expected);
    repo.commit("second");
    assert_eq!(repo.range("HEAD").files(), expected);
}

#[test]
fn utf_16_is_compared_as_text() {
    let repo = Repo::new();
    repo.add("a", utf16("one\nzwei ü\n"));
    repo.commit("first");
    repo.add("a", utf16("one\nzwei ü\nthree\n"));
    let seen = repo.staged();
    assert_eq!(seen.changes(), pairs(&[("a", "three\n")]));
    assert_eq!(seen.blob("a").bytes, "one\nzwei ü\nthree\n".as_bytes());
    // The same text in another encoding has nothing new.
    repo.add("a", "\u{feff}one\nzwei ü\n");
    assert_eq!(repo.staged().changes(), pairs(&[("a", "")]));
}

#[test]
fn another_line_end_makes_another_line() {
    let repo = Repo::new();
    repo.add("a", "one\ntwo\n");
    repo.commit("first");
    repo.add("a", "one\r\ntwo\n");
    assert_eq!(repo.staged().changes(), pairs(&[("a", "one\r\n")]));
}

#[test]
fn a_very_long_line_is_one() {
    let repo = Repo::new();
    let long = "x".repeat(3 << 20);
    repo.add("a", format!("one\n{long}\n"));
    repo.commit("first");
    repo.add("a", format!("one\n{long}y\n"));
    let seen = repo.staged();
    assert_eq!(seen.blob("a").text(), format!("{long}y\n"));
}

#[test]
fn a_huge_blob_counts_as_changed_as_a_whole() {
    let repo = Repo::new();
    let huge = "0123456789abcde\n".repeat(600_000);
    repo.add("a", &huge);
    repo.add("b", utf16(&huge[..4 << 20]));
    repo.commit("first");
    repo.add("a", format!("{huge}new\n"));
    repo.add("b", utf16(&format!("{}new\n", &huge[..4 << 20])));
    let seen = repo.staged();
    assert_eq!(seen.blob("a").changed, None);
    assert_eq!(seen.blob("a").bytes.len(), huge.len() + 4);
    assert_eq!(seen.blob("b").changed, None);
    assert!(seen.blob("b").bytes.ends_with(b"e\nnew\n"));
}

#[test]
fn what_was_taken_out_leaves_a_place() {
    let repo = Repo::new();
    repo.add("a", "one\nbetween\ntwo\n");
    repo.commit("first");
    repo.add("a", "one\ntwo\n");
    let seen = repo.staged();
    let spans = seen.blob("a").changed.as_deref().unwrap();
    assert_eq!(spans, [keysift_core::Span::new(4, 4)]);
}

#[test]
fn an_evil_merge_brings_in_what_no_parent_has() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.add("b", "bee\n");
    repo.commit("base");
    repo.git(["checkout", "-qb", "side"]);
    repo.add("a", "one\nside\n");
    repo.commit("side");
    repo.git(["checkout", "-q", "main"]);
    repo.add("b", "bee\nmain\n");
    repo.commit("main");
    repo.git(["merge", "-q", "--no-commit", "side"]);
    repo.add("a", "one\nside\nevil\n");
    repo.add("only-here", "evil too\n");
    repo.commit("merge");
    assert_eq!(
        repo.range("HEAD").files(),
        pairs(&[("a", "evil\n"), ("only-here", "evil too\n")])
    );
}

#[test]
fn what_stands_across_the_seam_of_a_merge_is_in_no_parent() {
    let repo = Repo::new();
    repo.add("a", "one\nfour\n");
    repo.commit("base");
    repo.git(["checkout", "-qb", "side"]);
    repo.add("a", "one\ntwo\nfour\n");
    repo.commit("side");
    repo.git(["checkout", "-q", "main"]);
    repo.add("a", "one\nthree\nfour\n");
    repo.commit("main");
    assert!(!repo.try_git(&["merge", "-q", "side"]));
    repo.add("a", "one\ntwo\nthree\nfour\n");
    repo.commit("merge");
    let seen = repo.range("HEAD");
    let given = seen
        .blobs
        .iter()
        .find(|given| given.origin.path().is_some());
    let spans = given.unwrap().changed.as_deref().unwrap();
    assert_eq!(spans, [keysift_core::Span::new(8, 8)]);
}

#[test]
fn a_commit_that_was_amended_is_read_by_its_id() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    repo.add("a", "one\nsecret\n");
    let amended = repo.commit("second");
    repo.add("a", "one\nharmless\n");
    repo.git(["commit", "-q", "--amend", "-m", "second"]);
    assert_eq!(repo.range(&amended).files(), pairs(&[("a", "secret\n")]));
    assert_eq!(repo.range("HEAD").files(), pairs(&[("a", "harmless\n")]));
    assert_eq!(
        repo.range("HEAD^..HEAD@{1}").files(),
        pairs(&[("a", "secret\n")])
    );
}

#[test]
fn a_file_that_moves_and_changes_in_a_commit_is_compared() {
    let repo = Repo::new();
    repo.add("old/a", "one\ntwo\n");
    repo.add("old/b", "bee\n");
    repo.commit("first");
    repo.git(["mv", "old", "new"]);
    repo.add("new/a", "one\nsecret\ntwo\n");
    repo.commit("second");
    assert_eq!(repo.range("HEAD").files(), pairs(&[("new/a", "secret\n")]));
}

#[test]
fn links_types_and_modes_are_seen_in_commits_too() {
    let repo = Repo::new();
    repo.add("a", "target");
    repo.add("b", "one\n");
    repo.add("c", "one\n");
    let first = repo.commit("first");
    std::fs::remove_file(repo.path().join("a")).unwrap();
    std::os::unix::fs::symlink("target", repo.path().join("a")).unwrap();
    repo.git(["add", "a"]);
    repo.git(["update-index", "--chmod=+x", "b"]);
    repo.git(["update-index", "--cacheinfo", &format!("160000,{first},c")]);
    repo.git(["commit", "-qm", "second"]);
    let seen = repo.range("HEAD");
    assert_eq!(seen.files(), pairs(&[("a", "target")]));
    let short = &repo.git(["rev-parse", "HEAD"])[..12];
    assert_eq!(seen.unscanned, [(format!("{short}:c"), Skip::Submodule)]);
}

#[test]
fn a_version_that_two_commits_bring_in_is_given_once_for_the_older() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    for (branch, time) in [("later", 1_300_000_200), ("earlier", 1_300_000_100)] {
        repo.git(["checkout", "-qb", branch, "main"]);
        repo.add("a", "one\ntwo\n");
        let date = format!("{time} +0000");
        let mut git = crate::harness::git_in(repo.path());
        git.env("GIT_COMMITTER_DATE", &date)
            .env("GIT_AUTHOR_DATE", &date);
        assert!(
            git.args(["commit", "-qm", branch])
                .status()
                .unwrap()
                .success()
        );
    }
    let earlier = repo.git(["rev-parse", "earlier"]);
    let seen = repo.range("earlier...later");
    assert_eq!(seen.files(), pairs(&[("a", "two\n")]));
    let file = seen.blobs.iter().find_map(|given| match &*given.origin {
        Origin::Committed { commit, .. } => Some(commit),
        _ => None,
    });
    assert_eq!(file.unwrap().id, earlier);
}

#[test]
fn a_replacement_and_a_graft_hide_nothing() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    let first = repo.commit("first");
    repo.add("a", "one\nsecret\n");
    let second = repo.commit("second");
    repo.git(["replace", "--graft", &second]);
    let harmless = repo.git(["rev-parse", &format!("{first}:a")]);
    let secret = repo.git(["rev-parse", &format!("{second}:a")]);
    repo.git(["replace", "-f", &secret, &harmless]);
    assert_eq!(repo.range(&second).files(), pairs(&[("a", "secret\n")]));
    assert_eq!(
        repo.range(&format!("{first}..main")).files(),
        pairs(&[("a", "secret\n")])
    );
}
