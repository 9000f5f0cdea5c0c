//! Beside programs that look after hooks as well.

use crate::repository::{Repository, secret_line};

#[test]
fn with_husky_lines_are_added_to_the_shared_script() {
    let repository = Repository::with_commit();
    // As husky makes it: a script in its own directory, which runs the shared one of the same name.
    repository.git(["config", "core.hooksPath", ".husky/_"]);
    repository.script(
        ".husky/_/pre-commit",
        "exec sh -e .husky/pre-commit \"$@\"\n",
    );
    repository
        .place
        .write(".husky/pre-commit", "echo shared >> ran\n");
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("pre-commit: added to ./.husky/pre-commit");
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("was installed");
    repository
        .run(["hook", "status"])
        .says("pre-commit   keysift");
    let text = repository.place.read(".husky/pre-commit");
    assert!(text.starts_with("echo shared >> ran\n"), "{text}");
    assert_eq!(text.matches("keysift hook run pre-commit").count(), 1);

    repository.stage("secret.txt", &secret_line(1));
    let path = std::path::Path::new(env!("CARGO_BIN_EXE_keysift"));
    let mut command = repository.git_command(&repository.place.path());
    let others = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![path.parent().unwrap().to_owned()];
    paths.extend(std::env::split_paths(&others));
    command.env("PATH", std::env::join_paths(paths).unwrap());
    let child = command.args(["commit", "-q", "-m", "add"]).spawn().unwrap();
    repository
        .place
        .outcome(child)
        .exits(1)
        .warns("keysift stops this commit");
    assert_eq!(repository.place.read("ran"), "shared\n");

    repository
        .run(["hook", "uninstall"])
        .exits(0)
        .says("removed");
    let text = repository.place.read(".husky/pre-commit");
    assert_eq!(text, "echo shared >> ran\n");
}

#[cfg(unix)]
#[test]
fn a_shared_script_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;

    let repository = Repository::with_commit();
    repository.git(["config", "core.hooksPath", ".husky/_"]);
    repository.place.write(".husky/pre-commit", "true\n");
    let path = repository.place.path().join(".husky/pre-commit");
    let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
    for wanted in [0o644, 0o755] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(wanted)).unwrap();
        repository.run(["hook", "install"]).exits(0);
        assert_eq!(mode(), wanted);
        repository.run(["hook", "uninstall"]).exits(0);
        assert_eq!(mode(), wanted);
    }
}

#[test]
fn a_script_that_held_nothing_but_our_lines_goes_away() {
    let repository = Repository::with_commit();
    repository.git(["config", "core.hooksPath", ".husky"]);
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("pre-commit: installed in ./.husky/pre-commit");
    repository.run(["hook", "uninstall"]).exits(0);
    assert!(!repository.place.path().join(".husky/pre-commit").exists());
}

#[test]
fn what_lefthook_needs_is_said() {
    for name in ["lefthook.yml", ".lefthook.toml"] {
        let repository = Repository::with_commit();
        repository.place.write(name, "");
        repository
            .run(["hook", "install", "--pre-push"])
            .exits(0)
            .says("note: `lefthook install` writes its hooks anew")
            .says("pre-push:\n  commands:\n    keysift:\n      run: keysift hook run pre-push -- {0}\n");
    }
}

#[test]
fn what_the_framework_pre_commit_can_do_is_said() {
    let repository = Repository::with_commit();
    repository
        .place
        .write(".pre-commit-config.yaml", "repos: []\n");
    repository
        .run(["hook", "install"])
        .exits(0)
        .says("note: the framework pre-commit can run keysift itself");
}

#[test]
fn a_hook_that_the_framework_runs_as_legacy_does_not_run_the_framework_again() {
    let repository = Repository::with_commit();
    repository.script(".git/hooks/pre-commit", "echo framework >> ran\n");
    repository.run(["hook", "install"]).exits(0);
    repository.stage("b.txt", "two\n");
    let mut command = repository.git_command(&repository.place.path());
    command.env("PRE_COMMIT_RUNNING_LEGACY", "1");
    let child = command.args(["commit", "-q", "-m", "add"]).spawn().unwrap();
    repository.place.outcome(child).exits(0);
    assert!(!repository.place.path().join("ran").exists());
}
