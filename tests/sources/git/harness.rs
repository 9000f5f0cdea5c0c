//! Repositories made with the real Git, and a visitor that keeps what it is given.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use keysift_core::{Blob, Origin, Skip, Span, Unscanned};
use keysift_source::git::{
    self, ChangeOptions, Environment, Range, Repository, RepositoryOptions, Revisions, Staged,
};
use keysift_source::{Source, Visitor};
use tempfile::TempDir;

/// A blob that a visitor was given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) origin: Arc<Origin>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) changed: Option<Vec<Span>>,
}

impl Given {
    pub(crate) fn name(&self) -> String {
        self.origin.to_string()
    }

    /// The lines that changed, with their ends.
    pub(crate) fn lines(&self) -> Vec<Vec<u8>> {
        let whole = [Span::new(0, self.bytes.len())];
        let spans = self.changed.as_deref().unwrap_or(&whole);
        let parts = spans.iter().map(|span| &self.bytes[span.range()]);
        parts
            .flat_map(|part| part.split_inclusive(|byte| *byte == b'\n'))
            .map(<[u8]>::to_vec)
            .collect()
    }

    /// The changed lines as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.lines().concat()).unwrap()
    }
}

/// What a visit gave, in order of names.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) blobs: Vec<Given>,
    pub(crate) unscanned: Vec<(String, Skip)>,
    /// What the system or a library said of what was not scanned.
    pub(crate) messages: Vec<String>,
}

impl Seen {
    pub(crate) fn names(&self) -> Vec<String> {
        self.blobs.iter().map(Given::name).collect()
    }

    /// The blob of this name, of which there is one.
    pub(crate) fn blob(&self, name: &str) -> &Given {
        let mut named = self.blobs.iter().filter(|given| given.name() == name);
        let first = named.next();
        assert!(named.next().is_none(), "{name} came twice");
        first.unwrap_or_else(|| panic!("{name} is not among {:?}", self.names()))
    }

    /// Names with their changed lines.
    pub(crate) fn changes(&self) -> Vec<(String, String)> {
        let pairs = self.blobs.iter().map(|given| (given.name(), given.text()));
        pairs.collect()
    }

    /// The files of commits, by path, with their changed lines.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let files = self.blobs.iter().filter_map(|given| {
            let path = given.origin.path()?;
            Some((path.to_str().unwrap().to_owned(), given.text()))
        });
        files.collect()
    }
}

struct Keeper<'a>(&'a Mutex<Seen>);

impl Visitor for Keeper<'_> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        self.0.lock().unwrap().blobs.push(Given {
            origin: Arc::clone(blob.origin),
            bytes: blob.bytes.to_vec(),
            changed: blob.changed.map(<[Span]>::to_vec),
        });
        ControlFlow::Continue(())
    }

    fn stream(
        &mut self,
        origin: &Arc<Origin>,
        reader: &mut dyn Read,
    ) -> io::Result<ControlFlow<()>> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        self.0.lock().unwrap().blobs.push(Given {
            origin: Arc::clone(origin),
            bytes,
            changed: None,
        });
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        let mut seen = self.0.lock().unwrap();
        seen.unscanned.push((unscanned.name, unscanned.skip));
        seen.messages.extend(unscanned.message);
        ControlFlow::Continue(())
    }
}

/// Visits with so many threads.
pub(crate) fn visit(source: &dyn Source, threads: usize) -> Result<Seen, keysift_source::Error> {
    let seen = Mutex::new(Seen::default());
    let kept = &seen;
    source.visit(
        NonZeroUsize::new(threads).unwrap(),
        &AtomicBool::new(false),
        &move || Box::new(Keeper(kept)),
    )?;
    let mut seen = seen.into_inner().unwrap();
    seen.blobs
        .sort_by(|a, b| (&a.origin, &a.bytes).cmp(&(&b.origin, &b.bytes)));
    seen.unscanned.sort();
    Ok(seen)
}

/// A repository in a directory of its own.
#[derive(Debug)]
pub(crate) struct Repo {
    directory: TempDir,
    path: PathBuf,
}

/// Git, without what the user or a hook has set up, at a fixed time.
pub(crate) fn git_in(path: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(path)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", path)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "A U Thor")
        .env("GIT_AUTHOR_EMAIL", "author@example.org")
        .env("GIT_AUTHOR_DATE", "1234567890 -0330")
        .env("GIT_COMMITTER_NAME", "C O Mitter")
        .env("GIT_COMMITTER_EMAIL", "committer@example.org")
        .env("GIT_COMMITTER_DATE", "1234567890 -0330")
        .args(["-c", "core.quotePath=false", "-c", "core.autocrlf=false"])
        .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
        .args(["-c", "maintenance.auto=false"])
        .args(["-c", "init.defaultBranch=main", "-c", "advice.all=false"]);
    git
}

fn output(mut git: Command, input: &[u8]) -> (bool, Vec<u8>, String) {
    let mut child = git
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), output.stdout, error)
}

impl Repo {
    /// An empty repository, on the unborn branch `main`.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// An empty repository made with these options of `git init`.
    pub(crate) fn with(options: &[&str]) -> Self {
        let repo = Self::none();
        repo.git([&["init", "-q"], options].concat());
        repo
    }

    /// A directory that is no repository yet.
    pub(crate) fn none() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap().join("repo");
        fs::create_dir(&path).unwrap();
        Self { directory, path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A path beside the repository.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join(name)
    }

    /// The same directory's other repository `name`.
    pub(crate) fn git_beside(&self, name: &str, arguments: &[&str]) -> String {
        let (is_done, out, error) = {
            let mut git = git_in(&self.beside(name));
            git.args(arguments);
            output(git, b"")
        };
        assert!(is_done, "git {arguments:?}: {error}");
        String::from_utf8(out).unwrap().trim_end().to_owned()
    }

    /// What Git writes.
    pub(crate) fn bytes(
        &self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        input: &[u8],
    ) -> Vec<u8> {
        let mut git = git_in(&self.path);
        git.args(arguments);
        let shown = format!("{git:?}");
        let (is_done, out, error) = output(git, input);
        assert!(is_done, "{shown}: {error}");
        out
    }

    /// What Git writes, as text without the last line's end.
    pub(crate) fn git(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
        let out = self.bytes(arguments, b"");
        String::from_utf8(out).unwrap().trim_end().to_owned()
    }

    /// Runs Git where it may fail, as a merge with conflicts does.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> bool {
        let mut git = git_in(&self.path);
        git.args(arguments);
        output(git, b"").0
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if path.is_symlink() {
            fs::remove_file(&path).unwrap();
        }
        fs::write(path, bytes).unwrap();
    }

    /// Writes a file and stages it.
    pub(crate) fn add(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.write(name, bytes);
        self.git(["add", "--force", "--", name]);
    }

    /// Commits what is staged; gives the id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git([
            "commit",
            "-q",
            "--allow-empty",
            "--no-verify",
            "-m",
            message,
        ]);
        self.git(["rev-parse", "HEAD"])
    }

    pub(crate) fn open(&self) -> Repository {
        open_at(&self.path).unwrap()
    }

    pub(crate) fn staged(&self) -> Seen {
        visit(&Staged::new(self.open(), ChangeOptions::default()), 2).unwrap()
    }

    pub(crate) fn range(&self, spec: &str) -> Seen {
        self.try_range(Revisions::Spec(spec.to_owned())).unwrap()
    }

    pub(crate) fn try_range(&self, revisions: Revisions) -> Result<Seen, keysift_source::Error> {
        let range = Range::new(self.open(), revisions, ChangeOptions::default());
        visit(&range, 2)
    }
}

/// Opens a repository without regard to the environment of the tests, which may run in a hook.
pub(crate) fn open_at(path: &Path) -> Result<Repository, keysift_source::Error> {
    git::open(path, &options())
}

pub(crate) fn options() -> RepositoryOptions {
    RepositoryOptions::default().environment(Environment::Ignored)
}

/// The pairs as owned text.
pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |text: &&str| (*text).to_owned();
    pairs.iter().map(|(a, b)| (owned(a), owned(b))).collect()
}
