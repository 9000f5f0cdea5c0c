//! `--global`: hooks for all repositories of a user.

use crate::repository::{Repository, secret_line};

const CONFIG: &str = "# mine\n[user]\n\tname = \"A U Thor\" ; me\n[alias]\n\tst = status\n";

fn configured() -> Repository {
    let repository = Repository::with_commit();
    std::fs::write(repository.home().join(".gitconfig"), CONFIG).unwrap();
    repository
}

fn config(repository: &Repository) -> String {
    std::fs::read_to_string(repository.home().join(".gitconfig")).unwrap()
}

fn refused(repository: &Repository) {
    repository.stage("secret.txt", &secret_line(7));
    repository
        .try_git(["commit", "-q", "-m", "add"])
        .exits(1)
        .warns("keysift stops this commit");
}

#[test]
fn the_users_configuration_keeps_everything_else() {
    let repository = configured();
    repository
        .run(["hook", "install", "--global"])
        .exits(0)
        .says("installed in [directory]/home/.config/keysift/hooks/pre-commit");
    let text = config(&repository);
    assert!(text.starts_with(CONFIG), "{text}");
    let directory = repository.git(["config", "--global", "core.hooksPath"]);
    assert_eq!(directory, "[directory]/home/.config/keysift/hooks\n");
    repository
        .run(["hook", "status", "--global"])
        .says("pre-commit   keysift\n")
        .says("pre-push     none\n");
    refused(&repository);

    repository
        .run(["hook", "uninstall", "--global"])
        .exits(0)
        .says("pre-commit: removed");
    assert!(!repository.home().join(".config/keysift/hooks").exists());
    repository.try_git(["config", "core.hooksPath"]).exits(1);
    assert!(config(&repository).starts_with(CONFIG));
    repository.git(["commit", "-q", "-m", "add"]);
}

#[test]
fn a_repositorys_own_hooks_run_on() {
    let repository = configured();
    repository.script(".git/hooks/pre-commit", "echo pre-commit >> ran\n");
    repository.script(".git/hooks/post-commit", "echo post-commit >> ran\n");
    repository.run(["hook", "install", "--global"]).exits(0);
    repository.stage("b.txt", "two\n");
    repository.git(["commit", "-q", "-m", "add"]);
    assert_eq!(repository.place.read("ran"), "pre-commit\npost-commit\n");
    repository.script(".git/hooks/pre-commit", "exit 1\n");
    repository.stage("b.txt", "three\n");
    repository
        .try_git(["commit", "-q", "-m", "add"])
        .exits(1)
        .hides("keysift");
}

#[test]
fn a_hook_of_one_repository_leaves_those_of_all_alone() {
    let repository = configured();
    repository.run(["hook", "install", "--global"]).exits(0);
    let shared = repository.home().join(".config/keysift/hooks/pre-commit");
    let before = std::fs::read(&shared).unwrap();
    repository
        .run(["hook", "install", "--commit-msg"])
        .exits(0)
        .says("installed in ./.git/hooks/commit-msg");
    repository.run(["hook", "install"]).exits(0);
    assert_eq!(std::fs::read(&shared).unwrap(), before);
    repository.stage("b.txt", "two\n");
    repository
        .try_git(["commit", "-q", "-m", &secret_line(1)])
        .exits(1)
        .warns("secrets in its message");
    repository.run(["hook", "uninstall", "--global"]).exits(0);
    refused(&repository);
}

#[test]
fn a_directory_of_the_users_own_is_used_and_left_as_it_was() {
    let repository = configured();
    let own = repository.home().join("hooks");
    repository.script(own.join("pre-commit"), "echo own >> ran\n");
    let value = own.display().to_string();
    repository.git(["config", "--global", "core.hooksPath", &value]);
    let before = config(&repository);
    repository
        .run(["hook", "install", "--global"])
        .exits(0)
        .says("[directory]/home/hooks/pre-commit.before-keysift and runs first");
    refused(&repository);
    assert_eq!(repository.place.read("ran"), "own\n");
    repository
        .run(["hook", "uninstall", "--global"])
        .exits(0)
        .says("back in its place");
    let left: Vec<_> = std::fs::read_dir(&own)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["pre-commit"]);
    assert_eq!(config(&repository), before);
}

#[cfg(unix)]
#[test]
fn a_configuration_that_is_a_link_stays_one() {
    let repository = configured();
    let path = repository.home().join(".gitconfig");
    std::fs::rename(&path, repository.home().join("dotfile")).unwrap();
    std::os::unix::fs::symlink("dotfile", &path).unwrap();
    repository.run(["hook", "install", "--global"]).exits(0);
    assert!(path.is_symlink());
    assert!(config(&repository).contains("hooksPath"));
}
