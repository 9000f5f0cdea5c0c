//! What a parser of files saw of an identity without seeing a secret.

/// An identity as a file declares it: a service account in a manifest, the token of a workflow's job, a server of an
/// agent. Whoever parses such files fills these in, and gives them to [`Recorder::declare`](crate::Recorder::declare).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observed {
    /// The natural key, the same wherever the identity is met: `aws:role:arn:…`, `gcp:sa:deploy@proj.iam…`,
    /// `k8s:sa:cluster/namespace/name`, `gha:job:.github/workflows/ci.yml#build`, `mcp:.mcp.json#github`.
    pub uid: String,
    /// Other keys that mean the same identity; empty by default. Identities that share one are merged.
    pub aliases: Vec<String>,
    /// What kind of identity it is, in kebab case: an [`IdentityKind`](keysift_core::IdentityKind)'s name, or one of its
    /// own such as `workflow-job` or `mcp-server`.
    pub kind: String,
    /// Who runs what it authenticates to, as rules write it (`AWS`, `Google Cloud`).
    pub provider: String,
    /// A name for people; the uid's where it is empty.
    pub name: String,
    /// The account, project, tenant or cluster; `None` for unknown.
    pub account: Option<String>,
    /// Such as `production`; `None` for unknown.
    pub environment: Option<String>,
    /// What it is for, as the file says; `None` where it does not.
    pub purpose: Option<String>,
    /// Public ids of its credentials, such as an access key id or a fingerprint; never a secret. A credential that was
    /// found with one of them joins this identity.
    pub credentials: Vec<String>,
    /// Whether it authenticates without a secret of its own, by federation or by a managed reference.
    pub is_federated: bool,
    /// What it may do, as found; empty by default.
    pub grants: Vec<Grant>,
    /// Who owns it, as the file says; empty by default.
    pub owners: Vec<OwnerHint>,
    /// What about it deserves a look; empty by default.
    pub concerns: Vec<Concern>,
    /// When it was created, in seconds since 1970; `None` for unknown.
    pub created_at: Option<i64>,
    /// Until when it is good, in seconds since 1970; `None` for unknown.
    pub expires_at: Option<i64>,
    /// How [`created_at`](Self::created_at), [`expires_at`](Self::expires_at) and [`last_used_at`](Self::last_used_at) are known.
    pub basis: TimeBasis,
    /// When it was last used, in seconds since 1970; `None` for unknown.
    pub last_used_at: Option<i64>,
    /// The file, with `/` between its parts, as the scan names it.
    pub path: String,
    /// The line, 1-based.
    pub line: u64,
}

/// What about an identity deserves a look, as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize)]
pub struct Concern {
    /// Its stable name, in kebab case, such as `unpinned-action`.
    pub code: String,
    /// The risk of the OWASP Non-Human Identities Top 10 (2025), `NHI1` to `NHI10`.
    pub owasp: String,
    /// What was seen.
    pub detail: String,
}

/// How a time is known. The order is that of trust, the most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum TimeBasis {
    /// The provider exported it.
    Export,
    /// A log has it.
    Log,
    /// It stands in a certificate.
    Certificate,
    /// It was decoded from the credential.
    Decoded,
    /// A file or a person says so.
    #[default]
    Declared,
    /// The commit that brought it in was made then.
    Commit,
    /// It was first scanned then.
    Scan,
}

impl TimeBasis {
    const ALL: [Self; 7] = [
        Self::Export,
        Self::Log,
        Self::Certificate,
        Self::Decoded,
        Self::Declared,
        Self::Commit,
        Self::Scan,
    ];

    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Log => "log",
            Self::Certificate => "certificate",
            Self::Decoded => "decoded",
            Self::Declared => "declared",
            Self::Commit => "commit",
            Self::Scan => "scan",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == name)
    }
}

/// Something that an identity may do, as a file grants it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// Whether it forbids instead.
    pub is_deny: bool,
    /// The action, scope, role or permission, as the file writes it.
    pub action: String,
    /// On what; `*` for everything.
    pub resource: String,
    /// Under which condition, as the file writes it; empty for none.
    pub condition: String,
    /// How much it is.
    pub level: GrantLevel,
    /// Whether an expression that nobody has resolved stands in it.
    pub is_unresolved: bool,
}

/// How much a grant lets one do, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum GrantLevel {
    /// Not known.
    #[default]
    Unknown,
    /// Reading.
    Read,
    /// Changing.
    Write,
    /// Changing who may do what.
    Permissions,
    /// Everything.
    Admin,
}

impl GrantLevel {
    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Read => "read",
            Self::Write => "write",
            Self::Permissions => "permissions",
            Self::Admin => "admin",
        }
    }
}

/// Who owns an identity, as a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerHint {
    /// An e-mail address, `@handle`, `@organisation/team`, or a name.
    pub party: String,
    /// How it is known.
    pub basis: OwnerBasis,
}

/// How an owner is known. The order is that of trust, the most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OwnerBasis {
    /// A person assigned it.
    Declared,
    /// Backstage's catalogue names the owner of the repository.
    Catalog,
    /// `CODEOWNERS` names the owner of the file.
    Codeowners,
    /// A tag or a label in infrastructure code does.
    IacTag,
    /// Whoever brought it in.
    Introduced,
    /// Whoever wrote the line of `HEAD` that it stands in, or is declared in, as it is now.
    Blame,
    /// Whoever committed most to the directory in the repository's last 90 days; a suggestion, no responsibility.
    DirectoryCommitter,
    /// Whoever committed most to the repository in its last 90 days; a suggestion, no responsibility.
    ActiveCommitter,
}

impl OwnerBasis {
    const ALL: [Self; 8] = [
        Self::Declared,
        Self::Catalog,
        Self::Codeowners,
        Self::IacTag,
        Self::Introduced,
        Self::Blame,
        Self::DirectoryCommitter,
        Self::ActiveCommitter,
    ];

    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Catalog => "catalog",
            Self::Codeowners => "codeowners",
            Self::IacTag => "iac-tag",
            Self::Introduced => "introduced",
            Self::Blame => "blame",
            Self::DirectoryCommitter => "directory-committer",
            Self::ActiveCommitter => "active-committer",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == name)
    }

    /// Whether it tells of somebody to ask, who need not be responsible.
    pub(crate) const fn is_suggestion(self) -> bool {
        matches!(self, Self::DirectoryCommitter | Self::ActiveCommitter)
    }

    /// How likely it names the owner, in percent.
    pub const fn confidence_percent(self) -> u8 {
        match self {
            Self::Declared => 100,
            Self::Catalog => 95,
            Self::Codeowners => 90,
            Self::IacTag => 85,
            Self::Introduced => 70,
            Self::Blame => 60,
            Self::DirectoryCommitter => 50,
            Self::ActiveCommitter => 40,
        }
    }
}
