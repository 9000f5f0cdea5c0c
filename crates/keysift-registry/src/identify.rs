//! From a finding to the identity that its secret belongs to.

use keysift_core::{IdentityKind, Rule};
use keysift_facts::{FactKey, Facts};

/// A secret, with what is known of it.
pub(crate) struct Subject<'s> {
    pub(crate) rule: &'s Rule,
    pub(crate) secret: &'s [u8],
    pub(crate) facts: &'s Facts,
}

/// Whom a credential belongs to, as far as its facts tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identified {
    pub(crate) uid: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) account: Option<String>,
    pub(crate) environment: Option<String>,
    /// What the provider's logs and exports call the credential.
    pub(crate) public_id: Option<String>,
    /// Whether the uid names the credential alone, so that its successor is told by the place.
    pub(crate) is_provisional: bool,
}

/// A way to tell an identity: the uid and the name.
type Key = for<'s> fn(&Subject<'s>) -> Option<(String, String)>;

/// The first that tells something decides. Those behind `PROVISIONAL` name a credential and no principal.
const KEYS: &[Key] = &[
    gcp, kubernetes, entra, token, gitlab, slack, bot, azure, login,
];
const PROVISIONAL: &[Key] = &[aws_key, public_key, key_id];

/// The identity of a secret that has this fingerprint.
pub(crate) fn identify(subject: &Subject<'_>, fingerprint: &str) -> Identified {
    let facts = subject.facts;
    let told = KEYS.iter().find_map(|key| key(subject));
    let is_provisional = told.is_none();
    let told = told.or_else(|| PROVISIONAL.iter().find_map(|key| key(subject)));
    let (uid, name) = told.unwrap_or_else(|| {
        let short = &fingerprint[..fingerprint.len().min(12)];
        (
            format!("cred:{fingerprint}"),
            format!("{} {short}", subject.rule.name),
        )
    });
    Identified {
        uid,
        kind: subject.rule.kind.as_str().to_owned(),
        name,
        account: account(facts),
        environment: facts.get(FactKey::Environment).map(str::to_owned),
        public_id: public_id(subject),
        is_provisional,
    }
}

fn account(facts: &Facts) -> Option<String> {
    const KEYS: [FactKey; 7] = [
        FactKey::Account,
        FactKey::Tenant,
        FactKey::Organization,
        FactKey::Project,
        FactKey::Team,
        FactKey::Group,
        FactKey::Host,
    ];
    KEYS.iter()
        .find_map(|key| facts.get(*key))
        .map(str::to_owned)
}

/// An access key id is what AWS's logs and exports say; what opens something is the secret beside it.
fn is_aws_key_id(subject: &Subject<'_>) -> bool {
    subject
        .rule
        .checks
        .iter()
        .any(|check| check.name == "aws-access-key-id")
}

fn public_id(subject: &Subject<'_>) -> Option<String> {
    if is_aws_key_id(subject) {
        return String::from_utf8(subject.secret.to_vec()).ok();
    }
    [FactKey::KeyId, FactKey::TokenId, FactKey::Fingerprint]
        .iter()
        .find_map(|key| subject.facts.get(*key))
        .map(str::to_owned)
}

fn aws_key(subject: &Subject<'_>) -> Option<(String, String)> {
    let id = is_aws_key_id(subject).then(|| public_id(subject))??;
    Some((format!("aws:key:{id}"), id))
}

/// The identity of a secret access key whose id is known.
pub(crate) fn of_aws_key(id: &str, subject: &Subject<'_>) -> Identified {
    Identified {
        uid: format!("aws:key:{id}"),
        name: id.to_owned(),
        public_id: Some(id.to_owned()),
        ..identify(subject, "")
    }
}

fn gcp(subject: &Subject<'_>) -> Option<(String, String)> {
    let email = subject.facts.get(FactKey::Email)?.to_ascii_lowercase();
    let is_service_account = email.ends_with(".gserviceaccount.com");
    is_service_account.then(|| (format!("gcp:sa:{email}"), email))
}

fn kubernetes(subject: &Subject<'_>) -> Option<(String, String)> {
    let facts = subject.facts;
    let namespace = facts.get(FactKey::Namespace)?;
    let account = facts.get(FactKey::ServiceAccount)?;
    let issuer = facts.get(FactKey::Issuer).unwrap_or_default();
    Some((
        format!("k8s:sa:{issuer}/{namespace}/{account}"),
        format!("{namespace}/{account}"),
    ))
}

fn entra(subject: &Subject<'_>) -> Option<(String, String)> {
    let facts = subject.facts;
    let (tenant, client) = (facts.get(FactKey::Tenant)?, facts.get(FactKey::Client)?);
    Some((format!("entra:app:{tenant}/{client}"), client.to_owned()))
}

fn token(subject: &Subject<'_>) -> Option<(String, String)> {
    let facts = subject.facts;
    let (issuer, subject) = (facts.get(FactKey::Issuer)?, facts.get(FactKey::Subject)?);
    Some((format!("jwt:{issuer}#{subject}"), subject.to_owned()))
}

fn gitlab(subject: &Subject<'_>) -> Option<(String, String)> {
    if !subject.rule.provider.eq_ignore_ascii_case("gitlab") {
        return None;
    }
    let facts = subject.facts;
    let organization = facts.get(FactKey::Organization).unwrap_or("-");
    [FactKey::User, FactKey::Project, FactKey::Group]
        .iter()
        .find_map(|key| Some((key.as_str(), facts.get(*key)?)))
        .map(|(kind, id)| {
            (
                format!("gitlab:{kind}:{organization}/{id}"),
                format!("{kind} {id}"),
            )
        })
}

fn slack(subject: &Subject<'_>) -> Option<(String, String)> {
    let facts = subject.facts;
    let team = facts.get(FactKey::Team)?;
    [FactKey::Bot, FactKey::User, FactKey::App, FactKey::KeyId]
        .iter()
        .find_map(|key| Some((key.as_str(), facts.get(*key)?)))
        .map(|(kind, id)| (format!("slack:{kind}:{team}/{id}"), format!("{kind} {id}")))
}

fn bot(subject: &Subject<'_>) -> Option<(String, String)> {
    let id = subject.facts.get(FactKey::Bot)?;
    let provider = slug(&subject.rule.provider);
    Some((format!("{provider}:bot:{id}"), format!("bot {id}")))
}

fn azure(subject: &Subject<'_>) -> Option<(String, String)> {
    let facts = subject.facts;
    if !slug(&subject.rule.provider).contains("azure") {
        return None;
    }
    let resource = facts
        .get(FactKey::Account)
        .or_else(|| facts.get(FactKey::Host))?;
    let key = facts
        .get(FactKey::KeyId)
        .or_else(|| facts.get(FactKey::User));
    let key = key.unwrap_or("key");
    let resource = resource.to_ascii_lowercase();
    Some((
        format!("azure:{resource}/{key}"),
        format!("{key} of {resource}"),
    ))
}

/// A login: a user at a host, and at a database's host a database.
fn login(subject: &Subject<'_>) -> Option<(String, String)> {
    let facts = subject.facts;
    let (user, host) = (facts.get(FactKey::User)?, facts.get(FactKey::Host)?);
    let host = host.to_ascii_lowercase();
    let port = facts
        .get(FactKey::Port)
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    if subject.rule.kind == IdentityKind::DatabaseLogin {
        // The driver of a language is no part of it: `postgresql+psycopg2`.
        let scheme = facts.get(FactKey::Scheme).unwrap_or("sql");
        let engine = match scheme.split('+').next().unwrap_or(scheme) {
            "postgresql" => "postgres",
            other => other,
        };
        let database = facts.get(FactKey::Database).unwrap_or_default();
        return Some((
            format!("db:{engine}://{user}@{host}{port}/{database}"),
            format!("{user}@{host}/{database}"),
        ));
    }
    Some((
        format!("login:{user}@{host}{port}"),
        format!("{user}@{host}"),
    ))
}

fn public_key(subject: &Subject<'_>) -> Option<(String, String)> {
    let fingerprint = subject.facts.get(FactKey::Fingerprint)?;
    let kind = match subject.rule.kind {
        IdentityKind::SshKey => "ssh",
        IdentityKind::Certificate => "x509",
        _ => "key",
    };
    let comment = subject.facts.get(FactKey::Comment);
    Some((
        format!("{kind}:{fingerprint}"),
        comment.unwrap_or(fingerprint).to_owned(),
    ))
}

fn key_id(subject: &Subject<'_>) -> Option<(String, String)> {
    let id = subject.facts.get(FactKey::KeyId)?;
    let provider = slug(&subject.rule.provider);
    let uid = match account(subject.facts) {
        Some(account) => format!("{provider}:key:{account}/{id}"),
        None => format!("{provider}:key:{id}"),
    };
    Some((uid, id.to_owned()))
}

/// A provider's name as a part of a key: `Google Cloud` is `google-cloud`.
fn slug(provider: &str) -> String {
    provider.to_ascii_lowercase().replace(' ', "-")
}
