//! What is staged, situation by situation.

use keysift_core::{Origin, Skip};
use keysift_source::git::{ChangeOptions, Scope, Staged};

use crate::harness::{Repo, pairs, visit};

#[test]
fn before_the_first_commit_everything_is_new() {
    let repo = Repo::new();
    assert!(repo.staged().blobs.is_empty());
    repo.add("d/a", "one\ntwo\n");
    let seen = repo.staged();
    assert_eq!(seen.changes(), pairs(&[("d/a", "one\ntwo\n")]));
    assert_eq!(seen.blobs[0].changed, None);
    assert_eq!(
        *seen.blobs[0].origin,
        Origin::Staged {
            path: "d/a".into(),
            stage: 0
        }
    );
}

#[test]
fn a_blob_is_given_whole_with_the_lines_that_changed() {
    let repo = Repo::new();
    repo.add("a", "one\ntwo\nthree\n");
    repo.commit("first");
    repo.add("a", "one\n2\nthree\nfour");
    let seen = repo.staged();
    assert_eq!(seen.blob("a").bytes, b"one\n2\nthree\nfour");
    assert_eq!(seen.changes(), pairs(&[("a", "2\nfour")]));
    let options = ChangeOptions::default().scope(Scope::WholeBlobs);
    let seen = visit(&Staged::new(repo.open(), options), 1).unwrap();
    assert_eq!(seen.blob("a").changed, None);
}

#[test]
fn what_is_staged_in_part_is_seen_as_far_as_it_is_staged() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    repo.add("a", "one\nstaged\n");
    repo.write("a", "one\nstaged\nnot staged\n");
    repo.write("b", "not staged\n");
    assert_eq!(repo.staged().changes(), pairs(&[("a", "staged\n")]));
}

#[test]
fn nothing_of_what_was_only_announced_is_staged() {
    let repo = Repo::new();
    repo.add("d/a", "one\n");
    repo.commit("first");
    repo.write("d/b", "announced\n");
    repo.git(["add", "-N", "d/b"]);
    assert!(repo.staged().blobs.is_empty());
    repo.git(["add", "d/b"]);
    assert_eq!(repo.staged().changes(), pairs(&[("d/b", "announced\n")]));
}

#[test]
fn a_change_of_the_mode_alone_is_none() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    repo.git(["update-index", "--chmod=+x", "a"]);
    assert!(repo.staged().blobs.is_empty());
}

#[test]
fn a_link_is_a_blob_that_holds_its_target() {
    let repo = Repo::new();
    repo.add("a", "target");
    repo.commit("first");
    std::fs::remove_file(repo.path().join("a")).unwrap();
    std::os::unix::fs::symlink("target", repo.path().join("a")).unwrap();
    std::os::unix::fs::symlink("elsewhere", repo.path().join("b")).unwrap();
    repo.git(["add", "-A"]);
    let seen = repo.staged();
    // The bytes are the same and the file is another one.
    assert_eq!(
        seen.changes(),
        pairs(&[("a", "target"), ("b", "elsewhere")])
    );
}

#[test]
fn a_directory_in_place_of_a_file_is_new() {
    let repo = Repo::new();
    repo.add("a", "file\n");
    repo.add("b/c", "nested\n");
    repo.commit("first");
    repo.git(["rm", "-rq", "a", "b"]);
    repo.add("a/x", "deep\n");
    repo.add("b", "flat\n");
    assert_eq!(
        repo.staged().changes(),
        pairs(&[("a/x", "deep\n"), ("b", "flat\n")])
    );
}

#[test]
fn a_file_that_moved_is_compared_with_what_it_was() {
    let repo = Repo::new();
    let text: String = (0..30).map(|number| format!("line {number}\n")).collect();
    repo.add("old/settings.py", &text);
    repo.add("old/same.py", "same\n");
    repo.add("old/other", "other\n");
    repo.commit("first");
    repo.git(["rm", "-rq", "old"]);
    repo.add("new/settings.py", format!("{text}more\n"));
    repo.add("new/renamed.py", "same\n");
    repo.add("new/fresh", "other\nand more\n");
    // `same.py` is as it was; nothing that is gone is called `fresh`.
    assert_eq!(
        repo.staged().changes(),
        pairs(&[
            ("new/fresh", "other\nand more\n"),
            ("new/settings.py", "more\n")
        ])
    );
}

#[test]
fn a_copy_is_new() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    repo.add("b", "one\n");
    assert_eq!(repo.staged().changes(), pairs(&[("b", "one\n")]));
}

#[test]
fn each_side_of_a_conflict_is_a_blob() {
    let repo = Repo::new();
    repo.add("a", "base\nmiddle\n");
    repo.commit("base");
    repo.git(["checkout", "-qb", "theirs"]);
    repo.add("a", "theirs\nmiddle\n");
    repo.commit("theirs");
    repo.git(["checkout", "-q", "main"]);
    repo.add("a", "ours\nmiddle\n");
    repo.commit("ours");
    assert!(!repo.try_git(&["merge", "-q", "theirs"]));
    // Ours is what HEAD has.
    assert_eq!(
        repo.staged().changes(),
        pairs(&[(":1:a", "base\n"), (":3:a", "theirs\n")])
    );
}

#[test]
fn a_submodule_is_counted() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    let id = repo.commit("first");
    let entry = format!("160000,{id},lib");
    repo.git(["update-index", "--add", "--cacheinfo", &entry]);
    let seen = repo.staged();
    assert!(seen.blobs.is_empty());
    assert_eq!(seen.unscanned, [("lib".to_owned(), Skip::Submodule)]);
    repo.commit("with it");
    assert!(repo.staged().unscanned.is_empty());
}

#[test]
fn of_a_large_file_the_pointer_is_given_and_the_content_counted() {
    let repo = Repo::new();
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n",
        "0".repeat(64)
    );
    repo.add("logo.psd", &pointer);
    let seen = repo.staged();
    assert_eq!(seen.changes(), [("logo.psd".to_owned(), pointer)]);
    assert_eq!(seen.unscanned, [("logo.psd".to_owned(), Skip::LfsContent)]);
}

#[test]
fn a_blob_above_the_limit_is_counted() {
    let repo = Repo::new();
    repo.add("a", "12345");
    repo.add("b", "123456");
    let options = ChangeOptions::default().max_blob_bytes(Some(5));
    let seen = visit(&Staged::new(repo.open(), options), 2).unwrap();
    assert_eq!(seen.names(), ["a"]);
    assert_eq!(seen.unscanned, [("b".to_owned(), Skip::TooLarge)]);
}

#[test]
fn an_object_that_is_not_there_or_damaged_is_counted() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.add("b", "two\n");
    repo.add("c", "three\n");
    let object = |name: &str| {
        let id = repo.git(["rev-parse", &format!(":{name}")]);
        repo.path()
            .join(".git/objects")
            .join(&id[..2])
            .join(&id[2..])
    };
    std::fs::remove_file(object("a")).unwrap();
    let damaged = object("b");
    std::fs::remove_file(&damaged).unwrap();
    std::fs::write(&damaged, "not what it was").unwrap();
    let seen = repo.staged();
    assert_eq!(seen.names(), ["c"]);
    assert_eq!(
        seen.unscanned,
        [
            ("a".to_owned(), Skip::MissingObject),
            ("b".to_owned(), Skip::Unreadable)
        ]
    );
}

#[test]
fn a_path_that_is_no_text_is_kept() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let repo = Repo::new();
    let name = OsStr::from_bytes(b"d\xff\n\x1b[31m");
    std::fs::write(repo.path().join(name), "one\n").unwrap();
    repo.git(["add", "-A"]);
    let seen = repo.staged();
    assert_eq!(seen.blobs[0].origin.path().unwrap().as_os_str(), name);
}

/// A stream of zlib that holds these bytes as they are.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend(((b << 16) | a).to_be_bytes());
    out
}

#[test]
fn an_object_that_claims_to_be_huge_takes_no_memory() {
    let repo = Repo::new();
    let id = "12".repeat(20);
    let directory = repo.path().join(".git/objects/12");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join(&id[2..]), stored(b"blob 99999999999\0short")).unwrap();
    let entry = format!("100644,{id},a");
    repo.git(["update-index", "--add", "--cacheinfo", &entry]);
    let seen = repo.staged();
    assert_eq!(seen.unscanned, [("a".to_owned(), Skip::Unreadable)]);
    assert!(seen.messages[0].contains("limit"), "{:?}", seen.messages);
}
