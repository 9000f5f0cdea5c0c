//! The hook of a push, on the side that pushes.

use crate::harness::Outcome;
use crate::repository::{Repository, hidden_part, secret_line};

/// A repository whose branch `main` is at a remote, with the hook installed.
fn pushing() -> Repository {
    let repository = Repository::with_commit();
    repository.git(["init", "-q", "--bare", "../remote.git"]);
    repository.git(["remote", "add", "origin", "../remote.git"]);
    repository.git(["push", "-q", "origin", "main"]);
    repository.run(["hook", "install", "--pre-push"]).exits(0);
    repository
}

fn push(repository: &Repository, args: &[&str]) -> Outcome {
    repository.try_git([&["push", "-q", "origin"], args].concat())
}

#[test]
fn an_update_is_judged_by_the_commits_that_the_remote_lacks() {
    let repository = pushing();
    repository.commit("b.txt", "two\n");
    let outcome = push(&repository, &["main"]).exits(0);
    assert_eq!(outcome.stderr, "");
    repository.commit("b.txt", &secret_line(1));
    repository.commit("b.txt", "two\n");
    let bad = repository.git(["rev-parse", "--short=12", "HEAD~1"]);
    push(&repository, &["main"])
        .exits(1)
        .warns("keysift stops this push: secrets in its commits")
        .warns(&format!("{}:b.txt:1", bad.trim()))
        .warns("A U Thor <author@example.org>")
        .warns("SKIP=keysift git push")
        .hides(&hidden_part(1));
    let mut command = repository.git_command(&repository.place.path());
    command
        .env("KEYSIFT_SKIP", "1")
        .args(["push", "-q", "origin", "main"]);
    repository
        .place
        .outcome(command.spawn().unwrap())
        .exits(0)
        .warns("keysift: pre-push was skipped by KEYSIFT_SKIP; nothing was checked");
    // It is known there now.
    repository.commit("c.txt", "three\n");
    push(&repository, &["main"]).exits(0);
}

#[test]
fn a_new_branch_is_judged_by_what_no_branch_of_the_remote_has() {
    let repository = Repository::new();
    repository.commit("old.txt", &secret_line(1));
    repository.git(["init", "-q", "--bare", "../remote.git"]);
    repository.git(["remote", "add", "origin", "../remote.git"]);
    repository.git(["push", "-q", "origin", "main"]);
    repository.run(["hook", "install", "--pre-push"]).exits(0);
    repository.git(["switch", "-q", "-c", "topic"]);
    repository.commit("b.txt", "two\n");
    push(&repository, &["topic"]).exits(0);
    repository.git(["switch", "-q", "-c", "bad"]);
    repository.commit("b.txt", &secret_line(2));
    push(&repository, &["bad"]).exits(1).warns(":b.txt:1");
    // A remote that has nothing of it gets all of it.
    repository.git(["init", "-q", "--bare", "../second.git"]);
    repository.git(["remote", "add", "second", "../second.git"]);
    repository
        .try_git(["push", "-q", "second", "topic"])
        .exits(1)
        .warns(":old.txt:1");
}

#[test]
fn a_forced_push_is_judged_by_its_new_commits() {
    let repository = pushing();
    repository.commit("b.txt", "two\n");
    push(&repository, &["main"]).exits(0);
    repository.git(["reset", "-q", "--hard", "HEAD~1"]);
    repository.commit("b.txt", "three\n");
    push(&repository, &["--force", "main"]).exits(0);
    repository.git(["reset", "-q", "--hard", "HEAD~1"]);
    repository.commit("b.txt", &secret_line(1));
    push(&repository, &["--force", "main"])
        .exits(1)
        .warns(":b.txt:1");
}

#[test]
fn a_deletion_brings_nothing() {
    let repository = pushing();
    repository.git(["push", "-q", "--no-verify", "origin", "main:other"]);
    repository.commit("b.txt", &secret_line(1));
    push(&repository, &["--delete", "other"]).exits(0);
}

#[test]
fn a_tags_message_is_judged() {
    let repository = pushing();
    repository.git(["tag", "-a", "v1", "-m", "first"]);
    push(&repository, &["v1"]).exits(0);
    repository.git(["tag", "-a", "v2", "-m", &secret_line(1)]);
    push(&repository, &["v2"])
        .exits(1)
        .warns("tag v2")
        .hides(&hidden_part(1));
}

#[test]
fn what_is_pushed_may_be_named_with_spaces() {
    let repository = pushing();
    repository.commit("b.txt", &secret_line(1));
    push(&repository, &["HEAD@{0 seconds ago}:refs/heads/x"])
        .exits(1)
        .warns("keysift stops this push");
}

#[test]
fn several_branches_are_judged_in_one_push() {
    let repository = pushing();
    for (branch, text) in [("one", "two\n"), ("two", &*secret_line(1))] {
        repository.git(["switch", "-q", "-c", branch, "main"]);
        repository.commit("b.txt", text);
    }
    push(&repository, &["one", "two"])
        .exits(1)
        .warns(":b.txt:1");
    push(&repository, &["one"]).exits(0);
}

#[test]
fn what_git_would_not_say_is_refused() {
    let repository = pushing();
    let mut command = repository.command(["hook", "run", "pre-push", "--", "origin", "url"]);
    let input = repository.place.outside().join("input");
    std::fs::write(&input, "refs/heads/main \x1b[31m\n").unwrap();
    command.stdin(std::fs::File::open(&input).unwrap());
    repository
        .place
        .outcome(command.spawn().unwrap())
        .exits(2)
        .warns("not what Git tells a hook")
        .hides("\x1b");
}
