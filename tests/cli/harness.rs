//! A directory to work in, the program run in it, and what it said, with what varies replaced.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use keysift::RuleSet;
use tempfile::TempDir;

/// Rules of our own, so that what is said of them does not change with the built-in ones.
pub(crate) const ACME_RULES: &str = include_str!("acme.toml");

/// Made-up secrets of the rule `acme-api-key`.
pub(crate) const ACME: [&str; 3] = [
    "acme_7f3k9q2m5x8w1z4v6t0r3n8p",
    "acme_q8r2t6y1u5i9o3p7a0s4d8f2",
    "acme_z5x9c1v3b7n2m6k0j4h8g1f5",
];

/// Every golden, so that none is left behind.
const GOLDENS: [&str; 7] = [
    "explained.txt",
    "findings.txt",
    "help-scan.txt",
    "help.txt",
    "incomplete.txt",
    "rules-show.txt",
    "shown.txt",
];

/// A made-up secret of a built-in rule, its checksum right; the same for the same seed.
pub(crate) fn secret(rule: &str, seed: u64) -> String {
    let rule = builtin().get(rule).unwrap();
    String::from_utf8(rule.sample_secret(seed).unwrap()).unwrap()
}

/// A made-up npm token.
pub(crate) fn npm_token(seed: u64) -> String {
    secret("npm-access-token", seed)
}

pub(crate) fn builtin() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| keysift::builtin_rules().unwrap())
}

/// Two directories of its own: one to work in, and an empty home.
#[derive(Debug)]
pub(crate) struct Place {
    directory: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("home")).unwrap();
        std::fs::create_dir(directory.path().join("work")).unwrap();
        Self { directory }
    }

    /// A place with [`ACME_RULES`] beside the directory to work in.
    pub(crate) fn with_acme_rules() -> Self {
        let place = Self::new();
        place.write("../acme.toml", ACME_RULES);
        place
    }

    /// What is in it was put there by the test: the directory that the program is started in.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("work")
    }

    /// The directory round it.
    pub(crate) fn outside(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Reads a file as text.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The program, in a scrubbed environment, with nothing on its standard input.
    pub(crate) fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_keysift")), args)
    }

    /// Another copy of the program.
    pub(crate) fn command_of<'a>(
        &self,
        program: &Path,
        args: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.directory.path().join("home"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program.
    pub(crate) fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Outcome {
        self.outcome(self.command(args).spawn().unwrap())
    }

    /// Runs `keysift scan` with [`ACME_RULES`] alone.
    pub(crate) fn scan_acme(&self, args: &[&str]) -> Outcome {
        let ours = ["scan", "--rules", "../acme.toml", "--enable", "acme-*"];
        self.run(ours.iter().chain(args).copied())
    }

    /// Runs the program with `input` on its standard input.
    pub(crate) fn run_with_input<'a>(
        &self,
        args: impl IntoIterator<Item = &'a str>,
        input: &[u8],
    ) -> Outcome {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A program that ends without reading closes the pipe; what it says of that is the outcome.
        let _ = child.stdin.take().unwrap().write_all(input);
        self.outcome(child)
    }

    /// Waits for the program to end.
    pub(crate) fn outcome(&self, child: Child) -> Outcome {
        let output = child.wait_with_output().unwrap();
        let text = |bytes| self.normalized(&String::from_utf8(bytes).unwrap());
        Outcome {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Puts placeholders where times, rates, paths and numbers of built-in rules stand.
    fn normalized(&self, text: &str) -> String {
        let directory = self.directory.path().display().to_string();
        let version = env!("CARGO_PKG_VERSION");
        text.replace(&directory, "[directory]")
            .replace(version, "[version]")
            .split_inclusive('\n')
            .map(without_speed)
            .collect()
    }
}

/// `scanned 1 file, 13 B in 0.25 s (52 B/s), 4 rules` without the time, the rate, and a number of rules that only the
/// built-in ones reach.
fn without_speed(line: &str) -> String {
    const MOST_OWN_RULES: usize = 20;
    let Some((before, after)) = line
        .find("scanned ")
        .and_then(|at| line[at..].find(" in ").map(|length| at + length))
        .map(|at| line.split_at(at))
    else {
        return line.to_owned();
    };
    let Some((_, rules)) = after.split_once(", ") else {
        return line.to_owned();
    };
    let count = rules.split(' ').next().map(|count| count.replace(',', ""));
    let count: Option<usize> = count.and_then(|count| count.parse().ok());
    match count {
        Some(count) if count > MOST_OWN_RULES => format!("{before} in [time], [many] rules\n"),
        _ => format!("{before} in [time], {rules}"),
    }
}

/// What a run of the program gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The exit code; `None` after a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Asserts the exit code, and shows all that was said if it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Asserts that the program refused to work: an exact message, and nothing on standard output.
    #[track_caller]
    pub(crate) fn refuses(self, message: &str) {
        let outcome = self.exits(2);
        assert_eq!(outcome.stderr, message);
        assert_eq!(outcome.stdout, "");
    }

    /// Asserts what standard output holds.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "{text:?} is not in {self:#?}");
        self
    }

    /// Asserts what standard error holds.
    #[track_caller]
    pub(crate) fn warns(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{text:?} is not in {self:#?}");
        self
    }

    /// Asserts that a text was said nowhere.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        let is_said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!is_said, "{text:?} is in {self:#?}");
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Standard output as JSON Lines of one type.
    #[track_caller]
    pub(crate) fn lines_of(&self, kind: &str) -> Vec<serde_json::Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|line: &serde_json::Value| line["type"] == kind)
            .collect()
    }
}

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli/goldens")
}

/// Asserts that a text is what its golden holds.
#[track_caller]
pub(crate) fn is_golden(name: &str, text: &str) {
    assert!(GOLDENS.contains(&name), "{name} is not in the list");
    let path = goldens().join(name);
    if std::env::var_os("KEYSIFT_UPDATE_GOLDENS").is_some() {
        std::fs::create_dir_all(goldens()).unwrap();
        std::fs::write(path, text).unwrap();
        return;
    }
    let held = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines().zip(held.lines());
    let differing = lines.find(|(text, held)| text != held);
    assert!(
        text == held,
        "{name} differs, first in {differing:?}; this is the text:\n{text}"
    );
}

#[test]
fn every_golden_is_in_use() {
    let there: BTreeSet<String> = std::fs::read_dir(goldens())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, GOLDENS.map(str::to_owned).into());
}

#[test]
fn times_and_rates_are_replaced() {
    for (line, expected) in [
        (
            "scanned 1 file, 13 B in 0.25 s (52 B/s), 4 rules\n",
            "scanned 1 file, 13 B in [time], 4 rules\n",
        ),
        (
            "nothing found: scanned 1 file, 13 B in 3 ms, 340 rules\n",
            "nothing found: scanned 1 file, 13 B in [time], [many] rules\n",
        ),
        (
            "2 findings in 1 file: 2 high\n",
            "2 findings in 1 file: 2 high\n",
        ),
    ] {
        assert_eq!(without_speed(line), expected);
    }
}
