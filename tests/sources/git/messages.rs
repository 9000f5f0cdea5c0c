//! Messages of commits and tags, notes, and who wrote them.

use keysift_core::Origin;

use crate::harness::{Repo, git_in};

#[test]
fn a_commit_tells_its_author_and_its_message() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    let mut git = git_in(repo.path());
    git.env("GIT_AUTHOR_NAME", "E\u{1b}[31mvil \u{202e}")
        .env("GIT_AUTHOR_EMAIL", "e\u{9b}@x");
    assert!(
        git.args(["commit", "-qm", "subject\n\nbody"])
            .status()
            .unwrap()
            .success()
    );
    let id = repo.git(["rev-parse", "HEAD"]);
    let seen = repo.range("HEAD");
    let short = &id[..12];
    let message = seen.blob(&format!("commit {short} message"));
    assert_eq!(message.bytes, b"subject\n\nbody\n");
    let commit = message.origin.commit().unwrap();
    assert_eq!(commit.id, id);
    assert_eq!(commit.author, "E\u{1b}[31mvil \u{202e}");
    assert_eq!(commit.email, "e\u{9b}@x");
    assert_eq!(
        commit.date.unwrap().to_string(),
        "2009-02-13T20:01:30-03:30"
    );
    let file = seen.blob(&format!("{short}:a"));
    assert_eq!(file.origin.commit(), Some(commit));
}

#[test]
fn an_author_line_that_is_no_text_or_has_no_date_is_no_obstacle() {
    let repo = Repo::new();
    let tree = repo.git(["mktree"]);
    let object = [
        format!("tree {tree}\n").as_bytes(),
        b"author \xff\x1b <\xfe> not-a-date\n",
        b"committer C <c@x> 1234567890 +0000\n\nhello\n",
    ]
    .concat();
    let id = repo.bytes(
        [
            "hash-object",
            "-t",
            "commit",
            "-w",
            "--literally",
            "--stdin",
        ],
        &object,
    );
    let id = String::from_utf8(id).unwrap();
    let seen = repo.range(id.trim());
    assert_eq!(seen.blobs.len(), 1, "{:?}", seen.unscanned);
    assert_eq!(seen.blobs[0].bytes, b"hello\n");
    let commit = seen.blobs[0].origin.commit().unwrap();
    assert_eq!(commit.date, None);
}

#[test]
fn annotated_tags_of_the_range_are_given() {
    let repo = Repo::new();
    let first = repo.commit("first");
    let second = repo.commit("second");
    repo.git(["tag", "-m", "of the first", "before", &first]);
    repo.git(["tag", "-m", "of the second", "v1", &second]);
    repo.git(["tag", "light", &second]);
    repo.git(["tag", "-m", "of the tag", "v1-signed", "v1"]);
    let tree = repo.git(["rev-parse", "HEAD^{tree}"]);
    repo.git(["tag", "-m", "of a tree", "tree", &tree]);
    for is_packed in [false, true] {
        if is_packed {
            repo.git(["pack-refs", "--all"]);
        }
        let seen = repo.range("HEAD^..HEAD");
        let mut tags: Vec<(String, String)> = seen
            .changes()
            .into_iter()
            .filter(|(name, _)| name.starts_with("tag "))
            .collect();
        tags.sort();
        let expected = [
            ("tag v1 message", "of the second\n"),
            ("tag v1-signed message", "of the second\n"),
            ("tag v1-signed message", "of the tag\n"),
        ];
        assert_eq!(tags, crate::harness::pairs(&expected), "{is_packed}");
    }
    let seen = repo.range("HEAD");
    let tag = seen.blobs.iter().find_map(|given| match &*given.origin {
        Origin::TagMessage(tag) => Some(tag),
        _ => None,
    });
    assert_eq!(tag.unwrap().tagger, "C O Mitter");
}

#[test]
fn notes_on_commits_of_the_range_are_given() {
    let repo = Repo::new();
    let first = repo.commit("first");
    repo.git(["notes", "add", "-m", "on the first", &first]);
    let second = repo.commit("second");
    repo.git(["notes", "add", "-m", "on the second", &second]);
    repo.git(["notes", "--ref", "review", "add", "-m", "review", &second]);
    let notes = |repo: &Repo| -> Vec<(String, String)> {
        let seen = repo.range("HEAD^..HEAD");
        let all = seen.changes().into_iter();
        all.filter(|(name, _)| name.contains(" note in ")).collect()
    };
    let short = &second[..12];
    let expected = [
        (
            format!("commit {short} note in commits"),
            "on the second\n".to_owned(),
        ),
        (
            format!("commit {short} note in review"),
            "review\n".to_owned(),
        ),
    ];
    assert_eq!(notes(&repo), expected);
    // Where there are many, they are kept in directories.
    let note = repo.git(["rev-parse", &format!("refs/notes/commits:{second}")]);
    let tree = |entry: String| {
        let id = repo.bytes(["mktree"], entry.as_bytes());
        String::from_utf8(id).unwrap().trim_end().to_owned()
    };
    let inner = tree(format!("100644 blob {note}\t{}\n", &second[2..]));
    let outer = tree(format!("040000 tree {inner}\t{}\n", &second[..2]));
    let commit = repo.git(["commit-tree", "-m", "notes", &outer]);
    repo.git(["update-ref", "refs/notes/commits", &commit]);
    assert_eq!(notes(&repo), expected);
}
