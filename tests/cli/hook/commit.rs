//! The hooks of a commit.

use crate::harness::Outcome;
use crate::repository::{Repository, hidden_part, secret_line};

fn installed(hooks: &[&str]) -> Repository {
    let repository = Repository::with_commit();
    repository
        .run([&["hook", "install"], hooks].concat())
        .exits(0);
    repository
}

fn commit(repository: &Repository, args: &[&str]) -> Outcome {
    repository.try_git([&["commit", "-q", "-m", "change"], args].concat())
}

#[test]
fn a_commit_without_a_secret_is_let_through_without_a_word() {
    let repository = installed(&[]);
    repository.stage("b.txt", "two\n");
    let outcome = commit(&repository, &[]).exits(0);
    assert_eq!((&*outcome.stdout, &*outcome.stderr), ("", ""));
}

#[test]
fn a_blocked_commit_says_what_where_and_what_to_do() {
    let repository = installed(&[]);
    repository.stage("it's a.txt", &format!("one\n{}", secret_line(1)));
    commit(&repository, &[])
        .exits(1)
        .warns("keysift stops this commit: secrets in what is staged")
        .warns("it's a.txt:2")
        .warns("npm-access-token")
        .warns("git restore --staged --")
        .warns("keysift:allow")
        .warns("SKIP=keysift git commit")
        .hides(&hidden_part(1));
    assert_eq!(repository.git(["rev-list", "--count", "HEAD"]), "1\n");
    let allowed = secret_line(1).replace('\n', " # keysift:allow npm-access-token\n");
    repository.stage("it's a.txt", &format!("one\n{allowed}"));
    commit(&repository, &[]).exits(0);
}

#[test]
fn of_a_partly_staged_file_the_staged_part_counts() {
    let repository = installed(&[]);
    repository.stage("b.txt", "two\n");
    repository
        .place
        .write("b.txt", format!("two\n{}", secret_line(1)));
    commit(&repository, &[]).exits(0);
    repository.git(["add", "b.txt"]);
    repository.place.write("b.txt", "two\n");
    commit(&repository, &[]).exits(1).warns("b.txt:2");
}

#[test]
fn commits_of_all_files_and_of_one_are_judged_by_their_own_index() {
    let repository = installed(&[]);
    repository.commit("b.txt", "two\n");
    repository.place.write("a.txt", secret_line(1));
    repository.place.write("b.txt", "three\n");
    commit(&repository, &["-a"]).exits(1).warns("a.txt:1");
    // Neither file is in the index that `git add` writes.
    commit(&repository, &["--", "b.txt"]).exits(0);
    commit(&repository, &["--", "a.txt"])
        .exits(1)
        .warns("a.txt:1");
    // What is staged beside the file that is committed is no part of the commit.
    repository.git(["add", "a.txt"]);
    repository.place.write("b.txt", "four\n");
    commit(&repository, &["--", "b.txt"]).exits(0);
}

#[test]
fn an_amended_commit_is_judged_by_what_it_adds_to_its_parent() {
    let repository = installed(&[]);
    repository.commit("b.txt", "two\n");
    repository.stage("b.txt", &secret_line(1));
    commit(&repository, &["--amend"]).exits(1).warns("b.txt:1");
}

#[test]
fn a_skipped_hook_is_said() {
    let repository = installed(&["--pre-commit", "--commit-msg"]);
    for (variable, value, is_skipped) in [
        ("SKIP", "eslint, keysift", true),
        ("SKIP", "keysifter", false),
        ("KEYSIFT_SKIP", "", false),
        ("KEYSIFT_SKIP", "an emergency", true),
    ] {
        repository.stage("b.txt", &secret_line(1));
        let mut command = repository.git_command(&repository.place.path());
        command
            .env(variable, value)
            .args(["commit", "-q", "-m", "x"]);
        let outcome = repository.place.outcome(command.spawn().unwrap());
        if is_skipped {
            outcome
                .exits(0)
                .warns(&format!(
                    "keysift: pre-commit was skipped by {variable}; nothing was checked\n"
                ))
                .warns(&format!("keysift: commit-msg was skipped by {variable}"));
            repository.git(["reset", "-q", "--hard", "HEAD~1"]);
        } else {
            outcome.exits(1).warns("keysift stops this commit");
        }
    }
}

#[test]
fn a_message_with_a_secret_is_stopped() {
    let repository = installed(&["--commit-msg"]);
    repository.stage("b.txt", "two\n");
    let message = format!("Change\n\n{}", secret_line(1));
    repository
        .try_git(["commit", "-q", "-m", &message])
        .exits(1)
        .warns("keysift stops this commit: secrets in its message")
        .warns("COMMIT_EDITMSG:3")
        .hides(&hidden_part(1));
    // Git keeps a line that looks like a comment when no editor was opened.
    let message = format!("Change\n\n# {}", secret_line(1));
    repository
        .try_git(["commit", "-q", "-m", &message])
        .exits(1)
        .warns("COMMIT_EDITMSG:3");
    commit(&repository, &[]).exits(0);
}

#[test]
fn what_git_strips_from_an_edited_message_is_not_judged() {
    let repository = installed(&["--commit-msg"]);
    // The change that `--verbose` shows behind the scissors holds a secret, and so does a comment.
    repository.stage("b.txt", &secret_line(1));
    let line = format!("Change\n\n# {}", secret_line(2));
    repository.script(
        "editor",
        &format!("cat \"$1\" > old\nprintf '%s' '{line}' | cat - old > \"$1\"\n"),
    );
    let edited = || {
        let editor = repository.place.path().join("editor");
        let mut command = repository.git_command(&repository.place.path());
        command.env("GIT_EDITOR", editor);
        command.args(["commit", "-q", "--verbose"]);
        repository.place.outcome(command.spawn().unwrap())
    };
    repository.git(["config", "commit.cleanup", "whitespace"]);
    edited().exits(1).warns("COMMIT_EDITMSG:3");
    repository.git(["config", "--unset", "commit.cleanup"]);
    edited().exits(0);
    assert!(repository.place.read("old").contains(&hidden_part(1)));
    let message = repository.git(["log", "-1", "--format=%B"]);
    assert_eq!(message.trim(), "Change");
}

#[test]
fn another_sign_of_comments_is_known() {
    let repository = installed(&["--commit-msg"]);
    repository.git(["config", "core.commentChar", ";"]);
    repository
        .place
        .write("message", format!("Change\n; {}", secret_line(1)));
    repository
        .run(["hook", "run", "commit-msg", "--", "message"])
        .exits(0);
    repository
        .place
        .write("message", format!("Change\n# {}", secret_line(1)));
    repository
        .run(["hook", "run", "commit-msg", "--", "message"])
        .exits(1)
        .warns("message:2");
    repository
        .run(["hook", "run", "commit-msg", "--", "missing"])
        .exits(2)
        .warns("missing: cannot be read");
}
