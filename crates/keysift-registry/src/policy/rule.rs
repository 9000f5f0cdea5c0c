//! What each policy looks at.

use keysift_core::Severity;

use super::config::Limits;
use super::lifetime;
use crate::inventory::{Card, CredentialCard, CredentialState, Known, Owner};
use crate::observed::TimeBasis;
use crate::people::PartyKind;
use crate::time::{DAY, day};

/// An identity at a time.
pub(super) struct Subject<'s> {
    pub(super) card: &'s Card,
    pub(super) limits: &'s Limits,
    pub(super) now: i64,
}

/// How a policy is not met.
pub(super) struct Breach {
    pub(super) severity: Severity,
    pub(super) is_failure: bool,
    pub(super) message: String,
}

pub(super) fn fails(severity: Severity, message: impl Into<String>) -> Option<Breach> {
    Some(Breach {
        severity,
        is_failure: true,
        message: message.into(),
    })
}

pub(super) fn warns(severity: Severity, message: impl Into<String>) -> Option<Breach> {
    Some(Breach {
        severity,
        is_failure: false,
        message: message.into(),
    })
}

/// How the identity does not meet the policy of this id; `None` where it does, or nothing says that it does not.
pub(super) fn breach(policy: &str, subject: &Subject<'_>) -> Option<Breach> {
    let is_retired = subject.card.stage == "retired";
    match policy {
        "retired-seen" => retired_seen(subject),
        _ if is_retired => None,
        "cross-environment" => cross_environment(subject),
        "decommission-overdue" => lifetime::decommission_overdue(subject),
        "expired" => lifetime::expired(subject),
        "expiring" => lifetime::expiring(subject),
        "human-token" => human_token(subject).or_else(|| concern(subject, Severity::Medium, HUMAN)),
        "long-lifetime" => lifetime::long_lifetime(subject),
        "loose-federation" => concern(subject, Severity::High, LOOSE_FEDERATION),
        "no-expiry" => {
            lifetime::no_expiry(subject).or_else(|| concern(subject, Severity::Medium, NO_EXPIRY))
        }
        "orphaned" => orphaned(subject),
        "overprivileged" => {
            overprivileged(subject).or_else(|| concern(subject, Severity::High, BROAD))
        }
        "reuse" => reuse(subject),
        "review-overdue" => lifetime::review_overdue(subject),
        "rotation-due" => lifetime::rotation_due(subject),
        "secret-in-head" => in_head(subject),
        "secret-in-history" => in_history(subject),
        "static-key-in-ci" => {
            static_key_in_ci(subject).or_else(|| concern(subject, Severity::High, STATIC_IN_CI))
        }
        "test-account" => lifetime::test_account(subject),
        "third-party-unpinned" => concern(subject, Severity::Low, UNPINNED),
        "unowned" => subject
            .card
            .owners
            .is_empty()
            .then(|| warns(Severity::Low, "nothing says who owns it"))?,
        "unused" => lifetime::unused(subject),
        "weak-authentication" => {
            weak_authentication(subject).or_else(|| concern(subject, Severity::Medium, WEAK))
        }
        _ => None,
    }
}

const BROAD: &[&str] = &[
    "administrator",
    "broad-token",
    "reads-every-secret",
    "no-human-gate",
    "auto-approved",
    "whole-disk",
    "inherits-secrets",
    "trusts-anyone",
    "unrestricted-key",
];
const HUMAN: &[&str] = &["human-credential"];
const LOOSE_FEDERATION: &[&str] = &["oidc-trust-without-subject", "oidc-trust-of-any-subject"];
const NO_EXPIRY: &[&str] = &["static-key", "no-rotation"];
const STATIC_IN_CI: &[&str] = &["static-ci-key"];
const UNPINNED: &[&str] = &["unpinned-action", "unpinned-package"];
const WEAK: &[&str] = &["clear-text", "weak-key"];

/// What a file's declaration shows of one of these concerns, the first named here first; and how many more.
fn concern(subject: &Subject<'_>, severity: Severity, codes: &[&str]) -> Option<Breach> {
    let all = || {
        let declarations = subject.card.declarations.iter();
        declarations.flat_map(|declaration| &declaration.concerns)
    };
    let shown = codes
        .iter()
        .find_map(|code| all().find(|concern| concern.code == *code))?;
    let count = all()
        .filter(|concern| codes.contains(&&*concern.code))
        .count();
    let more = match count - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    warns(severity, format!("{}: {}{more}", shown.code, shown.detail))
}

impl Subject<'_> {
    pub(super) fn live(&self) -> impl Iterator<Item = &CredentialCard> {
        self.card.live_credentials()
    }

    /// Full days from a time until now.
    pub(super) fn days_since(&self, at: i64) -> i64 {
        self.now.saturating_sub(at).div_euclid(DAY)
    }
}

pub(super) fn told(known: Known) -> String {
    let basis = known.basis.map_or("unknown", TimeBasis::as_str);
    known.at.map_or_else(
        || "unknown".to_owned(),
        |at| format!("{} ({basis})", day(at)),
    )
}

fn retired_seen(subject: &Subject<'_>) -> Option<Breach> {
    let retired_at = subject
        .card
        .retired_at
        .filter(|_| subject.card.stage == "retired")?;
    let is_used = subject.card.last_used.at.is_some_and(|at| at > retired_at);
    let is_exposed = subject
        .card
        .last_exposed_at
        .is_some_and(|at| at > retired_at)
        && subject
            .card
            .credentials
            .iter()
            .any(|credential| credential.state == CredentialState::Current);
    let how = match (is_used, is_exposed) {
        (true, _) => format!(
            "retired on {} and used on {}",
            day(retired_at),
            told(subject.card.last_used)
        ),
        (_, true) => format!("retired on {} and met again since", day(retired_at)),
        _ => return None,
    };
    fails(Severity::Critical, how)
}

fn cross_environment(subject: &Subject<'_>) -> Option<Breach> {
    let is_production = |name: &str| matches!(name, "production" | "live");
    let credential = subject.live().find(|credential| {
        let names = || credential.environments.iter();
        names().any(|name| is_production(name)) && names().any(|name| !is_production(name))
    })?;
    fails(
        Severity::High,
        format!(
            "{} is in {}",
            credential.masked,
            credential.environments.join(" and ")
        ),
    )
}

fn human_token(subject: &Subject<'_>) -> Option<Breach> {
    let is_of_person = subject.card.kind == "personal-token";
    let is_automated = subject
        .live()
        .any(|credential| credential.automation_files > 0);
    (is_of_person && is_automated).then(|| {
        warns(
            Severity::Medium,
            "a person's token in continuous integration",
        )
    })?
}

fn orphaned(subject: &Subject<'_>) -> Option<Breach> {
    let responsible = || {
        let owners = subject.card.owners.iter();
        owners.filter(|owner| !owner.basis.is_suggestion() && owner.kind != PartyKind::Bot)
    };
    let first = responsible().next()?;
    if responsible().any(|owner| gone(subject, owner).is_none()) {
        return None;
    }
    let reason = gone(subject, first)?;
    let more = responsible()
        .map(|owner| &owner.key)
        .collect::<std::collections::BTreeSet<_>>()
        .len()
        - 1;
    let others = if more > 0 {
        format!(", and {more} more with them")
    } else {
        String::new()
    };
    fails(Severity::High, format!("{} {reason}{others}", first.name))
}

/// Why an owner is not there any more; `None` for one who is, as far as is known.
fn gone(subject: &Subject<'_>, owner: &Owner) -> Option<String> {
    if owner.kind != PartyKind::Human {
        return None;
    }
    if let Some(left) = owner.left_at.filter(|left| *left <= subject.now) {
        return Some(format!("left on {}", day(left)));
    }
    let active = owner.last_active_at?;
    let is_inactive = subject.days_since(active) > subject.limits.owner_inactive_days;
    is_inactive.then(|| format!("has committed nothing since {}", day(active)))
}

fn overprivileged(subject: &Subject<'_>) -> Option<Breach> {
    let grants = || {
        subject
            .card
            .declarations
            .iter()
            .flat_map(|declaration| &declaration.grants)
    };
    let is_all =
        |grant: &&crate::inventory::GrantCard| grant.effect == "allow" && grant.level == "admin";
    if let Some(grant) = grants().find(is_all) {
        return warns(
            Severity::High,
            format!("may do {} on {}", grant.action, grant.resource),
        );
    }
    const ALL: [(&str, &str); 3] = [
        ("scope", "the whole account"),
        ("key-id", "RootManageSharedAccessKey"),
        ("role", "service_role"),
    ];
    let (credential, (key, value)) = subject.live().find_map(|credential| {
        let told = ALL
            .iter()
            .find(|(key, value)| fact(credential, key) == Some(value))?;
        Some((credential, *told))
    })?;
    warns(
        Severity::High,
        format!("{}: {key} is {value}", credential.type_name),
    )
}

fn reuse(subject: &Subject<'_>) -> Option<Breach> {
    let most = subject
        .live()
        .max_by_key(|credential| credential.current_files)?;
    let limit = u64::try_from(subject.limits.reuse_files).unwrap_or(u64::MAX);
    let message = format!(
        "{} is in {} files of {} sources",
        most.masked, most.current_files, most.current_sources
    );
    (most.current_files >= limit.max(2)).then(|| warns(Severity::Medium, message))?
}

fn severity_of(credential: &CredentialCard) -> Severity {
    Severity::from_name(&credential.severity).unwrap_or(Severity::High)
}

fn in_head(subject: &Subject<'_>) -> Option<Breach> {
    let current = subject
        .live()
        .filter(|credential| credential.state == CredentialState::Current);
    let worst = current.max_by_key(|credential| severity_of(credential))?;
    let files = worst.current_files;
    let files = if files == 1 {
        "1 file".to_owned()
    } else {
        format!("{files} files")
    };
    fails(
        severity_of(worst),
        format!("{} {} lies in {files}", worst.type_name, worst.masked),
    )
}

fn in_history(subject: &Subject<'_>) -> Option<Breach> {
    let past = subject
        .live()
        .filter(|credential| credential.state == CredentialState::Past);
    let worst = past.max_by_key(|credential| severity_of(credential))?;
    warns(
        Severity::Medium,
        format!(
            "{} {} is in a history, and nothing has taken its place",
            worst.type_name, worst.masked
        ),
    )
}

fn static_key_in_ci(subject: &Subject<'_>) -> Option<Breach> {
    let credential = subject
        .live()
        .find(|credential| credential.automation_files > 0)?;
    warns(
        Severity::High,
        format!(
            "{} is in a file of continuous integration",
            credential.masked
        ),
    )
}

fn weak_authentication(subject: &Subject<'_>) -> Option<Breach> {
    const MIN_RSA_BITS: u32 = 2048;
    let message = subject.live().find_map(|credential| {
        let algorithm = fact(credential, "algorithm").unwrap_or_default();
        let bits: Option<u32> = fact(credential, "bits").and_then(|bits| bits.parse().ok());
        let scheme = fact(credential, "scheme").unwrap_or_default();
        match (algorithm, scheme) {
            ("none", _) => Some("a token that nobody signed".to_owned()),
            (_, "http" | "ftp" | "telnet") => {
                Some(format!("a password that {scheme} sends in the clear"))
            }
            (name, _) if name.eq_ignore_ascii_case("dsa") => Some("a DSA key".to_owned()),
            (name, _) if name.to_ascii_lowercase().contains("rsa") => bits
                .filter(|bits| *bits < MIN_RSA_BITS)
                .map(|bits| format!("an RSA key of {bits} bits")),
            _ => None,
        }
    })?;
    warns(Severity::Medium, message)
}

/// A fact of a credential, by its key.
pub(super) fn fact<'c>(credential: &'c CredentialCard, key: &str) -> Option<&'c str> {
    let facts = credential.facts.as_array()?;
    let fact = facts.iter().find(|fact| fact["key"] == key)?;
    fact["value"].as_str()
}
