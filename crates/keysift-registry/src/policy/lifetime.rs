//! Policies that time decides.

use keysift_core::Severity;

use super::rule::{Breach, Subject, fact, fails, told, warns};
use crate::inventory::CredentialCard;
use crate::observed::TimeBasis;
use crate::slot;
use crate::time::{DAY, day};

pub(super) fn expired(subject: &Subject<'_>) -> Option<Breach> {
    let ending = subject
        .card
        .endings()
        .find(|ending| ending.expires.at.is_some_and(|at| at <= subject.now))?;
    let message = format!("{} expired on {}", ending.name, told(ending.expires));
    match subject.card.kind.as_str() {
        "certificate" => fails(Severity::High, message),
        _ => warns(Severity::Low, format!("{message}; take it out")),
    }
}

pub(super) fn expiring(subject: &Subject<'_>) -> Option<Breach> {
    let ends = subject
        .card
        .endings()
        .filter_map(|ending| Some((ending.expires.at?, ending)));
    let (at, ending) = ends
        .filter(|(at, _)| *at > subject.now)
        .min_by_key(|(at, _)| *at)?;
    let left = (at - subject.now).div_euclid(DAY);
    let message = format!(
        "{} expires in {left} days, on {}",
        ending.name,
        told(ending.expires)
    );
    let limits = subject.limits;
    // A token that was made for a day is renewed by whatever made it.
    let lifetime = ending
        .issued
        .at
        .map(|issued| at.saturating_sub(issued) / DAY);
    let is_short = ending.issued.basis != Some(TimeBasis::Commit)
        && lifetime.is_some_and(|days| days <= limits.expiry_fail_days);
    match left {
        _ if is_short => None,
        left if left <= limits.expiry_fail_days => fails(Severity::High, message),
        left if left <= limits.expiry_warn_days => warns(Severity::Medium, message),
        left if left <= limits.expiry_notice_days => warns(Severity::Low, message),
        _ => None,
    }
}

pub(super) fn long_lifetime(subject: &Subject<'_>) -> Option<Breach> {
    let lifetimes = subject.card.endings().filter_map(|ending| {
        let is_told = matches!(
            ending.issued.basis,
            Some(TimeBasis::Decoded | TimeBasis::Certificate | TimeBasis::Export)
        );
        let issued = ending.issued.at.filter(|_| is_told)?;
        Some(ending.expires.at?.saturating_sub(issued) / DAY)
    });
    let longest = lifetimes.max()?;
    let most = subject.limits.max_lifetime_days;
    (longest > most).then(|| {
        warns(
            Severity::Medium,
            format!("valid for {longest} days; at most {most} are wanted"),
        )
    })?
}

/// Families of credentials that never expire.
const ETERNAL: &[&str] = &[
    "aws-access-key-id",
    "aws-secret-access-key",
    "aws-secret-access-key-near-id",
];

pub(super) fn no_expiry(subject: &Subject<'_>) -> Option<Breach> {
    let credential = subject
        .live()
        .filter(|credential| credential.expires.at.is_none())
        .find(|credential| {
            let has = |key: &str| fact(credential, key).is_some();
            let is_token = has("algorithm") && (has("issuer") || has("subject"));
            let is_google_key = has("service-account") && has("key-id") && has("project");
            ETERNAL.contains(&credential.rule.as_str()) || is_token || is_google_key
        })?;
    warns(
        Severity::Low,
        format!("{} never expires", credential.type_name),
    )
}

pub(super) fn rotation_due(subject: &Subject<'_>) -> Option<Breach> {
    let is_valid =
        |credential: &&CredentialCard| credential.expires.at.is_none_or(|at| at > subject.now);
    let oldest = subject
        .live()
        .filter(is_valid)
        .filter_map(|credential| Some((credential.issued.at?, credential)));
    let (at, credential) = oldest.min_by_key(|(at, _)| *at)?;
    let days = subject.days_since(at);
    let message = format!(
        "{} is {days} days old: {}",
        credential.type_name,
        told(credential.issued)
    );
    match days {
        days if days >= subject.limits.rotation_fail_days => fails(Severity::High, message),
        days if days >= subject.limits.rotation_warn_days => warns(Severity::Low, message),
        _ => None,
    }
}

pub(super) fn test_account(subject: &Subject<'_>) -> Option<Breach> {
    let card = subject.card;
    let is_test = slot::environment("", &card.name) == Some("test")
        || (!card.environments.is_empty() && card.environments.iter().all(|name| name == "test"));
    let days = subject.days_since(card.created.at?);
    let is_old = days > subject.limits.test_account_days;
    (is_test && is_old).then(|| {
        warns(
            Severity::Medium,
            format!("made for a test {days} days ago: {}", told(card.created)),
        )
    })?
}

pub(super) fn unused(subject: &Subject<'_>) -> Option<Breach> {
    let used = subject.card.last_used;
    let days = subject.days_since(used.at?);
    (days > subject.limits.unused_days).then(|| {
        warns(
            Severity::Medium,
            format!("last used {days} days ago: {}", told(used)),
        )
    })?
}

pub(super) fn review_overdue(subject: &Subject<'_>) -> Option<Breach> {
    let due = subject
        .card
        .review_due_at
        .filter(|due| *due < subject.now)?;
    warns(
        Severity::Medium,
        format!("a review was due on {}", day(due)),
    )
}

pub(super) fn decommission_overdue(subject: &Subject<'_>) -> Option<Breach> {
    let by = subject
        .card
        .decommission_by
        .filter(|by| *by < subject.now)?;
    fails(Severity::High, format!("was to be gone by {}", day(by)))
}
