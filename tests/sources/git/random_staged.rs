//! Made-up indexes, compared with `git diff --cached`.

use std::collections::BTreeMap;

use crate::harness::{Repo, Seen};
use crate::made_up::{Chance, Lines, PATHS};
use crate::reference::{self, Added, DIFF};

type Files = BTreeMap<&'static str, Vec<Vec<u8>>>;

fn change(chance: &mut Chance, lines: &mut Lines, files: &mut Files) {
    for path in PATHS {
        match (files.get_mut(path), chance.below(5)) {
            (None, 0 | 1) => {
                files.insert(path, lines.file(chance));
            }
            (Some(file), 0) => lines.edit(chance, file),
            (Some(_), 1) => {
                files.remove(path);
            }
            _ => {}
        }
    }
}

fn write(repo: &Repo, files: &Files) {
    for path in PATHS {
        let _ = std::fs::remove_file(repo.path().join(path));
    }
    for (path, file) in files {
        repo.write(path, file.concat());
    }
}

fn found(seen: &Seen) -> Added {
    assert!(seen.unscanned.is_empty(), "{:?}", seen.unscanned);
    let blobs = seen.blobs.iter();
    blobs.map(|given| (given.name(), given.lines())).collect()
}

#[test]
fn what_is_staged_is_what_git_says() {
    let mut changed_lines = 0;
    for seed in 0..70 {
        let mut chance = Chance::new(seed);
        let mut lines = Lines::with_zeros();
        let mut files = Files::new();
        let repo = Repo::new();
        match seed % 5 {
            1 => drop(repo.git(["update-index", "--split-index"])),
            2 => drop(repo.git(["update-index", "--index-version", "4"])),
            3 => drop(repo.git(["config", "core.splitIndex", "true"])),
            _ => {}
        }
        let commits = chance.below(3);
        for _ in 0..commits {
            change(&mut chance, &mut lines, &mut files);
            write(&repo, &files);
            repo.git(["add", "-A"]);
            repo.commit("made up");
        }
        let committed = files.clone();
        change(&mut chance, &mut lines, &mut files);
        write(&repo, &files);
        repo.git(["add", "-A"]);
        if chance.once_in(2) {
            // The trees that the index would become are then known to it.
            repo.git(["write-tree"]);
        }
        // What is not staged must not matter.
        let mut unstaged = files.clone();
        change(&mut chance, &mut lines, &mut unstaged);
        write(&repo, &unstaged);
        let arguments = ["diff", "--cached"].into_iter().chain(DIFF);
        let mut expected = reference::added(&repo.bytes(arguments, b""));
        // What was only taken away is no blob.
        expected.retain(|path, _| files.contains_key(&**path));
        let seen = repo.staged();
        assert_eq!(
            found(&seen),
            expected,
            "seed {seed}, {commits} commits, {committed:?}"
        );
        changed_lines += expected.values().flatten().count();
    }
    assert!(changed_lines > 500, "{changed_lines}");
}
