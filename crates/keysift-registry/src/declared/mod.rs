//! What files declare: identities that exist without a secret beside them, and where names get their secrets from.
//!
//! Pure functions of a path and bytes. Nothing is worked out that a file does not say: an expression stays one, and is
//! marked as not resolved. No value of a secret is kept.

mod agent;
mod authorized_keys;
mod cloud_file;
mod cloudformation;
mod compose;
mod environment_file;
mod holding;
mod iam;
mod kubeconfig;
mod kubernetes;
mod terraform;
mod terraform_state;
mod tree;
mod workflow;

use std::path::Path;

pub use self::holding::Holding;

/// The longest file that is read, in bytes. States and manifests of large estates have a few MiB.
pub const MAX_FILE_BYTES: usize = 16 << 20;

/// What a file declares.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Declarations {
    /// The identities, in the order of the file. An identity may be there more than once.
    pub identities: Vec<Declared>,
    /// What identities have to do with one another.
    pub edges: Vec<Edge>,
    /// Names that hold a credential, and where they get it from.
    pub slots: Vec<DeclaredSlot>,
}

/// An identity that a file speaks of.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Declared {
    /// Its natural key, such as `aws:role:arn:aws:iam::123456789012:role/ci`. Names that only the running system knows
    /// are left as they are written.
    pub uid: String,
    /// What kind of identity it is.
    pub kind: DeclaredKind,
    /// Whose it is, in the spelling of the rules' `provider`.
    pub provider: &'static str,
    /// What people call it.
    pub name: String,
    /// The account, project, tenant or cluster; `None` where the file does not say.
    pub account: Option<String>,
    /// The environment that it is for; `None` where the file does not say.
    pub environment: Option<String>,
    /// Other keys of the same identity.
    pub aliases: Vec<String>,
    /// The public ids of its credentials, such as an access key id.
    pub public_ids: Vec<String>,
    /// What it may do.
    pub grants: Vec<Grant>,
    /// Who owns it, as a tag or a label says.
    pub owners: Vec<String>,
    /// When it was made, as RFC 3339, where the file says so.
    pub created: Option<String>,
    /// What about it deserves a look.
    pub concerns: Vec<Concern>,
    /// The line it is declared on; the first is 1.
    pub line: u64,
}

impl Declared {
    fn new(uid: String, kind: DeclaredKind, provider: &'static str, name: &str, line: u64) -> Self {
        Self {
            uid,
            kind,
            provider,
            name: name.to_owned(),
            account: None,
            environment: None,
            aliases: Vec::new(),
            public_ids: Vec::new(),
            grants: Vec::new(),
            owners: Vec::new(),
            created: None,
            concerns: Vec::new(),
            line,
        }
    }

    fn concern(&mut self, code: &'static str, risk: &'static str, detail: impl Into<String>) {
        self.concerns.push(Concern {
            code,
            risk,
            detail: detail.into(),
        });
    }
}

/// Kinds of identities that files declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeclaredKind {
    /// An AI agent: a program that a model drives.
    Agent,
    /// A server of tools that agents use.
    AgentServer,
    /// A job of a pipeline.
    CiJob,
    /// An OAuth client or an application of a directory.
    OauthClient,
    /// A role that others take on.
    Role,
    /// A service account, or a user that is for programs.
    ServiceAccount,
    /// A key for SSH.
    SshKey,
    /// A workload that runs as an identity.
    Workload,
}

impl DeclaredKind {
    /// The name used in output, in kebab case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "ai-agent",
            Self::AgentServer => "agent-server",
            Self::CiJob => "ci-job",
            Self::OauthClient => "oauth-client",
            Self::Role => "role",
            Self::ServiceAccount => "service-account",
            Self::SshKey => "ssh-key",
            Self::Workload => "workload",
        }
    }
}

/// Something that an identity may do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// Whether it is allowed or denied.
    pub is_allowed: bool,
    /// The action, such as `s3:GetObject`, `contents:write` or a role's name.
    pub action: String,
    /// What it may be done to; `*` for everything.
    pub resource: String,
    /// The conditions, as they are written; `None` where there are none.
    pub condition: Option<String>,
    /// Whether action and resource are written out; otherwise one of them is an expression or a name whose meaning
    /// stands elsewhere.
    pub is_resolved: bool,
    /// The line it is granted on.
    pub line: u64,
}

impl Grant {
    fn new(action: impl Into<String>, resource: impl Into<String>, line: u64) -> Self {
        Self {
            is_allowed: true,
            action: action.into(),
            resource: resource.into(),
            condition: None,
            is_resolved: true,
            line,
        }
    }

    /// Whether it gives everything: any action on any resource, or a role known to.
    pub fn is_admin(&self) -> bool {
        let broad = matches!(
            self.action.as_str(),
            "*" | "*:*"
                | "* *"
                | "*:write"
                | "cluster-admin"
                | "roles/owner"
                | "roles/editor"
                | "Owner"
                | "Contributor"
                | "arn:aws:iam::aws:policy/AdministratorAccess"
        );
        self.is_allowed && broad && self.condition.is_none()
    }
}

/// What deserves a look about an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Concern {
    /// Its stable name, in kebab case.
    pub code: &'static str,
    /// The risk of the OWASP NHI Top 10 (2025) that it belongs to, `NHI1` to `NHI10`.
    pub risk: &'static str,
    /// What was seen.
    pub detail: String,
}

/// How two identities hang together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// The identity that does it.
    pub from: String,
    /// What it does.
    pub relation: Relation,
    /// To which.
    pub to: String,
    /// The line that says so.
    pub line: u64,
}

/// What one identity does to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// Takes it on without a secret, by federation or by a role.
    CanAssume,
    /// Signs in with its credential.
    AuthenticatesAs,
    /// Calls it or runs as it.
    Uses,
}

impl Relation {
    /// The name used in output and in the registry, in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CanAssume => "can_assume",
            Self::AuthenticatesAs => "authenticates_as",
            Self::Uses => "uses",
        }
    }
}

/// A name that holds a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeclaredSlot {
    /// The identity that uses it, by its key; `None` where the file does not say.
    pub holder: Option<String>,
    /// The name, such as `AWS_SECRET_ACCESS_KEY`.
    pub name: String,
    /// Where it gets its value from.
    pub holding: Holding,
    /// The line it stands on.
    pub line: u64,
}

/// Why a file that is known by its name or its first bytes was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// The kind of file, such as `github-workflow`.
    pub kind: &'static str,
    /// What is wrong; it may quote keys and lines of the file, and no values.
    pub message: String,
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
    cloud_file::AWS,
    cloud_file::GCP,
    cloud_file::DOCKER,
    cloud_file::NPM,
    authorized_keys::KIND,
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
