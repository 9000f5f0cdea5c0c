//! What a file declares, as the registry records it.

use super::{Concern, Declarations, Declared, DeclaredKind, Grant, Holding};
use crate::observed::{self, GrantLevel, Observed, OwnerBasis, OwnerHint, TimeBasis};
use crate::time::parse_time;

impl Declarations {
    /// The identities as [`Recorder::declare`](crate::Recorder::declare) takes them. `path` is the file's in its source.
    pub(crate) fn observed(&self, path: &str) -> Vec<Observed> {
        self.identities
            .iter()
            .map(|declared| self.observe(declared, path))
            .collect()
    }

    fn observe(&self, declared: &Declared, path: &str) -> Observed {
        let held = self
            .slots
            .iter()
            .filter(|slot| slot.holder.as_deref() == Some(&declared.uid));
        let mut is_federated = false;
        let mut has_secret = false;
        for slot in held {
            is_federated |= matches!(slot.holding, Holding::Federated { .. });
            has_secret |= matches!(slot.holding, Holding::Literal);
        }
        let time = |text: &Option<String>| parse_time(text.as_deref()?).ok();
        Observed {
            uid: declared.uid.clone(),
            aliases: declared.aliases.clone(),
            kind: declared.kind.as_str().to_owned(),
            provider: declared.provider.to_owned(),
            name: declared.name.clone(),
            account: declared.account.clone(),
            environment: declared.environment.clone(),
            credentials: declared.public_ids.clone(),
            is_federated: is_federated && !has_secret,
            grants: declared.grants.iter().map(grant).collect(),
            owners: declared.owners.iter().map(|party| owner(party)).collect(),
            created_at: time(&declared.created),
            expires_at: time(&declared.expires),
            basis: match declared.kind {
                DeclaredKind::Certificate => TimeBasis::Certificate,
                _ => TimeBasis::Declared,
            },
            concerns: declared.concerns.iter().map(concern).collect(),
            path: path.to_owned(),
            line: declared.line,
            ..Observed::default()
        }
    }
}

fn owner(party: &str) -> OwnerHint {
    OwnerHint {
        party: party.to_owned(),
        basis: OwnerBasis::IacTag,
    }
}

fn concern(concern: &Concern) -> observed::Concern {
    observed::Concern {
        code: concern.code.to_owned(),
        owasp: concern.risk.to_owned(),
        detail: concern.detail.clone(),
    }
}

fn grant(grant: &Grant) -> observed::Grant {
    observed::Grant {
        is_deny: !grant.is_allowed,
        action: grant.action.clone(),
        resource: grant.resource.clone(),
        condition: grant.condition.clone().unwrap_or_default(),
        level: level(grant),
        is_unresolved: !grant.is_resolved,
    }
}

/// How much a grant is, by the verbs that the clouds use.
fn level(grant: &Grant) -> GrantLevel {
    if grant.is_admin() {
        return GrantLevel::Admin;
    }
    let action = grant.action.to_ascii_lowercase();
    let verb = action.rsplit([':', '/', '.']).next().unwrap_or(&action);
    let begins = |verbs: &[&str]| {
        verbs
            .iter()
            .any(|start| verb.starts_with(start) || action.starts_with(start))
    };
    let has = |words: &[&str]| words.iter().any(|word| action.contains(word));
    if has(&[
        "iam:",
        "setiampolicy",
        "rolebinding",
        "passrole",
        "impersonate",
        "escalate",
    ]) {
        GrantLevel::Permissions
    } else if begins(&[
        "write", "put", "create", "delete", "update", "patch", "*", "sign in",
    ]) || has(&["writer", "admin", "editor", "contributor"])
    {
        GrantLevel::Write
    } else if begins(&["read", "get", "list", "watch", "describe", "view"])
        || has(&["reader", "viewer", "readonly"])
    {
        GrantLevel::Read
    } else {
        GrantLevel::Unknown
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::declarations;
    use super::*;

    #[test]
    fn grants_and_concerns_are_kept_with_their_meaning() {
        let text = "jobs:\n  a:\n    permissions: {contents: write, issues: read}\n    steps: [{uses: o/r@v1}]\n";
        let path = Path::new(".github/workflows/x.yml");
        let read = declarations("shop", path, text.as_bytes())
            .unwrap()
            .unwrap();
        let observed = read.observed(".github/workflows/x.yml");
        let levels: Vec<GrantLevel> = observed[0].grants.iter().map(|grant| grant.level).collect();
        assert_eq!(levels, [GrantLevel::Write, GrantLevel::Read]);
        assert_eq!(observed[0].concerns[0].code, "unpinned-action");
        assert_eq!(observed[0].kind, "ci-job");
    }
}
