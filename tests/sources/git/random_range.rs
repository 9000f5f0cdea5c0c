//! Made-up histories, compared with `git log -c -p`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use keysift_core::Origin;

use crate::harness::{Repo, Seen};
use crate::made_up::{Chance, Lines, PATHS};
use crate::reference::{self, Added, DIFF};

type Files = BTreeMap<&'static str, Vec<Vec<u8>>>;

/// A commit that is made up: its parents, by number, and its files.
struct Node {
    parents: Vec<usize>,
    files: Files,
    time: usize,
}

fn merged(chance: &mut Chance, lines: &mut Lines, ours: &Files, theirs: &Files) -> Files {
    let mut files = Files::new();
    for path in PATHS {
        let side = if chance.once_in(2) { ours } else { theirs };
        if let Some(file) = side.get(path) {
            let mut file = file.clone();
            if chance.once_in(4) {
                lines.edit(chance, &mut file);
            }
            files.insert(path, file);
        } else if chance.once_in(6) {
            files.insert(path, lines.file(chance));
        }
    }
    files
}

fn history(chance: &mut Chance, lines: &mut Lines, is_skewed: bool) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for number in 0..4 + chance.below(14) {
        let time = 1_300_000_000 + if is_skewed { chance.below(500) } else { number };
        let recent = |chance: &mut Chance| number - 1 - chance.below(number.min(4));
        let mut parents = Vec::new();
        let mut files = Files::new();
        if number > 0 && !chance.once_in(12) {
            parents.push(recent(chance));
            files = nodes[parents[0]].files.clone();
            let other = recent(chance);
            if other != parents[0] && chance.once_in(2) {
                parents.push(other);
                files = merged(chance, lines, &files, &nodes[other].files);
            }
        }
        if parents.len() < 2 {
            for path in PATHS {
                match (files.get_mut(path), chance.below(5)) {
                    (None, 0) => drop(files.insert(path, lines.file(chance))),
                    (Some(file), 0) => lines.edit(chance, file),
                    (Some(_), 1) => drop(files.remove(path)),
                    _ => {}
                }
            }
        }
        nodes.push(Node {
            parents,
            files,
            time,
        });
    }
    nodes
}

/// Puts the history into the repository; gives the ids.
fn import(repo: &Repo, nodes: &[Node]) -> Vec<String> {
    let mut stream: Vec<u8> = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        let mut head = String::new();
        let time = node.time;
        writeln!(head, "commit refs/heads/c{number}\nmark :{}", number + 1).unwrap();
        writeln!(head, "committer C <c@example.org> {time} +0000\ndata 1\nm").unwrap();
        for (at, parent) in node.parents.iter().enumerate() {
            let word = if at == 0 { "from" } else { "merge" };
            writeln!(head, "{word} :{}", parent + 1).unwrap();
        }
        stream.extend(head.as_bytes());
        stream.extend(b"deleteall\n");
        for (path, file) in &node.files {
            let bytes = file.concat();
            stream.extend(format!("M 644 inline {path}\ndata {}\n", bytes.len()).as_bytes());
            stream.extend(&bytes);
            stream.extend(b"\n");
        }
    }
    repo.bytes(["fast-import", "--quiet"], &stream);
    let ids = (0..nodes.len()).map(|number| format!("c{number}"));
    let ids = ["rev-parse".to_owned()].into_iter().chain(ids);
    repo.git(ids).lines().map(str::to_owned).collect()
}

/// By commit, what Git says was added.
fn expected(repo: &Repo, ids: &[&str], arguments: &[&str]) -> BTreeMap<String, Added> {
    let log = ["log", "-c", "-p", "--format=commit %H"];
    let arguments = log.iter().chain(&DIFF).chain(arguments);
    let out = repo.bytes(arguments, b"");
    let mut expected: BTreeMap<String, Added> = ids
        .iter()
        .map(|id| ((*id).to_owned(), Added::new()))
        .collect();
    let mut commit = String::new();
    let mut diff: Vec<u8> = Vec::new();
    for line in out.split_inclusive(|byte| *byte == b'\n') {
        if let Some(id) = line.strip_prefix(b"commit ") {
            expected.insert(commit, reference::added(&diff));
            commit = String::from_utf8_lossy(id).trim_end().to_owned();
            diff.clear();
        } else {
            diff.extend(line);
        }
    }
    expected.insert(commit, reference::added(&diff));
    expected.remove("");
    expected
}

fn found(seen: &Seen) -> BTreeMap<String, Added> {
    assert!(seen.unscanned.is_empty(), "{:?}", seen.unscanned);
    let mut found: BTreeMap<String, Added> = BTreeMap::new();
    for given in &seen.blobs {
        let commit = given.origin.commit().unwrap().id.clone();
        let added = found.entry(commit).or_default();
        if let Origin::Committed { path, .. } = &*given.origin {
            let path = path.to_str().unwrap().to_owned();
            assert!(added.insert(path, given.lines()).is_none());
        }
    }
    found
}

/// The commits that can be reached from `from`, itself among them.
fn reachable(nodes: &[Node], from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(number) = open.pop() {
        if reached.insert(number) {
            open.extend(&nodes[number].parents);
        }
    }
    reached
}

#[test]
fn what_a_range_brings_in_is_what_git_says() {
    let mut commits = 0;
    let mut merges_with_lines = 0;
    for seed in 0..80 {
        let mut chance = Chance::new(seed + 1000);
        let nodes = history(&mut chance, &mut Lines::without_zeros(), false);
        let repo = Repo::new();
        let ids = import(&repo, &nodes);
        let (a, b) = (chance.below(nodes.len()), nodes.len() - 1);
        let (from_a, from_b) = (reachable(&nodes, a), reachable(&nodes, b));
        let (dots, numbers): (&str, Vec<usize>) = if seed % 4 == 0 {
            (
                "...",
                from_a.symmetric_difference(&from_b).copied().collect(),
            )
        } else {
            ("..", from_b.difference(&from_a).copied().collect())
        };
        let spec = format!("c{a}{dots}c{b}");
        let in_range: Vec<&str> = numbers.iter().map(|number| &*ids[*number]).collect();
        let mut expected = expected(&repo, &in_range, &[&spec]);
        let files: BTreeMap<&str, &Files> = ids
            .iter()
            .map(|id| &**id)
            .zip(nodes.iter().map(|node| &node.files))
            .collect();
        for (id, added) in &mut expected {
            added.retain(|path, _| files[&**id].contains_key(&**path));
        }
        let found = found(&repo.range(&spec));
        let text = |added: &Added| {
            let files = added.iter();
            files
                .map(|(path, lines)| {
                    let lines = lines.concat();
                    // A combined diff does not tell whether the last line has an end.
                    let lines = lines.strip_suffix(b"\n").unwrap_or(&lines);
                    format!("{path}: {}", lines.escape_ascii())
                })
                .collect::<Vec<_>>()
        };
        for (id, added) in &expected {
            assert_eq!(text(&found[id]), text(added), "seed {seed}, {spec}, {id}");
        }
        assert_eq!(found.len(), expected.len(), "seed {seed}, {spec}");
        commits += numbers.len();
        merges_with_lines += numbers
            .iter()
            .filter(|number| nodes[**number].parents.len() > 1)
            .filter(|number| {
                expected[&ids[**number]]
                    .values()
                    .any(|lines| !lines.is_empty())
            })
            .count();
    }
    assert!(commits > 300, "{commits}");
    assert!(merges_with_lines > 30, "{merges_with_lines}");
}

#[test]
fn a_clock_that_went_wrong_hides_no_commit() {
    for seed in 0..30 {
        let mut chance = Chance::new(seed + 2000);
        let nodes = history(&mut chance, &mut Lines::without_zeros(), true);
        let repo = Repo::new();
        let ids = import(&repo, &nodes);
        let (a, b) = (chance.below(nodes.len()), nodes.len() - 1);
        let expected: BTreeSet<&str> = reachable(&nodes, b)
            .difference(&reachable(&nodes, a))
            .map(|number| &*ids[*number])
            .collect();
        let found = found(&repo.range(&format!("c{a}..c{b}")));
        let found: BTreeSet<&str> = found.keys().map(|id| &**id).collect();
        assert!(expected.is_subset(&found), "seed {seed}");
    }
}
