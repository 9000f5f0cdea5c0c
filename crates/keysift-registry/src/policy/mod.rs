//! What an organisation demands of its identities, and which of them do not meet it.

mod config;
mod evaluate;
mod lifetime;
mod remember;
mod rule;

use serde::Serialize;

pub(crate) use self::config::policy_id;
pub use self::config::{Limits, PolicyConfig};
pub use self::evaluate::{Checked, Violation};
pub use self::remember::Remembered;

/// One demand.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Policy {
    /// The name in configuration and output, in kebab case.
    pub id: &'static str,
    /// What is demanded, in a sentence.
    pub title: &'static str,
    /// The risk of the OWASP Non-Human Identities Top 10 (2025) that it guards against.
    pub owasp: &'static str,
}

const fn policy(id: &'static str, owasp: &'static str, title: &'static str) -> Policy {
    Policy { id, title, owasp }
}

/// Every policy, sorted by id.
pub const POLICIES: &[Policy] = &[
    policy(
        "cross-environment",
        "NHI8",
        "One credential serves one environment.",
    ),
    policy(
        "decommission-overdue",
        "NHI1",
        "What is to be decommissioned is so by its day.",
    ),
    policy(
        "expired",
        "NHI7",
        "No certificate has expired, and nothing expired lies about.",
    ),
    policy(
        "expiring",
        "NHI7",
        "Credentials are renewed before they expire.",
    ),
    policy(
        "human-token",
        "NHI10",
        "Automation does not use a person's token.",
    ),
    policy(
        "long-lifetime",
        "NHI7",
        "No credential is valid for longer than it should.",
    ),
    policy(
        "loose-federation",
        "NHI6",
        "Federation trusts named subjects alone.",
    ),
    policy("no-expiry", "NHI7", "Every credential expires."),
    policy(
        "orphaned",
        "NHI1",
        "Somebody who is still there owns each identity.",
    ),
    policy("overprivileged", "NHI5", "No identity may do everything."),
    policy("retired-seen", "NHI1", "What was retired is not met again."),
    policy("reuse", "NHI9", "One credential serves one application."),
    policy(
        "review-overdue",
        "NHI1",
        "Identities are reviewed when it is due.",
    ),
    policy("rotation-due", "NHI7", "Credentials are replaced in time."),
    policy(
        "secret-in-head",
        "NHI2",
        "No secret lies in a tree or in HEAD.",
    ),
    policy(
        "secret-in-history",
        "NHI2",
        "A secret that a history holds has been replaced.",
    ),
    policy(
        "static-key-in-ci",
        "NHI6",
        "Continuous integration has no static keys in its files.",
    ),
    policy(
        "test-account",
        "NHI1",
        "Test accounts do not outlive their test.",
    ),
    policy(
        "third-party-unpinned",
        "NHI3",
        "Code of others is pinned to what was reviewed.",
    ),
    policy("unowned", "NHI1", "The owner of each identity is known."),
    policy("unused", "NHI1", "What is not used is taken away."),
    policy(
        "weak-authentication",
        "NHI4",
        "Credentials authenticate strongly.",
    ),
];

/// The policy of this name, if there is one.
pub(crate) fn named(id: &str) -> Option<&'static Policy> {
    POLICIES.iter().find(|policy| policy.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_sorted_and_each_guards_against_one_of_the_ten_risks() {
        assert!(POLICIES.windows(2).all(|pair| pair[0].id < pair[1].id));
        for policy in POLICIES {
            let number: u8 = policy.owasp.strip_prefix("NHI").unwrap().parse().unwrap();
            assert!((1..=10).contains(&number));
            assert!(policy.title.ends_with('.'));
        }
    }
}
