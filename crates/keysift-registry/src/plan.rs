//! Plans: what to do to replace or to retire an identity's credentials, in order. Nothing is run.

use serde::Serialize;

use crate::inventory::{Card, CredentialCard, CredentialState, ExposureCard};

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanKind {
    /// New credentials take the place of the old ones.
    Rotate,
    /// The identity goes.
    Retire,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// What to do, in a sentence.
    pub what: String,
    /// Commands that do it, for a person to look at and run; empty where none is known.
    pub commands: Vec<String>,
    /// Files that it is about, each with its source in front.
    pub files: Vec<String>,
}

/// What the rule says about a leak of its credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remedy {
    /// Where and how.
    pub steps: String,
    /// The provider's page.
    pub link: Option<String>,
}

fn step(what: impl Into<String>) -> Step {
    Step {
        what: what.into(),
        commands: Vec::new(),
        files: Vec::new(),
    }
}

/// The steps to rotate or retire an identity, in the order in which to do them. `remedy` tells what the rule of this id
/// says.
pub fn plan(
    kind: PlanKind,
    card: &Card,
    exposures: &[ExposureCard],
    remedy: impl Fn(&str) -> Option<Remedy>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let live = apart(card);
    match card.owner() {
        Some(owner) => steps.push(step(format!(
            "Tell the owner: {} ({}).",
            owner.name, owner.key
        ))),
        None => steps.push(step(format!(
            "Find out who owns it, and write it down: keysift inventory assign {} OWNER.",
            card.id
        ))),
    }
    if kind == PlanKind::Rotate {
        for credential in &live {
            let mut make = step(format!("Make a new {}.", credential.type_name));
            make.commands.extend(create_command(card, credential));
            steps.push(make);
        }
        let mut put = step(
            "Put it into the secret store that its users read, and let them read it from there.",
        );
        put.files = files(exposures, true);
        steps.push(put);
        steps.push(step("See that everything works with the new one, and that the old one is not used any more."));
    } else {
        let mut users = step("Find out what still uses it; these files name it.");
        users.files = files(exposures, true);
        steps.push(users);
    }
    for credential in live {
        steps.push(revoke(card, credential, remedy(&credential.rule)));
    }
    if kind == PlanKind::Retire {
        let mut remove = step("Take the identity itself away, with what it may do.");
        remove.commands.extend(delete_command(card));
        remove.files = card
            .declarations
            .iter()
            .map(|declaration| format!("{}:{}", declaration.source, declaration.path))
            .collect();
        steps.push(remove);
    }
    clean_up(&mut steps, exposures);
    steps.push(step(match kind {
        PlanKind::Rotate => format!(
            "Scan again (keysift inventory update), and write it down: keysift inventory review {} rotate.",
            card.id
        ),
        PlanKind::Retire => format!(
            "Scan again (keysift inventory update), and write it down: keysift inventory retire {} --done.",
            card.id
        ),
    }));
    steps
}

/// The live credentials, an id and its secret as one: the secret, which stands for both.
fn apart(card: &Card) -> Vec<&CredentialCard> {
    let mut live: Vec<&CredentialCard> = Vec::new();
    for credential in card.live_credentials() {
        let known = live.iter_mut().find(|known| {
            credential.public_id.is_some() && known.public_id == credential.public_id
        });
        match known {
            Some(known) if known.rule == "aws-access-key-id" => *known = credential,
            Some(_) => {}
            None => live.push(credential),
        }
    }
    live
}

fn revoke(card: &Card, credential: &CredentialCard, remedy: Option<Remedy>) -> Step {
    let known = credential
        .public_id
        .as_deref()
        .unwrap_or(&credential.masked);
    let (text, link) = match remedy {
        Some(remedy) => (remedy.steps, remedy.link),
        None => ("revoke it where it was made.".to_owned(), None),
    };
    let link = link.map(|link| format!(" See {link}")).unwrap_or_default();
    let mut revoke = step(format!("Revoke {known}: {text}{link}"));
    revoke.commands = revoke_commands(card, credential);
    revoke
}

fn clean_up(steps: &mut Vec<Step>, exposures: &[ExposureCard]) {
    let current = files(exposures, true);
    if !current.is_empty() {
        let mut remove = step("Take the old value out of these files.");
        remove.files = current;
        steps.push(remove);
    }
    let past = files(exposures, false);
    if !past.is_empty() {
        let mut rewrite = step(
            "These histories keep the old value. Once it is revoked it opens nothing; rewriting a history \
             (git filter-repo) is worth it only where the value itself tells something.",
        );
        rewrite.files = past;
        steps.push(rewrite);
    }
}

fn files(exposures: &[ExposureCard], is_current: bool) -> Vec<String> {
    let wanted = exposures
        .iter()
        .filter(|exposure| exposure.is_current == is_current);
    let mut files: Vec<String> = wanted
        .map(|exposure| format!("{}:{}", exposure.source, exposure.path))
        .collect();
    files.sort();
    files.dedup();
    files
}

fn create_command(card: &Card, credential: &CredentialCard) -> Option<String> {
    let uid = card.uid.as_str();
    if let Some(email) = uid.strip_prefix("gcp:sa:") {
        return Some(format!(
            "gcloud iam service-accounts keys create key.json --iam-account {}",
            quoted(email)
        ));
    }
    if uid.starts_with("aws:key:") || credential.rule.starts_with("aws-access-key-id") {
        return Some("aws iam create-access-key --user-name USER".to_owned());
    }
    if let Some(tail) = uid.strip_prefix("entra:app:") {
        let app = tail.rsplit('/').next().unwrap_or(tail);
        return Some(format!(
            "az ad app credential reset --id {} --append",
            quoted(app)
        ));
    }
    match card.kind.as_str() {
        "ssh-key" => Some("ssh-keygen -t ed25519 -f new_key".to_owned()),
        _ => None,
    }
}

fn revoke_commands(card: &Card, credential: &CredentialCard) -> Vec<String> {
    let Some(id) = credential.public_id.as_deref().map(quoted) else {
        return Vec::new();
    };
    if let Some(email) = card.uid.strip_prefix("gcp:sa:") {
        return vec![format!(
            "gcloud iam service-accounts keys delete {id} --iam-account {}",
            quoted(email)
        )];
    }
    if card.uid.starts_with("aws:key:") {
        return vec![
            format!("aws iam get-access-key-last-used --access-key-id {id}"),
            format!("aws iam update-access-key --access-key-id {id} --status Inactive"),
            format!("aws iam delete-access-key --access-key-id {id}"),
        ];
    }
    Vec::new()
}

fn delete_command(card: &Card) -> Option<String> {
    if let Some(email) = card.uid.strip_prefix("gcp:sa:") {
        return Some(format!(
            "gcloud iam service-accounts delete {}",
            quoted(email)
        ));
    }
    let tail = card.uid.strip_prefix("entra:app:")?;
    Some(format!(
        "az ad app delete --id {}",
        quoted(tail.rsplit('/').next().unwrap_or(tail))
    ))
}

/// A value of a scanned file as one word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty()
        && !word.starts_with('-')
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@._-/:".contains(&byte));
    if is_plain {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Whether an identity has nothing that could be rotated or revoked.
pub fn has_nothing_to_plan(card: &Card) -> bool {
    let is_live = |credential: &CredentialCard| credential.state != CredentialState::Gone;
    !card.credentials.iter().any(is_live) && card.declarations.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_value_is_one_word() {
        assert_eq!(quoted("a@b.c"), "a@b.c");
        assert_eq!(quoted("$(rm -r x)"), "'$(rm -r x)'");
        assert_eq!(quoted("a'b"), "'a'\\''b'");
        assert_eq!(quoted("--all"), "'--all'");
        assert_eq!(quoted(""), "''");
    }
}
