//! A Git repository to work in, with the real `git` and with the program, both in a scrubbed environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::harness::{Outcome, Place, npm_token};

/// A line that holds a made-up npm token.
pub(crate) fn secret_line(seed: u64) -> String {
    format!("token = {}\n", npm_token(seed))
}

/// What must not be shown of [`secret_line`].
pub(crate) fn hidden_part(seed: u64) -> String {
    npm_token(seed)[5..30].to_owned()
}

/// A repository in the directory to work in of a place.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) place: Place,
}

impl Repository {
    /// An empty repository on the branch `main`.
    pub(crate) fn new() -> Self {
        let repository = Self {
            place: Place::new(),
        };
        repository.git(["init", "-q", "-b", "main", "."]);
        repository
    }

    /// A repository with one commit of a harmless file.
    pub(crate) fn with_commit() -> Self {
        let repository = Self::new();
        repository.commit("a.txt", "one\n");
        repository
    }

    /// Writes a file, and commits it without running hooks.
    pub(crate) fn commit(&self, name: &str, text: &str) {
        self.stage(name, text);
        self.git(["commit", "-q", "--no-verify", "-m", "change"]);
    }

    /// Writes a file, and stages it.
    pub(crate) fn stage(&self, name: &str, text: &str) {
        self.place.write(name, text);
        self.git(["add", "--", name]);
    }

    /// The directory with the repository's own files.
    pub(crate) fn git_dir(&self) -> PathBuf {
        self.place.path().join(".git")
    }

    /// Runs `git`, which must do what it is asked; gives its standard output.
    #[track_caller]
    pub(crate) fn git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> String {
        self.try_git(args).exits(0).stdout
    }

    /// Runs `git`.
    pub(crate) fn try_git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Outcome {
        let mut command = self.git_command(&self.place.path());
        self.place.outcome(command.args(args).spawn().unwrap())
    }

    /// Runs `git` in another directory; it must do what it is asked.
    #[track_caller]
    pub(crate) fn git_in<'a>(
        &self,
        directory: &Path,
        args: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let mut command = self.git_command(directory);
        let child = command.args(args).spawn().unwrap();
        self.place.outcome(child).exits(0).stdout
    }

    /// `git` in a directory.
    pub(crate) fn git_command(&self, directory: &Path) -> Command {
        let mut command = Command::new("git");
        self.scrub(&mut command, directory);
        command
    }

    /// Runs the program.
    pub(crate) fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Outcome {
        self.run_in(&self.place.path(), args)
    }

    /// Runs the program in another directory.
    pub(crate) fn run_in<'a>(
        &self,
        directory: &Path,
        args: impl IntoIterator<Item = &'a str>,
    ) -> Outcome {
        let mut command = self.command(args);
        command.current_dir(directory);
        self.place.outcome(command.spawn().unwrap())
    }

    /// The program.
    pub(crate) fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.place.command(args);
        self.scrub(&mut command, &self.place.path());
        command
    }

    fn scrub(&self, command: &mut Command, directory: &Path) {
        let home = self.home();
        command
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("GIT_CONFIG_GLOBAL", home.join(".gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "A U Thor")
                .env(format!("GIT_{who}_EMAIL"), "author@example.org")
                .env(format!("GIT_{who}_DATE"), "2026-01-02T03:04:05Z");
        }
    }

    /// The user's own directory.
    pub(crate) fn home(&self) -> PathBuf {
        self.place.outside().join("home")
    }

    /// Writes a script that can be run.
    pub(crate) fn script(&self, name: impl AsRef<Path>, text: &str) {
        let path = self.place.path().join(name);
        self.place.write(&path, format!("#!/bin/sh\n{text}"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;

            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Every file of the repository with its bytes, links with where they point.
    pub(crate) fn listing(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        list(&self.place.path(), &mut found);
        found
    }
}

fn list(directory: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            let target = std::fs::read_link(&path).unwrap();
            found.insert(path, target.into_os_string().into_encoded_bytes());
        } else if path.is_dir() {
            list(&path, found);
            found.insert(path, Vec::new());
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
}
