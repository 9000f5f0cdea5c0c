//! Which commits a range has, and how it is named.

use keysift_source::ErrorKind;
use keysift_source::git::{ChangeOptions, Range, Revisions, Scope};

use crate::harness::{Repo, Seen, pairs, visit};

fn messages(seen: &Seen) -> Vec<String> {
    let mut messages: Vec<String> = seen
        .blobs
        .iter()
        .filter(|given| given.name().ends_with(" message"))
        .map(|given| given.text().trim_end().to_owned())
        .collect();
    messages.sort();
    messages
}

/// `base` with two commits on `main` and two on `side`.
fn forked() -> Repo {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("base");
    repo.git(["checkout", "-qb", "side"]);
    for branch in ["main", "side"] {
        repo.git(["checkout", "-q", branch]);
        for number in 1..=2 {
            repo.add(branch, format!("{branch}\n").repeat(number));
            repo.commit(&format!("{branch}{number}"));
        }
    }
    repo
}

#[test]
fn dots_mean_what_they_mean_to_git() {
    let repo = forked();
    for (spec, expected) in [
        ("main..side", vec!["side1", "side2"]),
        ("side..main", vec!["main1", "main2"]),
        ("main..", vec!["side1", "side2"]),
        ("..main", vec!["main1", "main2"]),
        ("main...side", vec!["main1", "main2", "side1", "side2"]),
        ("side", vec!["side2"]),
        ("side^", vec!["side1"]),
        ("side^!", vec!["side2"]),
        ("HEAD~2", vec!["base"]),
        ("side..side", vec![]),
    ] {
        assert_eq!(messages(&repo.range(spec)), expected, "{spec}");
    }
}

#[test]
fn since_the_merge_base_is_what_head_alone_has() {
    let repo = forked();
    let since = |name: &str| repo.try_range(Revisions::SinceMergeBase(name.to_owned()));
    assert_eq!(messages(&since("main").unwrap()), ["side1", "side2"]);
    assert_eq!(messages(&since("side^").unwrap()), ["side2"]);
    repo.git(["checkout", "-q", "--orphan", "other"]);
    repo.commit("other");
    let error = since("main").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoMergeBase);
}

#[test]
fn a_commit_without_parents_brings_in_everything() {
    let repo = forked();
    assert_eq!(repo.range("HEAD~2").files(), pairs(&[("a", "one\n")]));
}

#[test]
fn a_tag_names_the_commit_it_is_of() {
    let repo = forked();
    repo.git(["tag", "-m", "tagged", "v1", "main^"]);
    assert_eq!(messages(&repo.range("v1")), ["main1", "tagged"]);
    assert_eq!(messages(&repo.range("v1..main")), ["main2"]);
}

#[test]
fn what_is_no_revision_is_an_error() {
    let repo = forked();
    for spec in [
        "nowhere",
        "nowhere..main",
        "main..nowhere",
        "",
        "--all",
        "^main",
        "HEAD^{tree}",
        "side~9",
    ] {
        let error = repo
            .try_range(Revisions::Spec(spec.to_owned()))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RevisionNotFound, "{spec}");
        assert!(error.hint().is_some());
        assert!(error.to_string().starts_with(spec), "{error}");
    }
    let error = repo
        .try_range(Revisions::SinceMergeBase("main..side".to_owned()))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RevisionNotFound);
}

#[test]
fn before_the_first_commit_there_is_no_range() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    for revisions in [
        Revisions::Spec("HEAD".into()),
        Revisions::SinceMergeBase("HEAD".into()),
    ] {
        let error = repo.try_range(revisions).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCommit);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let repo = Repo::new();
    for number in 0..40 {
        repo.add(&format!("d{}/f{number}", number % 3), format!("{number}\n"));
        repo.commit(&format!("c{number}"));
    }
    let told = |threads: usize| {
        let revisions = Revisions::Spec("HEAD~39..HEAD".to_owned());
        let range = Range::new(repo.open(), revisions, ChangeOptions::default());
        visit(&range, threads).unwrap().changes()
    };
    assert_eq!(told(1), told(4));
    assert_eq!(told(1).len(), 78);
}

#[test]
fn whole_blobs_are_given_where_they_are_asked_for() {
    let repo = forked();
    let options = ChangeOptions::default().scope(Scope::WholeBlobs);
    let range = Range::new(repo.open(), Revisions::Spec("HEAD".to_owned()), options);
    let seen = visit(&range, 2).unwrap();
    assert_eq!(seen.files(), pairs(&[("side", "side\nside\n")]));
}

#[test]
fn trees_that_contain_each_other_many_times_over_come_to_an_end() {
    let repo = Repo::new();
    let blob = String::from_utf8(repo.bytes(["hash-object", "-w", "--stdin"], b"x\n")).unwrap();
    let mut entry = format!("100644 blob {}", blob.trim());
    for _ in 0..9 {
        let entries: String = (0..10).map(|at| format!("{entry}\td{at}\n")).collect();
        let tree = String::from_utf8(repo.bytes(["mktree"], entries.as_bytes())).unwrap();
        entry = format!("040000 tree {}", tree.trim());
    }
    let tree = entry.rsplit(' ').next().unwrap();
    let commit = repo.git(["commit-tree", "-m", "many", tree]);
    let revisions = Revisions::Spec(commit);
    let range = Range::new(repo.open(), revisions, ChangeOptions::default());
    let count = std::sync::atomic::AtomicUsize::new(0);
    struct Count<'a>(&'a std::sync::atomic::AtomicUsize);
    impl keysift_source::Visitor for Count<'_> {
        fn blob(&mut self, _: keysift_core::Blob<'_>) -> std::ops::ControlFlow<()> {
            // The rest would only take time.
            let seen = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if seen > 1000 {
                std::ops::ControlFlow::Break(())
            } else {
                std::ops::ControlFlow::Continue(())
            }
        }
        fn stream(
            &mut self,
            _: &std::sync::Arc<keysift_core::Origin>,
            _: &mut dyn std::io::Read,
        ) -> std::io::Result<std::ops::ControlFlow<()>> {
            unreachable!("the blob is small")
        }
        fn unscanned(&mut self, unscanned: keysift_core::Unscanned) -> std::ops::ControlFlow<()> {
            panic!("{unscanned:?}")
        }
    }
    use keysift_source::Source;
    let stop = std::sync::atomic::AtomicBool::new(false);
    range
        .visit(std::num::NonZeroUsize::MIN, &stop, &|| {
            Box::new(Count(&count))
        })
        .unwrap();
    assert!(count.into_inner() > 1000);
}
