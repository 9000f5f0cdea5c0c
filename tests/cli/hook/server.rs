//! The hooks of a server: real pushes from a second clone to a bare repository.

use std::path::PathBuf;

use crate::harness::Outcome;
use crate::repository::{Repository, hidden_part, secret_line};

/// A clone, and the bare repository that it pushes to, with these hooks installed there.
struct Server {
    clone: Repository,
}

impl Server {
    fn new(options: &[&str]) -> Self {
        let clone = Repository::with_commit();
        clone.git(["init", "-q", "--bare", "-b", "main", "../server.git"]);
        let url = format!(
            "file://{}",
            clone.place.outside().join("server.git").display()
        );
        clone.git(["remote", "add", "origin", &url]);
        clone.git(["push", "-q", "origin", "main"]);
        clone
            .run([&["hook", "install", "../server.git"], options].concat())
            .exits(0);
        Self { clone }
    }

    fn path(&self) -> PathBuf {
        self.clone.place.outside().join("server.git")
    }

    fn push(&self, args: &[&str]) -> Outcome {
        self.clone
            .try_git([&["push", "-q", "origin"], args].concat())
    }

    fn references(&self) -> String {
        let format = "--format=%(refname:short)";
        self.clone.git_in(&self.path(), ["for-each-ref", format])
    }
}

#[test]
fn a_push_with_a_secret_is_refused_and_leaves_nothing() {
    for hook in ["--pre-receive", "--update"] {
        let server = Server::new(&[hook]);
        server.clone.commit("b.txt", "two\n");
        server.push(&["main"]).exits(0);
        server.clone.commit("c.txt", &secret_line(1));
        let blob = server.clone.git(["rev-parse", "HEAD:c.txt"]);
        server.clone.commit("c.txt", "three\n");
        server
            .push(&["main"])
            .exits(1)
            .warns("keysift stops this push")
            .warns(":c.txt:1")
            .warns("hook declined")
            .hides("SKIP=")
            .hides(&hidden_part(1));
        if hook == "--pre-receive" {
            let mut command = server.clone.git_command(&server.path());
            command.args(["cat-file", "-e", blob.trim()]);
            let outcome = server.clone.place.outcome(command.spawn().unwrap());
            assert_ne!(outcome.code, Some(0), "the object was let in");
        }
    }
}

#[test]
fn new_branches_deletions_forced_pushes_and_tags_are_judged() {
    let server = Server::new(&[]);
    let clone = &server.clone;
    clone.git(["switch", "-q", "-c", "topic"]);
    clone.commit("b.txt", "two\n");
    server.push(&["topic"]).exits(0);
    clone.git(["commit", "-q", "--amend", "-m", "again"]);
    server.push(&["--force", "topic"]).exits(0);
    server.push(&["--delete", "topic"]).exits(0);
    clone.git(["tag", "-a", "v1", "-m", &secret_line(1)]);
    server.push(&["v1"]).exits(1).warns("tag v1");
    assert_eq!(server.references(), "main\n");
}

#[test]
fn before_receiving_one_bad_reference_refuses_all_and_update_only_itself() {
    for (hook, left) in [("--pre-receive", "main\n"), ("--update", "main\none\n")] {
        let server = Server::new(&[hook]);
        for (branch, text) in [("one", "two\n"), ("two", &*secret_line(1))] {
            server.clone.git(["switch", "-q", "-c", branch, "main"]);
            server.clone.commit("b.txt", text);
        }
        server.push(&["one", "two"]).exits(1).warns(":b.txt:1");
        assert_eq!(server.references(), left);
    }
}

#[test]
fn nobody_skips_a_servers_hook() {
    let server = Server::new(&[]);
    server.clone.commit("b.txt", &secret_line(1));
    let mut command = server.clone.git_command(&server.clone.place.path());
    // With a `file` URL the server's side inherits the environment.
    command.env("SKIP", "keysift").env("KEYSIFT_SKIP", "1");
    command.args(["push", "-q", "--no-verify", "origin", "main"]);
    server
        .clone
        .place
        .outcome(command.spawn().unwrap())
        .exits(1)
        .warns("keysift stops this push")
        .hides("skipped");
}

#[test]
fn what_becomes_of_a_push_that_takes_too_long_is_as_was_said() {
    for (policy, code, said) in [
        ("refuse", 1, "was used up; the push is refused"),
        (
            "allow",
            0,
            "was used up; the push is let in unchecked from there",
        ),
    ] {
        let server = Server::new(&["--time-budget", "1ms", "--on-timeout", policy]);
        for number in 0..50 {
            server.clone.place.write(
                format!("{number}.txt"),
                format!("{number}\n").repeat(50_000),
            );
        }
        server.clone.git(["add", "."]);
        server.clone.git(["commit", "-q", "-m", "many"]);
        server.push(&["main"]).exits(code).warns(said);
    }
    let server = Server::new(&["--time-budget", "10m", "--on-timeout", "allow"]);
    server.clone.commit("b.txt", &secret_line(1));
    server.push(&["main"]).exits(1).hides("used up");
}

#[test]
fn the_servers_repository_is_only_read() {
    let server = Server::new(&[]);
    server.clone.commit("b.txt", &secret_line(1));
    let list = || {
        let mut names = Vec::new();
        let mut folders = vec![server.path()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path.clone());
                }
                names.push(path);
            }
        }
        names.sort();
        names
    };
    let before = list();
    server.push(&["main"]).exits(1);
    assert_eq!(before, list());
}
