//! Where hooks are put, what becomes of those that were there, and taking them away.

use crate::repository::{Repository, secret_line};

/// Stages a secret and tries to commit it; whether Git refused.
fn is_refused(repository: &Repository) -> bool {
    repository.stage("secret.txt", &secret_line(7));
    let outcome = repository.try_git(["commit", "-q", "-m", "add"]);
    let is_refused = outcome.code != Some(0);
    if is_refused {
        outcome.warns("keysift stops this commit");
    }
    is_refused
}

#[test]
fn a_hook_is_installed_shown_and_taken_away() {
    let repository = Repository::with_commit();
    repository
        .run(["hook", "status"])
        .exits(0)
        .says("pre-commit   none");
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("pre-commit: installed in ");
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("was installed in ");
    repository
        .run(["hook", "status"])
        .exits(0)
        .says("pre-commit   keysift\n")
        .says("pre-push     none");
    assert!(is_refused(&repository));
    repository
        .run(["hook", "uninstall"])
        .exits(0)
        .says("pre-commit: removed\n");
    assert!(!repository.git_dir().join("hooks/pre-commit").exists());
    repository
        .run(["hook", "uninstall"])
        .exits(0)
        .says("none of our hooks is in ");
    assert!(!is_refused(&repository));
}

#[test]
fn only_the_hooks_that_are_named_are_installed_and_taken_away() {
    let repository = Repository::with_commit();
    let named = ["--pre-commit", "--commit-msg", "--pre-push"];
    repository
        .run([&["hook", "install"], &named[..]].concat())
        .exits(0);
    repository.run(["hook", "uninstall", "--pre-push"]).exits(0);
    repository
        .run(["hook", "status"])
        .exits(0)
        .says("pre-commit   keysift\n")
        .says("commit-msg   keysift\n")
        .says("pre-push     none\n");
}

#[test]
fn a_hook_that_was_there_runs_first_and_comes_back() {
    let repository = Repository::with_commit();
    let text = "echo \"$#\" >> ran\n";
    repository.script(".git/hooks/pre-commit", text);
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("pre-commit.before-keysift and runs first");
    repository
        .run(["hook", "status"])
        .says("keysift, behind the hook that was there before");
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("was installed in ");
    assert!(is_refused(&repository));
    assert_eq!(repository.place.read("ran"), "0\n");
    repository
        .run(["hook", "uninstall"])
        .exits(0)
        .says("the hook from before is back");
    let restored = repository.place.read(".git/hooks/pre-commit");
    assert_eq!(restored, format!("#!/bin/sh\n{text}"));
    assert!(
        !repository
            .git_dir()
            .join("hooks/pre-commit.before-keysift")
            .exists()
    );
}

#[test]
fn a_hook_that_was_there_and_fails_stops_ours() {
    let repository = Repository::with_commit();
    repository.script(".git/hooks/pre-commit", "echo from before >&2\nexit 5\n");
    repository.run(["hook", "install"]).exits(0);
    repository.stage("secret.txt", &secret_line(7));
    repository
        .try_git(["commit", "-q", "-m", "add"])
        .exits(1)
        .warns("from before")
        .hides("keysift");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_hook_stays_a_link() {
    let repository = Repository::with_commit();
    repository.script("tools/hook", "echo linked >> ran\n");
    let path = repository.git_dir().join("hooks/pre-commit");
    std::os::unix::fs::symlink("../../tools/hook", &path).unwrap();
    repository.run(["hook", "install"]).exits(0);
    assert!(!path.is_symlink());
    assert!(is_refused(&repository));
    assert_eq!(repository.place.read("ran"), "linked\n");
    assert!(repository.place.read("tools/hook").ends_with("ran\n"));
    repository.run(["hook", "uninstall"]).exits(0);
    let target = std::fs::read_link(&path).unwrap();
    assert_eq!(target.to_str(), Some("../../tools/hook"));
}

#[test]
fn hooks_path_is_honoured() {
    for (value, directory) in [("tools/hooks", "tools/hooks"), ("", "../elsewhere")] {
        let repository = Repository::with_commit();
        let absolute = repository.place.outside().join("elsewhere");
        let value = if value.is_empty() {
            absolute.display().to_string()
        } else {
            value.to_owned()
        };
        repository.git(["config", "core.hooksPath", &value]);
        let sub = repository.place.path().join("sub");
        std::fs::create_dir(&sub).unwrap();
        repository.run_in(&sub, ["hook", "install"]).exits(0);
        assert!(
            repository
                .place
                .read(&format!("{directory}/pre-commit"))
                .contains("keysift hook install")
        );
        assert!(is_refused(&repository));
        repository.run(["hook", "uninstall"]).exits(0);
        assert!(!is_refused(&repository));
    }
}

#[test]
fn linked_working_trees_share_their_hooks() {
    let repository = Repository::with_commit();
    repository.git(["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = repository.place.outside().join("linked");
    repository.run_in(&linked, ["hook", "install"]).exits(0);
    assert!(repository.git_dir().join("hooks/pre-commit").is_file());
    std::fs::write(linked.join("secret.txt"), secret_line(1)).unwrap();
    repository.git_in(&linked, ["add", "."]);
    let commit = |directory| {
        let mut command = repository.git_command(directory);
        let child = command.args(["commit", "-q", "-m", "add"]).spawn();
        repository.place.outcome(child.unwrap())
    };
    commit(&linked)
        .exits(1)
        .warns("secret.txt:1")
        .warns("git restore --staged");
    // What is staged there is not staged here.
    repository.stage("b.txt", "two\n");
    commit(&repository.place.path()).exits(0);
}

#[test]
fn a_bare_repository_gets_a_servers_hook() {
    let repository = Repository::with_commit();
    repository.git(["clone", "-q", "--bare", ".", "../bare.git"]);
    repository
        .run(["hook", "install", "../bare.git"])
        .exits(0)
        .says("/bare.git/hooks/pre-receive");
}

#[test]
fn two_hooks_from_before_are_one_too_many() {
    let repository = Repository::with_commit();
    repository.script(".git/hooks/pre-commit", "echo first\n");
    repository.run(["hook", "install"]).exits(0);
    repository.script(".git/hooks/pre-commit", "echo second\n");
    repository
        .run(["hook", "install"])
        .exits(2)
        .warns("another hook took our place")
        .warns("hint: look at both files");
    assert!(
        repository
            .place
            .read(".git/hooks/pre-commit")
            .contains("second")
    );
    assert!(
        repository
            .place
            .read(".git/hooks/pre-commit.before-keysift")
            .contains("first")
    );
}

#[test]
fn a_program_that_is_gone_stops_the_commit_and_says_so() {
    let repository = Repository::with_commit();
    repository.run(["hook", "install"]).exits(0);
    let text = repository.place.read(".git/hooks/pre-commit");
    let program = format!("program='{}'", env!("CARGO_BIN_EXE_keysift"));
    assert!(text.contains(&program), "{text}");
    let text = text.replace(&program, "program='/nowhere/keysift'");
    let text = text.replace("program=keysift", "program=keysift-that-is-not-there");
    let text = text.strip_prefix("#!/bin/sh\n").unwrap();
    repository.script(".git/hooks/pre-commit", text);
    repository.stage("b.txt", "two\n");
    repository
        .try_git(["commit", "-q", "-m", "add"])
        .exits(1)
        .warns("keysift: the program is not there, so nothing was checked");
}

#[test]
fn options_behind_the_dashes_are_written_into_the_hook() {
    let repository = Repository::with_commit();
    let install = ["hook", "install", "--pre-commit", "--pre-push", "--"];
    repository
        .run([&install[..], &["--enable", "github-*"]].concat())
        .exits(0);
    // The secret is npm's.
    assert!(!is_refused(&repository));
    repository.run(["hook", "install"]).exits(0);
    repository.stage("again.txt", &secret_line(8));
    repository
        .try_git(["commit", "-q", "-m", "add"])
        .exits(1)
        .warns("again.txt:1");
    for (options, said) in [
        (
            &["--no-such-option"][..],
            "pre-commit: unexpected argument '--no-such-option'",
        ),
        (
            &["--", "a"],
            "what Git gives a hook cannot be written into it",
        ),
        (&["a"], "pre-commit: unexpected argument 'a'"),
    ] {
        repository
            .run([&["hook", "install", "--"], options].concat())
            .exits(2)
            .warns(said)
            .warns("hint: `keysift hook run pre-commit --help`");
    }
}

#[test]
fn wrong_arguments_are_refused() {
    let repository = Repository::with_commit();
    for args in [
        &["hook"][..],
        &["hook", "install", "--nonsense"],
        &["hook", "install", "--global", "."],
        &["hook", "run"],
        &["hook", "run", "post-commit"],
        &["hook", "run", "pre-commit", "--time-budget", "0"],
        &["hook", "run", "pre-commit", "--time-budget", "soon"],
        &["hook", "run", "pre-receive", "--on-timeout", "perhaps"],
    ] {
        repository.run(args.iter().copied()).exits(2);
    }
    repository
        .run(["hook", "install", "--pre-commit", "--time-budget", "5s"])
        .exits(2)
        .warns("a time budget is for the hooks of a server")
        .warns("hint: add --pre-receive or --update");
    for (hook, what) in [
        ("commit-msg", "the message's file"),
        ("pre-push", "the remote's name"),
        ("update", "the reference"),
    ] {
        repository
            .run(["hook", "run", hook])
            .exits(2)
            .warns(&format!("{hook}: {what} is missing"));
    }
}
