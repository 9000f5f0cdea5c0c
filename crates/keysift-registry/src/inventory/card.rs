//! What is told of an identity.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::observed::{Concern, OwnerBasis, TimeBasis};
use crate::people::PartyKind;

/// A time with how it is known; both are `None` where nothing says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Known {
    /// Seconds since 1970.
    #[serde(serialize_with = "as_rfc3339")]
    pub at: Option<i64>,
    /// How it is known.
    #[serde(serialize_with = "as_name")]
    pub basis: Option<TimeBasis>,
}

impl Known {
    pub(crate) fn new(at: Option<i64>, basis: Option<TimeBasis>) -> Self {
        Self {
            at,
            basis: at.and(basis),
        }
    }

    /// The more trusted of two; of equally trusted ones the earlier.
    pub(crate) fn or_better(self, other: Self) -> Self {
        match (self.basis, other.basis) {
            (_, None) => self,
            (None, _) => other,
            (Some(ours), Some(theirs)) if (theirs, other.at) < (ours, self.at) => other,
            _ => self,
        }
    }
}

fn as_rfc3339<S: Serializer>(at: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(crate::time::rfc3339).serialize(serializer)
}

fn as_name<S: Serializer>(basis: &Option<TimeBasis>, serializer: S) -> Result<S::Ok, S::Error> {
    basis.map(TimeBasis::as_str).serialize(serializer)
}

fn as_basis<S: Serializer>(basis: &OwnerBasis, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(basis.as_str())
}

/// An owner of an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Owner {
    /// The name for people.
    pub name: String,
    /// The e-mail address or handle.
    pub key: String,
    /// A person, a team, or a bot.
    pub kind: PartyKind,
    /// How it is known.
    #[serde(serialize_with = "as_basis")]
    pub basis: OwnerBasis,
    /// How likely it is the owner, in percent.
    pub confidence_percent: u8,
    /// Where that is said.
    pub evidence: String,
    /// When the last commit was made, in seconds since 1970; `None` for unknown.
    #[serde(serialize_with = "as_rfc3339")]
    pub last_active_at: Option<i64>,
    /// When the person left, in seconds since 1970; `None` for one who did not, as far as is known.
    #[serde(serialize_with = "as_rfc3339")]
    pub left_at: Option<i64>,
}

/// Where a credential lies now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CredentialState {
    /// In a tree, or in `HEAD`.
    Current,
    /// In a history alone.
    Past,
    /// In no source any more.
    Gone,
}

impl CredentialState {
    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Past => "past",
            Self::Gone => "gone",
        }
    }
}

/// One credential of an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CredentialCard {
    /// Its row in the registry.
    #[serde(skip)]
    pub(crate) id: i64,
    /// The secret's fingerprint under the registry's key.
    pub fingerprint: String,
    /// The rule that found it.
    pub rule: String,
    /// What it is.
    #[serde(rename = "type")]
    pub type_name: String,
    /// How bad its leak is.
    pub severity: String,
    /// How likely it is real.
    pub confidence: String,
    /// What may be shown of it.
    pub masked: String,
    /// What the provider's logs and exports call it; `None` for unknown.
    pub public_id: Option<String>,
    /// What it says of itself.
    pub facts: serde_json::Value,
    /// When it was made, as far as anything says so.
    pub issued: Known,
    /// When it ceases to be valid.
    pub expires: Known,
    /// Where it lies.
    pub state: CredentialState,
    /// Whether another value has taken its place wherever it stood.
    pub is_superseded: bool,
    /// Places in trees and in `HEAD`.
    pub current_exposures: u64,
    /// Places in histories alone.
    pub past_exposures: u64,
    /// Files, of all sources, that have it now.
    pub current_files: u64,
    /// Sources that have it now.
    pub current_sources: u64,
    /// Files of continuous integration that have it now.
    pub automation_files: u64,
    /// The environments that the files speak of that have it now.
    pub environments: Vec<String>,
}

/// A grant, as a file has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct GrantCard {
    /// `allow` or `deny`.
    pub effect: String,
    /// What may be done.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Under which condition; empty for none.
    pub condition: String,
    /// How much it is.
    pub level: String,
    /// Whether every expression in it is resolved.
    pub is_resolved: bool,
}

/// A file that declares the identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DeclarationCard {
    /// The source.
    pub source: String,
    /// The file.
    pub path: String,
    /// The line, 1-based.
    pub line: u64,
    /// Whether it authenticates without a secret of its own.
    pub is_federated: bool,
    /// What it grants.
    pub grants: Vec<GrantCard>,
    /// What about it deserves a look.
    pub concerns: Vec<Concern>,
}

/// A name by which the identity holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HeldCard {
    /// The name, such as `NPM_TOKEN`.
    pub name: String,
    /// Where it gets its value from: `managed`, `federated`, `literal`, `encrypted`, `variable`, `unresolved` or
    /// `placeholder`.
    pub holding: String,
    /// Which entry, role or variable that is; may be empty.
    pub entry: String,
    /// The file.
    pub path: String,
    /// The line, 1-based.
    pub line: u64,
}

/// What the identity has to do with another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct EdgeCard {
    /// `uses`, `can_assume` or `authenticates_as`.
    pub relation: String,
    /// The natural key of the other one.
    pub other: String,
    /// Whether it is the other one that does it.
    pub is_incoming: bool,
}

/// A decision about an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReviewCard {
    /// When, in RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// What was decided.
    pub decision: String,
    /// Why; may be empty.
    pub note: String,
}

/// A policy that does not count for an identity for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaiverCard {
    /// The policy.
    pub policy: String,
    /// Why.
    pub reason: String,
    /// Who waived it.
    pub by: String,
    /// Until when, in seconds since 1970.
    #[serde(skip)]
    pub expires_at: i64,
    /// Until when, in RFC 3339.
    pub expires: String,
}

/// Something that ceases to be valid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending<'c> {
    /// What it is.
    pub(crate) name: &'c str,
    /// What tells it from others of the same identity.
    pub(crate) key: &'c str,
    pub(crate) issued: Known,
    pub(crate) expires: Known,
}

/// All that is known of one identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Card {
    /// Its number in this registry.
    pub id: i64,
    /// Its natural key, the same in every registry.
    pub uid: String,
    /// Other keys that mean it, and what was merged into it.
    pub aliases: Vec<String>,
    /// What kind of identity it is.
    pub kind: String,
    /// Who runs what it authenticates to.
    pub provider: String,
    /// A name for people.
    pub name: String,
    /// The account, project or tenant; `None` for unknown.
    pub account: Option<String>,
    /// Environments that it was met in, by facts and by the names of files.
    pub environments: Vec<String>,
    /// What it is for; `None` for unknown.
    pub purpose: Option<String>,
    /// `discovered`, `approved`, `decommissioning`, `retired`.
    pub stage: String,
    /// Who approved it; `None` where nobody did.
    pub approved_by: Option<String>,
    /// Its owners, the most trusted first; empty where nothing says who.
    pub owners: Vec<Owner>,
    /// When it was created.
    pub created: Known,
    /// When it was last used.
    pub last_used: Known,
    /// When it, or the first of its credentials that are in use, ceases to be valid.
    pub expires: Known,
    /// Until when the identity itself is good, such as a certificate, as the files say that declare it.
    #[serde(skip)]
    pub(crate) declared_expires: Known,
    /// When the next review is due, in seconds since 1970; `None` where none is.
    #[serde(serialize_with = "as_rfc3339")]
    pub review_due_at: Option<i64>,
    /// By when it has to be gone, in seconds since 1970; `None` where it need not be.
    #[serde(serialize_with = "as_rfc3339")]
    pub decommission_by: Option<i64>,
    /// When it was retired, in seconds since 1970; `None` where it is not.
    #[serde(serialize_with = "as_rfc3339")]
    pub retired_at: Option<i64>,
    /// When the last new place of it was scanned, in seconds since 1970.
    #[serde(serialize_with = "as_rfc3339")]
    pub last_exposed_at: Option<i64>,
    /// Its credentials, the newest first.
    pub credentials: Vec<CredentialCard>,
    /// Files that declare it.
    pub declarations: Vec<DeclarationCard>,
    /// Names by which it holds credentials, as files say.
    pub held: Vec<HeldCard>,
    /// What it has to do with others, as files say.
    pub edges: Vec<EdgeCard>,
    /// Decisions about it, the newest first.
    pub reviews: Vec<ReviewCard>,
    /// What was waived for it, also what is over.
    pub waivers: Vec<WaiverCard>,
    /// Since when policies are not met, in seconds since 1970, by their ids; as far as a check was remembered.
    #[serde(skip)]
    pub(crate) open_since: BTreeMap<String, i64>,
    /// How urgent it is, from 0 to 100; see the documentation of the inventory for how it is counted.
    pub risk: u8,
}

impl Card {
    /// Places in trees and in `HEAD`.
    pub fn current_exposures(&self) -> u64 {
        self.credentials
            .iter()
            .map(|credential| credential.current_exposures)
            .sum()
    }

    /// Places in histories alone.
    pub fn past_exposures(&self) -> u64 {
        self.credentials
            .iter()
            .map(|credential| credential.past_exposures)
            .sum()
    }

    /// The most trusted owner who is still there; of those who are not, the most trusted. `None` where nobody is known.
    pub fn owner(&self) -> Option<&Owner> {
        let there = self.owners.iter().find(|owner| owner.left_at.is_none());
        there.or_else(|| self.owners.first())
    }

    /// What of it ceases to be valid, and when: its credentials that may still open something, and itself.
    pub(crate) fn endings(&self) -> impl Iterator<Item = Ending<'_>> {
        let credentials = self.live_credentials().map(|credential| Ending {
            name: &credential.type_name,
            key: &credential.fingerprint,
            issued: credential.issued,
            expires: credential.expires,
        });
        let own = (!self.declarations.is_empty()).then_some(Ending {
            name: &self.kind,
            key: "declared",
            issued: self.created,
            expires: self.declared_expires,
        });
        credentials
            .chain(own)
            .filter(|ending| ending.expires.at.is_some())
    }

    /// Credentials that may still open something: they lie somewhere, and nothing has taken their place.
    pub fn live_credentials(&self) -> impl Iterator<Item = &CredentialCard> {
        let credentials = self.credentials.iter();
        credentials.filter(|credential| {
            !credential.is_superseded && credential.state != CredentialState::Gone
        })
    }
}
