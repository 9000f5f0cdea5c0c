//! Evaluating policies: which identities do not meet what is demanded.

use keysift_core::Severity;
use serde::Serialize;

use super::config::PolicyConfig;
use super::rule;
use super::{POLICIES, Policy};
use crate::inventory::Card;
use crate::time::rfc3339;

/// An identity that does not meet a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The policy.
    #[serde(serialize_with = "as_id")]
    pub policy: &'static Policy,
    /// The number of the identity in the registry.
    pub identity: i64,
    /// Its natural key.
    pub uid: String,
    /// Who has to act; `None` where nobody is known.
    pub owner: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it fails a check; otherwise it is a warning.
    pub is_failure: bool,
    /// What is wrong, in a few words.
    pub message: String,
    /// Since when it is known, in RFC 3339; `None` where no check was remembered that knew it.
    pub since: Option<String>,
    /// Until when it is waived, in RFC 3339; `None` where it is not.
    pub waived_until: Option<String>,
}

fn as_id<S: serde::Serializer>(policy: &&'static Policy, serializer: S) -> Result<S::Ok, S::Error> {
    policy.serialize(serializer)
}

/// What checking an inventory came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Checked {
    /// What is not waived, the worst first.
    pub violations: Vec<Violation>,
    /// What is waived for now.
    pub waived: Vec<Violation>,
    /// Identities that were checked.
    pub identities: u64,
    /// Identities of which nothing says when they were last used, so that `unused` could not be decided.
    pub unknown_use: u64,
    /// Identities of which nothing says whether and when they expire.
    pub unknown_expiry: u64,
}

impl Checked {
    /// Whether something fails that is not waived.
    pub fn has_failed(&self) -> bool {
        self.violations.iter().any(|violation| violation.is_failure)
    }
}

impl PolicyConfig {
    /// Checks an inventory as it is at `now`, in seconds since 1970.
    pub fn check(&self, cards: &[Card], now: i64) -> Checked {
        let mut checked = Checked {
            identities: cards.len() as u64,
            ..Checked::default()
        };
        for card in cards {
            checked.unknown_use +=
                u64::from(card.last_used.at.is_none() && card.stage != "retired");
            checked.unknown_expiry +=
                u64::from(card.expires.at.is_none() && card.stage != "retired");
            for violation in self.violations(card, now) {
                if violation.waived_until.is_some() {
                    checked.waived.push(violation);
                } else {
                    checked.violations.push(violation);
                }
            }
        }
        let order = |a: &Violation, b: &Violation| {
            (b.is_failure, b.severity, &a.owner, &a.uid, a.policy.id).cmp(&(
                a.is_failure,
                a.severity,
                &b.owner,
                &b.uid,
                b.policy.id,
            ))
        };
        checked.violations.sort_by(order);
        checked.waived.sort_by(order);
        checked
    }

    /// What of the policies an identity does not meet at `now`, in seconds since 1970.
    pub fn violations(&self, card: &Card, now: i64) -> Vec<Violation> {
        let limits = self.limits(&card.kind, &card.environments);
        let subject = rule::Subject {
            card,
            limits: &limits,
            now,
        };
        let enabled = POLICIES.iter().filter(|policy| self.is_enabled(policy.id));
        enabled
            .filter_map(|policy| {
                let breach = rule::breach(policy.id, &subject)?;
                let waivers = card.waivers.iter();
                let waiver = waivers
                    .filter(|waiver| waiver.policy == policy.id && waiver.expires_at > now)
                    .max_by_key(|waiver| waiver.expires_at);
                Some(Violation {
                    policy,
                    identity: card.id,
                    uid: card.uid.clone(),
                    owner: card.owner().map(|owner| owner.name.clone()),
                    severity: self.severity(policy.id).unwrap_or(breach.severity),
                    is_failure: breach.is_failure,
                    message: breach.message,
                    since: card.open_since.get(policy.id).copied().map(rfc3339),
                    waived_until: waiver.map(|waiver| waiver.expires.clone()),
                })
            })
            .collect()
    }
}
