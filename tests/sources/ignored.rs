//! Ignore files, compared with Git itself.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use keysift_core::Skip;
use keysift_source::{FileOptions, UserExcludes};
use proptest::prelude::*;

use crate::harness::{options, tree, visit, visit_tree, write};

/// Runs Git in `directory`, with no configuration but the repository's own; gives the names it prints.
fn git(directory: &Path, arguments: &[&str], input: &[u8]) -> BTreeSet<String> {
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "a")
        .env("GIT_AUTHOR_EMAIL", "a@example.com")
        .env("GIT_COMMITTER_NAME", "a")
        .env("GIT_COMMITTER_EMAIL", "a@example.com")
        .env("XDG_CONFIG_HOME", "/dev/null")
        .env_remove("GIT_DIR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("these tests compare with git, which has to be installed");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    // check-ignore ends with 1 when nothing is ignored.
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{arguments:?}: {}",
        output.status
    );
    let names = output.stdout.split(|byte| *byte == 0);
    names
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8(name.to_vec()).unwrap())
        .collect()
}

/// Makes an empty repository with lines of configuration. `git init` does more, and waits for the disk.
fn init_with(directory: &Path, configuration: &str) {
    let git = directory.join(".git");
    fs::create_dir_all(git.join("objects")).unwrap();
    fs::create_dir_all(git.join("refs/heads")).unwrap();
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    let configuration = format!("[core]\nrepositoryFormatVersion = 0\n{configuration}\n");
    fs::write(git.join("config"), configuration).unwrap();
}

fn init(directory: &Path) {
    init_with(directory, "");
}

/// All files and directories below `directory`, as Git names them; not `.git`.
fn entries(directory: &Path, prefix: &str, files: &mut BTreeSet<String>, all: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if name == ".git" {
            continue;
        }
        all.push(name.clone());
        if entry.file_type().unwrap().is_dir() {
            entries(&entry.path(), &format!("{name}/"), files, all);
        } else {
            files.insert(name);
        }
    }
}

/// Asserts that a visit of `repository` scans what Git does not ignore, and leaves out what it does, each once.
fn assert_as_git(repository: &Path, options: FileOptions) {
    let mut files = BTreeSet::new();
    let mut all = Vec::new();
    entries(repository, "", &mut files, &mut all);
    let seen = visit_tree(repository, options);

    let listed = git(
        repository,
        &["ls-files", "-co", "--exclude-standard", "-z"],
        b"",
    );
    let scanned: BTreeSet<String> = seen.names().into_iter().map(str::to_owned).collect();
    assert_eq!(scanned, listed, "scanned, listed by git");

    let input = all.join("\0");
    let ignored = git(
        repository,
        &["check-ignore", "--no-index", "--stdin", "-z"],
        input.as_bytes(),
    );
    let topmost: Vec<&str> = ignored
        .iter()
        .map(|name| &**name)
        .filter(|name| {
            name.rsplit_once('/')
                .is_none_or(|(parent, _)| !ignored.contains(parent))
        })
        .collect();
    assert_eq!(
        seen.skipped(Skip::Ignored),
        topmost,
        "left out, ignored by git"
    );

    let is_below = |file: &str, ignored: &str| {
        file.strip_prefix(ignored)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let ours: BTreeSet<String> = files
        .into_iter()
        .filter(|file| topmost.iter().any(|ignored| is_below(file, ignored)))
        .collect();
    let theirs = git(
        repository,
        &["ls-files", "-oi", "--exclude-standard", "-z"],
        b"",
    );
    assert_eq!(ours, theirs, "files left out, listed as ignored by git");
}

const NAMES: &[&str] = &[
    "a", "b", "c", "ab", "abc", "a.log", "b.log", ".log", "log", "a b", "a ", "{a,b}", "[a]", "!a",
    "#a", "a-b", "é", "a*", "A", "1", "a\\", "^", "-", "]", "x.", ".a", "foo",
];

const PIECES: &[&str] = &[
    "a",
    "b",
    "c",
    "ab",
    "foo",
    ".log",
    "*",
    "*",
    "?",
    "**",
    "/",
    "/",
    "/",
    "**/",
    "/**",
    "[ab]",
    "[!a]",
    "[^b]",
    "[a-c]",
    "[[:alpha:]]",
    "[[:digit:]-]",
    "[]a]",
    "[!]a]",
    "[\\]]",
    "[a-",
    "[",
    "]",
    "\\",
    "\\*",
    "\\ ",
    " ",
    "{",
    "}",
    ",",
    "{a,b}",
    "é",
    "#",
    "\\#",
    "!",
    "\\!",
    "-",
    "^",
    ".",
    "A",
    "[-a]",
    "[a-]",
    "[!-^]",
    "[{]",
    "[a/]",
    "[:a]",
    "[[:a]",
    "[^!]",
    "[!!]",
    "[\\\\]",
    "log",
    "x",
];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(name(), 1..5).prop_map(|names| names.join("/"))
}

/// Patterns made of pieces, and patterns that are likely to match because a path was changed into one.
fn pattern() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 1..6);
    let made = pieces.prop_map(|pieces| pieces.concat());
    let part = prop_oneof![
        4 => name(),
        1 => Just("*".to_owned()),
        1 => Just("**".to_owned()),
        1 => Just("?".to_owned()),
        1 => Just("a*".to_owned()),
        1 => Just("*.log".to_owned()),
    ];
    let changed = (
        prop::sample::select(vec!["", "", "!", "/", "!/"]),
        prop::collection::vec(part, 1..4),
        prop::sample::select(vec!["", "", "/", " ", "\r"]),
    )
        .prop_map(|(before, parts, after)| format!("{before}{}{after}", parts.join("/")));
    let any = prop_oneof![made, changed]
        .prop_filter("between brackets, keysift knows ASCII only", |pattern| {
            pattern.is_ascii() || !pattern.contains('[')
        });
    any.prop_filter(
        "git before 2.53 takes `a**/` for `a` and `**/`, as it matches what is before the first wildcard by itself",
        |pattern| {
            let mut before = '/';
            let mut rest = pattern.trim_start_matches('!');
            while let Some(character) = rest.chars().next() {
                if rest.starts_with("**") && before != '/' {
                    return false;
                }
                before = character;
                rest = &rest[character.len_utf8()..];
                if character == '*' {
                    rest = rest.trim_start_matches('*');
                }
            }
            true
        },
    )
}

fn patterns(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(pattern(), 0..most).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn ignore_files_mean_what_they_mean_to_git(
        paths in prop::collection::vec(path(), 1..30),
        top in patterns(8),
        nested in prop::collection::vec((path(), patterns(5)), 0..4),
        repository in patterns(3),
        user in patterns(3),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let tree = directory.path().join("tree");
        fs::create_dir(&tree).unwrap();
        let excludes = directory.path().join("excludes");
        fs::write(&excludes, user).unwrap();
        init_with(&tree, &format!("excludesFile = {}", excludes.display()));
        for path in &paths {
            let path = tree.join(path);
            // Where a file stands in the way of a directory, or the other way round, the first one stays.
            if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.is_dir() {
                fs::write(path, b"x").unwrap();
            }
        }
        fs::write(tree.join(".gitignore"), top).unwrap();
        for (path, patterns) in &nested {
            let path = tree.join(path);
            if fs::create_dir_all(&path).is_ok() {
                fs::write(path.join(".gitignore"), patterns).unwrap();
            }
        }
        write(&tree.join(".git/info/exclude"), repository.as_bytes());
        assert_as_git(&tree, FileOptions {
            user_excludes: UserExcludes::File(excludes),
            ..options()
        });
    }
}

/// Asserts that `pattern` ignores `ignored` and not `kept`, to keysift and to Git.
#[track_caller]
fn assert_pattern(pattern: &str, ignored: &[&str], kept: &[&str]) {
    let tree = tree(&[ignored, kept].concat());
    init(tree.path());
    fs::write(tree.path().join(".gitignore"), pattern).unwrap();
    assert_as_git(tree.path(), options());
    let seen = visit_tree(tree.path(), options());
    let names = seen.names();
    for name in ignored {
        assert!(!names.contains(name), "{pattern}: {name}");
    }
    for name in kept {
        assert!(names.contains(name), "{pattern}: {name}");
    }
}

#[test]
fn patterns_of_each_kind() {
    assert_pattern("*.log", &["a.log", "b/a.log"], &["a.log.txt"]);
    assert_pattern("/a", &["a"], &["b/a"]);
    assert_pattern("a/", &["a/x", "b/a/x"], &["c/a"]);
    assert_pattern("a/b", &["a/b"], &["c/a/b"]);
    assert_pattern("**/a/b", &["a/b", "c/a/b"], &["a/c/b"]);
    assert_pattern("a/**/b", &["a/b", "a/c/d/b"], &["b"]);
    assert_pattern("a/**", &["a/x", "a/y/z"], &["b/a"]);
    assert_pattern("a/*\n!a/keep", &["a/x"], &["a/keep"]);
    assert_pattern("a\n!a/keep", &["a/x", "a/keep"], &["b"]);
    assert_pattern("{a,b}", &["{a,b}"], &["a", "b"]);
    assert_pattern("[ab].txt", &["a.txt"], &["c.txt"]);
    assert_pattern("x\r\ny\r\n", &["x", "y"], &["z"]);
    assert_pattern("\u{feff}x", &["x"], &["y"]);
    assert_pattern("a\\ \nb ", &["a ", "b"], &["a", "b "]);
}

#[test]
fn a_directory_that_is_ignored_counts_once_and_is_not_entered() {
    let tree = tree(&["target/a", "target/b/c", "src/main.rs"]);
    init(tree.path());
    fs::write(tree.path().join(".gitignore"), "target\n").unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.names(), [".gitignore", "src/main.rs"]);
    assert_eq!(seen.skipped(Skip::Ignored), ["target"]);
}

#[test]
fn without_a_repository_gitignore_has_no_say_and_ignore_has() {
    let tree = tree(&["a", "b"]);
    fs::write(tree.path().join(".gitignore"), "a\n").unwrap();
    fs::write(tree.path().join(".ignore"), "b\n").unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.names(), [".gitignore", ".ignore", "a"]);
    assert_eq!(seen.skipped(Skip::Ignored), ["b"]);
}

#[test]
fn ignore_wins_over_gitignore() {
    let tree = tree(&["a.log", "d/b.log"]);
    init(tree.path());
    fs::write(tree.path().join(".ignore"), "!*.log\n").unwrap();
    fs::write(tree.path().join("d/.gitignore"), "*.log\n").unwrap();
    let seen = visit_tree(tree.path(), options());
    assert!(seen.skipped(Skip::Ignored).is_empty());
    assert_eq!(seen.blobs.len(), 4);
}

#[test]
fn nothing_is_ignored_when_ignore_files_are_not_respected() {
    let tree = tree(&["a", "b"]);
    init(tree.path());
    fs::write(tree.path().join(".gitignore"), "a\n").unwrap();
    fs::write(tree.path().join(".ignore"), "b\n").unwrap();
    let options = FileOptions {
        respect_ignore_files: false,
        ..options()
    };
    let seen = visit_tree(tree.path(), options);
    assert_eq!(seen.names(), [".gitignore", ".ignore", "a", "b"]);
}

#[test]
fn files_above_the_root_have_a_say_up_to_the_top_of_the_repository() {
    let tree = tree(&[
        "outer/inner/a.log",
        "outer/inner/b.tmp",
        "outer/inner/c.txt",
    ]);
    fs::write(tree.path().join(".gitignore"), "*.txt\n").unwrap();
    let outer = tree.path().join("outer");
    init(&outer);
    fs::write(outer.join(".gitignore"), "/inner/*.log\n").unwrap();
    write(&outer.join(".git/info/exclude"), b"*.tmp\n");
    let seen = visit_tree(&outer.join("inner"), options());
    assert_eq!(seen.names(), ["c.txt"]);
    assert_eq!(seen.skipped(Skip::Ignored), ["a.log", "b.tmp"]);
}

#[test]
fn a_repository_in_another_has_its_own_ignore_files() {
    let tree = tree(&["a.log", "inner/a.log", "inner/b.log"]);
    init(tree.path());
    fs::write(tree.path().join(".gitignore"), "a.log\n").unwrap();
    init(&tree.path().join("inner"));
    fs::write(tree.path().join("inner/.gitignore"), "b.log\n").unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(
        seen.names(),
        [".gitignore", "inner/.gitignore", "inner/a.log"]
    );
    assert_eq!(seen.skipped(Skip::Ignored), ["a.log", "inner/b.log"]);
    assert_eq!(seen.skipped(Skip::GitDirectory), [".git", "inner/.git"]);
}

#[test]
fn a_worktree_has_the_excludes_of_its_repository_and_its_git_file_is_scanned() {
    let tree = tree(&["main/x"]);
    let main = tree.path().join("main");
    init(&main);
    write(&main.join(".git/info/exclude"), b"*.log\n");
    git(&main, &["add", "x"], b"");
    git(&main, &["commit", "-qm", "x"], b"");
    git(&main, &["worktree", "add", "-q", "../worktree"], b"");
    let worktree = tree.path().join("worktree");
    fs::write(worktree.join("a.log"), b"").unwrap();
    let seen = visit_tree(&worktree, options());
    assert_eq!(seen.names(), [".git", "x"]);
    assert_eq!(seen.skipped(Skip::Ignored), ["a.log"]);
}

#[test]
fn a_link_is_no_ignore_file() {
    let tree = tree(&["a"]);
    init(tree.path());
    fs::write(tree.path().join("patterns"), "a\n").unwrap();
    std::os::unix::fs::symlink("patterns", tree.path().join(".gitignore")).unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.names(), ["a", "patterns"]);
}

#[test]
fn the_git_directory_is_left_out_unless_asked_for() {
    let tree = tree(&["a"]);
    init(tree.path());
    fs::write(tree.path().join(".gitignore"), ".*\nHEAD\n").unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.names(), ["a"]);
    assert_eq!(seen.skipped(Skip::GitDirectory), [".git"]);
    let options = FileOptions {
        scan_git_directory: true,
        ..options()
    };
    let seen = visit_tree(tree.path(), options);
    assert!(seen.names().contains(&".git/HEAD"));
}

#[test]
fn globs_of_the_options_win_over_ignore_files() {
    let tree = tree(&["a.log", "b.log", "c/d.txt", "e.txt"]);
    init(tree.path());
    fs::write(tree.path().join(".gitignore"), "a.log\nb.log\n").unwrap();
    let options = FileOptions {
        exclude: vec!["/c".into(), "!b.log".into(), ".git*".into()],
        ..options()
    };
    let seen = visit_tree(tree.path(), options);
    assert_eq!(seen.names(), ["b.log", "e.txt"]);
    assert_eq!(seen.skipped(Skip::Ignored), ["a.log"]);
    assert_eq!(seen.skipped(Skip::Excluded), [".git", ".gitignore", "c"]);
}

#[test]
fn a_root_is_scanned_even_if_it_is_ignored() {
    let tree = tree(&["secret.env", "dir/x"]);
    init(tree.path());
    fs::write(tree.path().join(".gitignore"), "*.env\ndir\n").unwrap();
    let file = tree.path().join("secret.env");
    let directory = tree.path().join("dir");
    let seen = visit(&[&file, &directory], options(), 1).below(tree.path());
    assert_eq!(seen.names(), ["dir/x", "secret.env"]);
    // Also when it lies in another root whose walk ignores it.
    let seen = visit(&[tree.path(), &file, &directory], options(), 1).below(tree.path());
    assert_eq!(seen.names(), [".gitignore", "dir/x", "secret.env"]);
    assert!(seen.skipped(Skip::Ignored).is_empty());
}
