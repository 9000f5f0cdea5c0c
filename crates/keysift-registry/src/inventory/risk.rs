//! How urgent an identity is.

use super::card::{Card, CredentialState};

/// From 0 to 100: how bad a leak is, where the credential lies, whether anyone looks after it, and how far it reaches.
///
/// What may open nothing any more counts as little as it can.
pub(super) fn score(card: &Card) -> u8 {
    const BY_SEVERITY: [(&str, u32); 4] =
        [("critical", 50), ("high", 38), ("medium", 24), ("low", 10)];
    let live = || card.live_credentials();
    let severity = live()
        .filter_map(|credential| {
            BY_SEVERITY
                .iter()
                .find(|(name, _)| *name == credential.severity)
        })
        .map(|(_, points)| *points)
        .max()
        .unwrap_or_default();
    if severity == 0 && card.declarations.is_empty() {
        return 0;
    }
    let is_current = live().any(|credential| credential.state == CredentialState::Current);
    let is_past = live().any(|credential| credential.state == CredentialState::Past);
    let is_certain = live().any(|credential| credential.confidence == "high");
    let is_in_production = card
        .environments
        .iter()
        .any(|name| name == "production" || name == "live");
    let is_reused = live().any(|credential| credential.current_files > 1);
    let is_admin = card
        .declarations
        .iter()
        .flat_map(|declaration| &declaration.grants)
        .any(|grant| grant.level == "admin");
    let has_owner = card.owner().is_some_and(|owner| owner.left_at.is_none());
    let points = [
        (is_current, 20),
        (!is_current && is_past, 8),
        (is_certain, 6),
        (is_in_production, 8),
        (is_reused, 6),
        (is_admin, 20),
        (!has_owner, 6),
        (card.stage == "retired" && is_current, 10),
        (card.expires.at.is_none(), 4),
    ];
    let sum = severity
        + points
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, points)| *points)
            .sum::<u32>();
    u8::try_from(sum.min(100)).unwrap_or(100)
}
