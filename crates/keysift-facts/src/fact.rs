use std::fmt;

/// The longest value of a fact, in bytes; longer ones are cut.
///
/// 256 bytes hold every account id, host name and user name of the known formats. Values come from the secret, which
/// may be hostile, so they are bounded.
pub const MAX_VALUE_BYTES: usize = 256;

/// One thing that a secret says of itself.
///
/// The value is untrusted text taken from the secret: valid UTF-8, but not escaped for any output.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fact {
    /// What the value means.
    pub key: FactKey,
    /// The value, at most [`MAX_VALUE_BYTES`] long once it is in [`Facts`]. Times are RFC 3339 in UTC.
    pub value: String,
    /// How it is known that the secret says this.
    pub evidence: Evidence,
}

/// How it is known that a format has the meaning that its decoder gives it, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The algorithm was run against public vectors and held.
    Vector,
    /// It was read in the source code of the issuer or of the format's maintainer.
    Source,
    /// The issuer documents it, or a standard does.
    Documentation,
    /// Others found it out.
    Community,
}

impl Evidence {
    /// The name of this kind of evidence, in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::Source => "source",
            Self::Documentation => "documentation",
            Self::Community => "community",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Declares the keys together with their names, so that the two can't differ in number.
macro_rules! fact_keys {
    ($($(#[$doc:meta])+ $key:ident = $name:literal,)+) => {
        /// What the value of a [`Fact`] means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FactKey { $($(#[$doc])+ $key,)+ }

        impl FactKey {
            /// Every key, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$key,)+];

            /// The name of this key, in kebab case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$key => $name,)+ }
            }
        }
    };
}

fact_keys! {
    /// The account that the credential belongs to, for example an AWS account id.
    Account = "account",
    /// The algorithm of a key or of a signature.
    Algorithm = "algorithm",
    /// Another name that a certificate is for.
    AlternativeName = "alternative-name",
    /// The application that the credential belongs to.
    App = "app",
    /// Whom a token is meant for (`aud`).
    Audience = "audience",
    /// Whether a certificate may sign others: `true` or `false`.
    Authority = "authority",
    /// The size of a key in bits.
    Bits = "bits",
    /// The id of a bot.
    Bot = "bot",
    /// The cell of a GitLab instance.
    Cell = "cell",
    /// The channel of a webhook.
    Channel = "channel",
    /// The OAuth client that asked for the token (`azp`, `appid`).
    Client = "client",
    /// The comment of a key.
    Comment = "comment",
    /// When the credential, or the identity that it belongs to, was created. A year and month (`2024-05`) where no
    /// more is known.
    Created = "created",
    /// The name of a database.
    Database = "database",
    /// The domain that the credential is valid for.
    Domain = "domain",
    /// An e-mail address.
    Email = "email",
    /// Whether a key is protected by a passphrase: `true` or `false`.
    Encrypted = "encrypted",
    /// Live or test.
    Environment = "environment",
    /// When the credential ceases to be valid.
    Expires = "expires",
    /// The fingerprint of a public key.
    Fingerprint = "fingerprint",
    /// The id of a group.
    Group = "group",
    /// The host that the credential is for.
    Host = "host",
    /// When a token was issued.
    Issued = "issued",
    /// Who issued a token (`iss`).
    Issuer = "issuer",
    /// How often a function was applied to a password to make a key of it.
    Iterations = "iterations",
    /// The public identifier of a key.
    KeyId = "key-id",
    /// The kind of credential.
    Kind = "kind",
    /// The name that was given to the credential.
    Name = "name",
    /// The Kubernetes namespace.
    Namespace = "namespace",
    /// When a token becomes valid.
    NotBefore = "not-before",
    /// The object id of a directory entry (`oid`).
    ObjectId = "object-id",
    /// The organization that the credential belongs to.
    Organization = "organization",
    /// The Kubernetes pod that a token was issued for.
    Pod = "pod",
    /// The port that the credential is for.
    Port = "port",
    /// The project that the credential belongs to.
    Project = "project",
    /// The service of a platform that issued the credential.
    Provider = "provider",
    /// The public half of the key, as its tools write it.
    PublicKey = "public-key",
    /// The region that the credential is for.
    Region = "region",
    /// What narrows the use of the credential.
    Restriction = "restriction",
    /// The role or roles that the credential has.
    Role = "role",
    /// The URL scheme.
    Scheme = "scheme",
    /// What the credential may do (`scope`, `scp`).
    Scope = "scope",
    /// Whether a certificate names its subject as its issuer: `true` or `false`.
    SelfSigned = "self-signed",
    /// The serial number of a certificate.
    Serial = "serial",
    /// The name of a service account.
    ServiceAccount = "service-account",
    /// The SHA-256 of a public key as certificates hold it, the same for a key and its certificate.
    SpkiFingerprint = "spki-fingerprint",
    /// Whom a token speaks of (`sub`).
    Subject = "subject",
    /// The team or workspace that the credential belongs to.
    Team = "team",
    /// The directory that the credential belongs to (`tid`).
    Tenant = "tenant",
    /// The identifier of a token (`jti`).
    TokenId = "token-id",
    /// The URL of the service that the credential is for.
    Url = "url",
    /// What a key or a certificate may be used for.
    Usage = "usage",
    /// The name or id of a user.
    User = "user",
    /// The version of the credential's form.
    Version = "version",
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a secret says of itself, in the order in which it says it.
///
/// The same key may be there more than once; an empty value never is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Makes an empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fact: an empty value is left out, one longer than [`MAX_VALUE_BYTES`] is cut at a character.
    pub fn push(&mut self, mut fact: Fact) {
        if fact.value.len() > MAX_VALUE_BYTES {
            fact.value
                .truncate(fact.value.floor_char_boundary(MAX_VALUE_BYTES));
        }
        if !fact.value.is_empty() {
            self.0.push(fact);
        }
    }

    /// Adds a fact of these three parts, as [`push`](Self::push) does.
    pub(crate) fn add(&mut self, key: FactKey, value: impl Into<String>, evidence: Evidence) {
        self.push(Fact {
            key,
            value: value.into(),
            evidence,
        });
    }

    /// Adds a fact whose value may be missing.
    pub(crate) fn add_some(
        &mut self,
        key: FactKey,
        value: Option<impl Into<String>>,
        evidence: Evidence,
    ) {
        if let Some(value) = value {
            self.add(key, value, evidence);
        }
    }

    /// The facts, in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Fact> {
        self.0.iter()
    }

    /// The value of the first fact with this key.
    pub fn get(&self, key: FactKey) -> Option<&str> {
        self.0
            .iter()
            .find(|fact| fact.key == key)
            .map(|fact| fact.value.as_str())
    }

    /// The number of facts.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no facts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Facts {
    type Item = &'a Fact;
    type IntoIter = std::slice::Iter<'a, Fact>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Facts {
    type Item = Fact;
    type IntoIter = std::vec::IntoIter<Fact>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut_at_a_character() {
        let mut facts = Facts::new();
        facts.add(FactKey::User, "é".repeat(200) + "x", Evidence::Vector);
        facts.add(
            FactKey::Name,
            format!("x{}", "é".repeat(200)),
            Evidence::Vector,
        );
        assert_eq!(facts.get(FactKey::User).unwrap().len(), 256);
        assert_eq!(facts.get(FactKey::Name).unwrap().len(), 255);
    }

    #[test]
    fn an_empty_value_is_left_out() {
        let mut facts = Facts::new();
        facts.add(FactKey::User, "", Evidence::Vector);
        assert!(facts.is_empty());
    }

    #[test]
    fn keys_are_named_in_kebab_case_and_sorted() {
        assert!(
            FactKey::ALL
                .windows(2)
                .all(|pair| pair[0].as_str() < pair[1].as_str())
        );
        for key in FactKey::ALL {
            let kebab = format!("{key:?}")
                .chars()
                .fold(String::new(), |mut name, c| {
                    if c.is_ascii_uppercase() && !name.is_empty() {
                        name.push('-');
                    }
                    name.push(c.to_ascii_lowercase());
                    name
                });
            assert_eq!(key.as_str(), kebab);
        }
    }
}
