//! The closed vocabularies of a rule: severity, confidence, kind of identity, remedy.

use serde::{Deserialize, Serialize};

/// Declares an enum whose values have one kebab-case name in rule files, flags and output.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in rule files, flags and output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The value with this name, if there is one.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

vocabulary! {
    /// How bad it is that a credential of this rule leaked: what it gives access to.
    Severity {
        /// Little: read access to public or cheap data.
        Low = "low",
        /// Some: one service, limited rights or cost.
        Medium = "medium",
        /// Much: data or actions of one service.
        High = "high",
        /// All: an account, an organisation, production data, code.
        Critical = "critical",
    }
}

vocabulary! {
    /// How likely a finding is to be a real credential. Apart from severity.
    Confidence {
        /// The form is weak; only context speaks for it.
        Low = "low",
        /// Form and context agree.
        Medium = "medium",
        /// The form alone is telling.
        High = "high",
    }
}

impl Confidence {
    /// One step less; `Low` stays `Low`.
    pub const fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

vocabulary! {
    /// What kind of non-human identity a credential belongs to.
    IdentityKind {
        /// An API key of an account or project.
        ApiKey = "api-key",
        /// A key of a service account.
        ServiceAccount = "service-account",
        /// An OAuth access or refresh token.
        OauthToken = "oauth-token",
        /// An OAuth client's secret.
        OauthClient = "oauth-client",
        /// A token that a person made for a machine's use.
        PersonalToken = "personal-token",
        /// A bot's token.
        Bot = "bot",
        /// An AI agent's credential.
        AiAgent = "ai-agent",
        /// A webhook's address or signing secret.
        Webhook = "webhook",
        /// A session: a cookie or a short-lived token.
        Session = "session",
        /// A certificate with its key.
        Certificate = "certificate",
        /// A private key whose use is not known.
        PrivateKey = "private-key",
        /// A private key for SSH.
        SshKey = "ssh-key",
        /// A key that signs tokens, cookies or releases.
        SigningKey = "signing-key",
        /// A key that encrypts data.
        EncryptionKey = "encryption-key",
        /// A login to a database.
        DatabaseLogin = "database-login",
        /// A login to a package or image registry.
        RegistryLogin = "registry-login",
        /// A user name and a password for some other service.
        BasicLogin = "basic-login",
        /// A password alone.
        Password = "password",
    }
}

impl IdentityKind {
    /// Whether people choose such secrets, so that a dictionary may hold them.
    pub const fn is_chosen_by_people(self) -> bool {
        matches!(
            self,
            Self::DatabaseLogin | Self::RegistryLogin | Self::BasicLogin | Self::Password
        )
    }
}

vocabulary! {
    /// The scanner that an imported rule was written for, whose meaning it keeps.
    Tool {
        /// gitleaks: RE2 patterns, entropy that must be exceeded, the first group that took part as the secret.
        Gitleaks = "gitleaks",
        /// betterleaks, which reads gitleaks' files.
        Betterleaks = "betterleaks",
        /// detect-secrets.
        DetectSecrets = "detect-secrets",
        /// kingfisher.
        Kingfisher = "kingfisher",
        /// noseyparker.
        Noseyparker = "noseyparker",
        /// trufflehog's custom detectors.
        Trufflehog = "trufflehog",
    }
}

impl Tool {
    /// Whether a rule called `generic` leaves what a rule of another name found to that one.
    pub(crate) const fn yields_when_generic(self) -> bool {
        matches!(self, Self::Gitleaks | Self::Betterleaks)
    }
}

vocabulary! {
    /// What to do about a leaked credential first.
    Action {
        /// Make it invalid at the provider.
        Revoke = "revoke",
        /// Replace it by a new one wherever it is used.
        Rotate = "rotate",
    }
}
