//! What a file declares.

use super::Holding;

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
    /// Until when it is good, as RFC 3339, where the file says so.
    pub expires: Option<String>,
    /// What about it deserves a look.
    pub concerns: Vec<Concern>,
    /// The line it is declared on; the first is 1.
    pub line: u64,
}

impl Declared {
    pub(super) fn new(
        uid: String,
        kind: DeclaredKind,
        provider: &'static str,
        name: &str,
        line: u64,
    ) -> Self {
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
            expires: None,
            concerns: Vec::new(),
            line,
        }
    }

    pub(super) fn concern(
        &mut self,
        code: &'static str,
        risk: &'static str,
        detail: impl Into<String>,
    ) {
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
    /// Whoever has the private key of a certificate.
    Certificate,
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
            Self::Certificate => "certificate",
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
    pub(super) fn new(action: impl Into<String>, resource: impl Into<String>, line: u64) -> Self {
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
