//! Beside programs that look after hooks as well.

use std::path::Path;
use std::process::Command;

use crate::repository::{Repository, secret_line};

/// Puts the program on the path of a command.
fn find_keysift(command: &mut Command) {
    let path = Path::new(env!("CARGO_BIN_EXE_keysift"));
    let others = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![path.parent().unwrap().to_owned()];
    paths.extend(std::env::split_paths(&others));
    command.env("PATH", std::env::join_paths(paths).unwrap());
}

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
    let mut command = repository.git_command(&repository.place.path());
    find_keysift(&mut command);
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
            .run(["hook", "install", "--pre-push", "--", "--no-archives"])
            .exits(0)
            .says("note: `lefthook install` writes its hooks anew")
            .says("pre-push:\n  commands:\n    keysift:\n      run: 'keysift hook run pre-push ''--no-archives'' -- {0}'\n");
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

#[test]
fn the_lines_in_a_shared_script_have_the_options_of_the_last_installation() {
    let repository = Repository::with_commit();
    repository.git(["config", "core.hooksPath", ".husky/_"]);
    repository
        .place
        .write(".husky/pre-commit", "echo before\necho behind\n");
    for options in [&["--no-archives"][..], &["--min-confidence=high"], &[]] {
        let install = ["hook", "install"];
        let args = match options {
            [] => install.to_vec(),
            options => [&install[..], &["--"], options].concat(),
        };
        repository.run(args).exits(0);
        let text = repository.place.read(".husky/pre-commit");
        let options: String = options.iter().map(|it| format!(" '{it}'")).collect();
        let line = format!("keysift hook run pre-commit{options} -- \"$@\" || exit $?\n");
        assert!(text.ends_with(&line), "{text}");
        assert!(
            text.starts_with("echo before\necho behind\n# keysift: "),
            "{text}"
        );
        assert_eq!(text.lines().count(), 4, "{text}");
    }
}

/// The framework runs both hooks of this repository, as it finds them in a clone. The one that builds the program finds
/// it built.
#[cfg(unix)]
#[test]
fn the_framework_pre_commit_runs_both_hooks() {
    const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    if Command::new("pre-commit")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("skipped: the framework pre-commit is not installed");
        return;
    }
    let hooks = Repository::new();
    for name in [".pre-commit-hooks.yaml", ".ci/pre-commit.sh"] {
        let target = hooks.place.path().join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(Path::new(ROOT).join(name), target).unwrap();
    }
    std::fs::create_dir_all(hooks.place.path().join("target/release")).unwrap();
    let built = hooks.place.path().join("target/release/keysift");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_keysift"), built).unwrap();
    hooks.git(["add", "-A", "-f"]);
    hooks.git(["commit", "-q", "-m", "hooks"]);
    let revision = hooks.git(["rev-parse", "HEAD"]);
    for id in ["keysift", "keysift-system"] {
        let repository = Repository::with_commit();
        let config = format!(
            "repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: {id}\n    args: [--min-confidence, high]\n",
            hooks.place.path().display(),
            revision.trim()
        );
        repository.commit(".pre-commit-config.yaml", &config);
        let framework = |args: &[&str]| {
            let mut command = Command::new("pre-commit");
            let git = repository.git_command(&repository.place.path());
            command
                .env_clear()
                .args(args)
                .current_dir(repository.place.path());
            for (name, value) in git.get_envs() {
                command.env(name, value.unwrap_or_default());
            }
            find_keysift(&mut command);
            command
                .env("PRE_COMMIT_HOME", repository.home().join("framework"))
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped());
            repository.place.outcome(command.spawn().unwrap())
        };
        repository.stage("b.txt", "two\n");
        framework(&["run"]).exits(0).says("Passed");
        repository.stage("secret.txt", &secret_line(1));
        framework(&["run"])
            .exits(1)
            .says("keysift stops this commit")
            .says("secret.txt:1");
    }
}
