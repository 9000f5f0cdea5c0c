//! Repositories of other machines, cloned by the system's Git into a cache.
//!
//! It is the one place that uses the network, and runs a program, to read a repository. Credentials are Git's business: its
//! helpers and agents are asked by Git itself, and a URL with a password in it is refused, because Git would write it down.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// What a URL may begin with.
const SCHEMES: [&str; 4] = ["https://", "ssh://", "git://", "file://"];

/// How often it is looked whether the clone is to end.
const PAUSE: Duration = Duration::from_millis(20);

/// So many bytes of what Git says are kept for an error.
const MAX_TOLD_BYTES: u64 = 64 << 10;

/// The URL of a repository that can be cloned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteUrl(String);

impl RemoteUrl {
    /// `None` for what is no URL, such as a path.
    ///
    /// # Errors
    /// [`BadUrl`](ErrorKind::BadUrl) for a scheme that is not one of `https`, `ssh`, `git` and `file`, and for a URL with
    /// a password.
    pub fn parse(text: &str) -> Result<Option<Self>, Error> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(None);
        };
        let is_scheme = !scheme.is_empty()
            && scheme
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'));
        if !is_scheme {
            return Ok(None);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        // Hosts take tokens as the user's name, too.
        let may_be_secret = user.contains(':') || (scheme != "ssh" && !user.is_empty());
        let shown = format!(
            "{scheme}://{}",
            rest.rsplit_once('@').map_or(rest, |(_, it)| it)
        );
        if may_be_secret {
            return Err(Error::new(ErrorKind::BadUrl, shown).with_hint(
                "the URL has a login in it: leave it out, and let one of Git's credential helpers give it",
            ));
        }
        if !SCHEMES.iter().any(|known| text.starts_with(known)) || text.contains(char::is_control) {
            return Err(Error::new(ErrorKind::BadUrl, shown));
        }
        Ok(Some(Self(text.to_owned())))
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Clones all references into a bare repository below `cache`, or fetches what is new if that was done before. What
    /// the other side no longer has is kept. Returns the repository's directory; soon after `should_interrupt` became
    /// true, an error.
    ///
    /// # Errors
    /// [`Clone`](ErrorKind::Clone), with what Git said.
    pub fn fetch(&self, cache: &Path, should_interrupt: &AtomicBool) -> Result<PathBuf, Error> {
        let failed =
            |error: io::Error| Error::new(ErrorKind::Clone, self.as_str()).caused_by(error);
        fs::create_dir_all(cache).map_err(failed)?;
        let directory = cache.join(self.directory_name());
        if directory.join("HEAD").exists() {
            self.git(
                &["fetch", "--quiet", "--no-auto-gc", "origin"],
                Some(&directory),
                should_interrupt,
            )?;
            return Ok(directory);
        }
        // Half a clone is none: it gets its name when it is whole.
        let partly = tempfile::Builder::new()
            .prefix("clone-")
            .tempdir_in(cache)
            .map_err(failed)?;
        let target = partly.path().join("repository.git");
        let target_name = target.display().to_string();
        let arguments = [
            "clone",
            "--mirror",
            "--quiet",
            "--template=",
            "--",
            self.as_str(),
            &target_name,
        ];
        self.git(&arguments, None, should_interrupt)?;
        match fs::rename(&target, &directory) {
            Ok(()) => Ok(directory),
            // Somebody else was faster.
            Err(_) if directory.join("HEAD").exists() => Ok(directory),
            Err(error) => Err(failed(error)),
        }
    }

    /// A name of its own for each URL, which begins as the repository is called.
    fn directory_name(&self) -> String {
        let last = self.0.trim_end_matches('/').rsplit('/').next();
        let last = last.unwrap_or_default().trim_end_matches(".git");
        let readable: String = last
            .chars()
            .filter(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
            .take(40)
            .collect();
        let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
        hasher.update(self.0.as_bytes());
        let digest = hasher
            .try_finalize()
            .map_or_else(|_| String::new(), |id| id.to_string());
        format!("{readable}-{digest}.git")
    }

    /// Runs Git. Nothing but these transports may be used, and no hook runs.
    fn git(
        &self,
        arguments: &[&str],
        directory: Option<&Path>,
        should_interrupt: &AtomicBool,
    ) -> Result<(), Error> {
        let failed = |error: io::Error| {
            let error = Error::new(ErrorKind::Clone, self.as_str()).caused_by(error);
            error.with_hint("`git` has to be installed, to clone what is elsewhere")
        };
        let mut command = Command::new("git");
        command
            .args([
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "gc.auto=0",
                "-c",
                "maintenance.auto=false",
            ])
            .args(arguments)
            .env("GIT_ALLOW_PROTOCOL", "https:ssh:git:file")
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_OBJECT_DIRECTORY")
            .env_remove("GIT_ALTERNATE_OBJECT_DIRECTORIES")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(directory) = directory {
            command.current_dir(directory);
        }
        let mut child = command.spawn().map_err(failed)?;
        let said = child
            .stderr
            .take()
            .map(|stderr| thread::spawn(move || last_lines(stderr)));
        let status = wait(&mut child, should_interrupt).map_err(failed)?;
        let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
        if status {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Clone, self.as_str());
        Err(error.caused_by(io::Error::other(said)))
    }
}

/// Waits for Git, and ends it when the caller wants to end; whether it did what it was asked.
fn wait(child: &mut Child, should_interrupt: &AtomicBool) -> io::Result<bool> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if should_interrupt.load(Ordering::Relaxed) {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other("it was interrupted"));
        }
        thread::sleep(PAUSE);
    }
}

/// The lines that say what is wrong, on one line.
fn last_lines(stderr: impl io::Read) -> String {
    let mut errors = Vec::new();
    let mut last = String::new();
    let mut left = MAX_TOLD_BYTES;
    for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        // What comes behind is read all the same, so that Git can say it.
        left = left.saturating_sub(line.len() as u64);
        let is_error = ["fatal: ", "error: ", "ERROR: "]
            .iter()
            .any(|it| line.starts_with(it));
        if is_error && left > 0 {
            errors.push(line);
        } else if !line.is_empty() {
            last = line;
        }
    }
    if errors.is_empty() {
        last
    } else {
        errors.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_no_url() {
        for text in ["a/b", ".", "C:\\a", "host:path", "://", "a b://c"] {
            assert_eq!(RemoteUrl::parse(text).unwrap(), None, "{text}");
        }
    }

    #[test]
    fn a_url_with_a_login_or_another_scheme_is_refused_and_the_login_is_not_told() {
        let login = ["us", "er:pa", "ss"].concat();
        for text in [
            format!("https://{login}@host/a.git"),
            format!("https://{}@host/a.git", "tok-en"),
            "ext::sh -c x://a".to_owned(),
            "http://host/a".to_owned(),
            "ext://host/a".to_owned(),
        ] {
            match RemoteUrl::parse(&text) {
                Ok(url) => assert_eq!(url, None, "{text}"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::BadUrl);
                    assert!(!error.to_string().contains(&login), "{error}");
                    assert!(!error.to_string().contains("tok-en"), "{error}");
                }
            }
        }
        for text in ["ssh://git@host/a.git", "https://host/a@b.git", "file:///a"] {
            assert!(RemoteUrl::parse(text).unwrap().is_some(), "{text}");
        }
    }

    #[test]
    fn each_url_has_a_directory_of_its_own() {
        let name = |text: &str| RemoteUrl::parse(text).unwrap().unwrap().directory_name();
        let (one, other) = (
            name("https://a.example/x/../y.git"),
            name("https://b.example/y.git"),
        );
        assert!(one.starts_with("y-") && other.starts_with("y-"));
        assert_ne!(one, other);
        assert!(!name("file:///..").contains(".."));
    }
}
