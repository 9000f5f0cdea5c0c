//! What files declare: identities that exist without a secret beside them, and where names get their secrets from.
//!
//! Pure functions of a path and bytes. Nothing is worked out that a file does not say: an expression stays one, and is
//! marked as not resolved. No value of a secret is kept.

mod agent;
mod authorized_keys;
mod aws_profile;
mod certificate;
mod cloudformation;
mod compose;
mod declaration;
mod environment_file;
mod google_file;
mod holding;
mod iam;
mod kubeconfig;
mod kubernetes;
mod name;
mod observe;
mod reader;
mod registry_login;
mod terraform;
mod terraform_state;
mod tree;
mod workflow;

use std::path::Path;

use keysift_core::Unscanned;

pub use self::declaration::{
    Concern, Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, Grant, Relation,
};
pub use self::holding::Holding;
pub(crate) use self::holding::holding;
pub use self::reader::Reader;

/// The longest file that is read, in bytes. States and manifests of large estates have a few MiB.
pub const MAX_FILE_BYTES: usize = 16 << 20;

/// Why a file that is known by its name or its first bytes was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// The kind of file, such as `github-workflow`.
    pub kind: &'static str,
    /// What is wrong; it may quote keys and lines of the file, and no values.
    pub message: String,
}

impl Unread {
    /// A file that could not be read at all, by its path.
    pub fn of(unscanned: Unscanned) -> (String, Self) {
        let message = unscanned
            .message
            .unwrap_or_else(|| unscanned.skip.as_str().to_owned());
        let unread = Self {
            kind: "file",
            message,
        };
        (unscanned.name, unread)
    }
}

/// A file at hand.
#[derive(Debug, Clone, Copy)]
struct File<'a> {
    /// With `/` between its parts.
    path: &'a str,
    /// The same behind the repository's name, which keys of what is local to it begin with.
    place: &'a str,
    /// The last part, in lower case.
    name: &'a str,
    text: &'a str,
}

impl File<'_> {
    /// What keys of what is local to a repository begin with, up to its slash; empty where the repository has no name.
    fn scope(&self) -> String {
        self.place
            .strip_suffix(self.path)
            .unwrap_or_default()
            .to_owned()
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        let extension = self.name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|extension| extensions.contains(&extension))
    }

    /// Whether the path ends in `tail`, whose first part begins where a part of the path does.
    fn ends_in(&self, tail: &str) -> bool {
        self.path
            .strip_suffix(tail)
            .is_some_and(|before| before.is_empty() || before.ends_with('/'))
    }
}

/// A kind of file: how it is told, and how it is read.
struct Kind {
    name: &'static str,
    is: fn(&File<'_>) -> bool,
    read: fn(&File<'_>) -> Result<Declarations, String>,
}

/// Every kind. The first that a file is, counts.
const KINDS: &[Kind] = &[
    workflow::KIND,
    agent::KIND,
    terraform_state::KIND,
    terraform::KIND,
    compose::KIND,
    kubeconfig::KIND,
    kubernetes::KIND,
    cloudformation::KIND,
    aws_profile::KIND,
    google_file::KIND,
    registry_login::DOCKER,
    registry_login::NPM,
    authorized_keys::KIND,
    certificate::KIND,
    environment_file::KIND,
];

/// Whether a file of this name may declare anything, so that its bytes are worth having.
///
/// It is cheap, and says yes to every YAML and JSON file, whose bytes decide.
pub fn may_declare(path: &Path) -> bool {
    const ENDS: &[&str] = &[
        "yml",
        "yaml",
        "json",
        "jsonc",
        "tf",
        "tfvars",
        "tfstate",
        "backup",
        "toml",
        "template",
        "pub",
        "pem",
        "crt",
        "cer",
        "cert",
        "env",
        "npmrc",
        "conf",
        "kubeconfig",
        "dockerconfigjson",
    ];
    const NAMES: &[&str] = &[
        "credentials",
        "config",
        "kubeconfig",
        "authorized_keys",
        "authorized_keys2",
    ];
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_ascii_lowercase());
    let Some(name) = name else {
        return false;
    };
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    NAMES.contains(&name.as_str())
        || name.starts_with(".env")
        || extension.is_some_and(|extension| ENDS.contains(&extension))
}

/// What a file declares; `None` for one that no reader knows. `repository` is the name that keys of what is local to it
/// begin with, such as jobs and servers of agents; empty for none. `path` is the file's in it.
///
/// # Errors
/// A file that a reader knows and cannot read, for the caller to count and to show.
pub fn declarations(
    repository: &str,
    path: &Path,
    bytes: &[u8],
) -> Option<Result<Declarations, Unread>> {
    let path = path
        .to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/");
    let name = path
        .rsplit('/')
        .next()
        .unwrap_or(&path)
        .to_ascii_lowercase();
    let head = &bytes[..bytes.len().min(MAX_FILE_BYTES)];
    let is_long = head.len() < bytes.len();
    // What is cut inside a character is no fault of the file.
    let (text, is_text) = match std::str::from_utf8(head) {
        Ok(text) => (text, true),
        Err(error) => (
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
            is_long && error.error_len().is_none(),
        ),
    };
    let text = text.trim_start_matches('\u{feff}');
    let place = match repository {
        "" => path.clone(),
        name => format!("{name}/{path}"),
    };
    let file = File {
        path: &path,
        place: &place,
        name: &name,
        text,
    };
    let kind = KINDS.iter().find(|kind| (kind.is)(&file))?;
    let unread = |message: String| Unread {
        kind: kind.name,
        message,
    };
    if is_long {
        let message = format!("longer than {MAX_FILE_BYTES} bytes");
        return Some(Err(unread(message)));
    }
    if !is_text {
        return Some(Err(unread("not UTF-8".to_owned())));
    }
    let mut read = (kind.read)(&file).map_err(unread);
    if let Ok(read) = &mut read {
        read.slots.retain(|slot| slot.holding != Holding::Switch);
    }
    Some(read)
}

#[cfg(test)]
mod tests;
