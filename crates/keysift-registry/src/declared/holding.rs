//! Where a name gets its secret from.

/// Where a name gets its secret from. The value of a literal is not kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Holding {
    /// From a store of secrets; which one, and the entry as it is written.
    Managed {
        /// The store, such as `vault` or `aws-secrets-manager`.
        store: &'static str,
        /// The entry in it.
        entry: String,
    },
    /// There is none: the identity is proved by federation.
    Federated {
        /// By what, such as a role or a pool of identities.
        by: String,
    },
    /// It stands in the file.
    Literal,
    /// It stands in the file, encrypted.
    Encrypted {
        /// With what, such as `sops`.
        with: &'static str,
    },
    /// From a variable of the environment, or typed in by a person.
    Variable {
        /// The variable's name as it is written.
        name: String,
    },
    /// From an expression that the file alone does not resolve.
    Unresolved {
        /// The expression.
        expression: String,
    },
    /// It stands for a value that somebody is to fill in.
    Placeholder,
    /// It is a switch or a small number, and no secret; slots that hold one are left out.
    Switch,
}

impl Holding {
    /// The name of this kind of holding, in kebab case.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Managed { .. } => "managed",
            Self::Federated { .. } => "federated",
            Self::Literal => "literal",
            Self::Encrypted { .. } => "encrypted",
            Self::Variable { .. } => "variable",
            Self::Unresolved { .. } => "unresolved",
            Self::Placeholder => "placeholder",
            Self::Switch => "switch",
        }
    }

    /// Whether no secret stands in the file, so that there is none to leak from it.
    pub const fn is_secretless(&self) -> bool {
        matches!(self, Self::Managed { .. } | Self::Federated { .. })
    }
}

/// Beginnings of values that name an entry of a store of secrets.
const STORES: &[(&str, &str)] = &[
    ("op://", "1password"),
    ("arn:aws:secretsmanager:", "aws-secrets-manager"),
    ("arn:aws:ssm:", "aws-parameter-store"),
    ("{{resolve:secretsmanager:", "aws-secrets-manager"),
    ("{{resolve:ssm", "aws-parameter-store"),
    ("awssm://", "aws-secrets-manager"),
    ("@Microsoft.KeyVault(", "azure-key-vault"),
    ("akv://", "azure-key-vault"),
    ("sm://", "gcp-secret-manager"),
    ("gcpsm://", "gcp-secret-manager"),
    ("ref+", "vals"),
    ("vault:", "vault"),
    ("bws://", "bitwarden"),
    ("keyring:", "keyring"),
    ("doppler://", "doppler"),
    ("infisical://", "infisical"),
];

/// Beginnings of values that are encrypted, and with what.
const ENCRYPTED: &[(&str, &str)] = &[
    ("ENC[AES256_GCM", "sops"),
    ("$ANSIBLE_VAULT;", "ansible-vault"),
    ("ENC(", "jasypt"),
    ("-----BEGIN AGE ENCRYPTED FILE", "age"),
    ("-----BEGIN PGP MESSAGE", "pgp"),
];

/// Where the value of a name comes from. `is_text` tells a text from an expression of the file's language.
pub(crate) fn holding(value: &str, is_text: bool) -> Holding {
    let value = value.trim();
    if !is_text {
        let expression = if value.contains("${") {
            marks_alone(value)
        } else {
            without_literals(value)
        };
        return Holding::Unresolved { expression };
    }
    if let Some((_, store)) = STORES.iter().find(|(start, _)| value.starts_with(start)) {
        return Holding::Managed {
            store,
            entry: short(value),
        };
    }
    if let Some((_, with)) = ENCRYPTED.iter().find(|(start, _)| value.starts_with(start)) {
        return Holding::Encrypted { with };
    }
    if let Some(secret) = actions_secret(value) {
        return Holding::Managed {
            store: "github-actions",
            entry: short(secret),
        };
    }
    if is_gcp_entry(value) {
        return Holding::Managed {
            store: "gcp-secret-manager",
            entry: short(value),
        };
    }
    if let Some(name) = variable(value) {
        return Holding::Variable { name: short(name) };
    }
    if ["${", "{{", "$(", "<%", "%{"]
        .iter()
        .any(|mark| value.contains(mark))
    {
        return Holding::Unresolved {
            expression: marks_alone(value),
        };
    }
    if is_switch(value) {
        return Holding::Switch;
    }
    if is_placeholder(value) {
        return Holding::Placeholder;
    }
    Holding::Literal
}

/// The name in `${{ secrets.NAME }}`.
pub(super) fn actions_secret(value: &str) -> Option<&str> {
    let inner = value.split_once("${{")?.1.split_once("}}")?.0.trim();
    let name = inner.split_once("secrets.")?.1;
    let end = name.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    Some(&name[..end.unwrap_or(name.len())]).filter(|name| !name.is_empty())
}

/// Every name of a secret of GitHub Actions in a text.
pub(super) fn actions_secrets(text: &str) -> impl Iterator<Item = &str> {
    text.split("${{").skip(1).filter_map(|part| {
        let name = part.split_once("}}")?.0.split_once("secrets.")?.1;
        let end = name.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        Some(&name[..end.unwrap_or(name.len())]).filter(|name| !name.is_empty())
    })
}

/// The variable that a value is and nothing else: `$NAME`, `${NAME}`, `${env:NAME}`, `${input:NAME}`, `%NAME%`.
fn variable(value: &str) -> Option<&str> {
    let inner = value
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .or_else(|| {
            value
                .strip_prefix("${")
                .and_then(|rest| rest.strip_suffix('}'))
        })
        .or_else(|| {
            value
                .strip_prefix('%')
                .and_then(|rest| rest.strip_suffix('%'))
        })
        .or_else(|| value.strip_prefix('$'))?
        .trim();
    // `${NAME:-default}` may bring a value along.
    let (name, default) = inner.split_once(":-").unwrap_or((inner, ""));
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_.:-".contains(letter);
    (default.is_empty() && !name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// `projects/NUMBER/secrets/NAME`.
fn is_gcp_entry(value: &str) -> bool {
    value
        .strip_prefix("projects/")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(_, rest)| rest.starts_with("secrets/"))
}

/// Whether a value switches something or counts it.
fn is_switch(value: &str) -> bool {
    let is_word = ["true", "false", "yes", "no", "on", "off"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    is_word
        || (!value.is_empty() && value.len() < 4 && value.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a value stands for one that somebody is to fill in.
fn is_placeholder(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "changeme",
        "change-me",
        "change_me",
        "placeholder",
        "example",
        "replace",
        "todo",
        "your-",
        "your_",
        "yourpassword",
        "insert",
        "dummy",
        "redacted",
        "xxxx",
        "none",
        "null",
        "tbd",
    ];
    let lower = value.to_ascii_lowercase();
    let same = lower.as_bytes().windows(2).all(|pair| pair[0] == pair[1]);
    value.is_empty()
        || (value.starts_with('<') && value.ends_with('>'))
        || same
        || WORDS.iter().any(|word| lower.contains(word))
}

/// The marked parts of a value: what stands round them may be a part of a secret.
fn marks_alone(value: &str) -> String {
    const MARKS: &[(&str, &str)] = &[
        ("${{", "}}"),
        ("{{", "}}"),
        ("${", "}"),
        ("$(", ")"),
        ("<%", "%>"),
        ("%{", "}"),
    ];
    let mut parts = String::new();
    let mut rest = value;
    while let Some((at, (open, close))) = MARKS
        .iter()
        .filter_map(|mark| Some((rest.find(mark.0)?, mark)))
        .min_by_key(|(at, mark)| (*at, std::cmp::Reverse(mark.0.len())))
    {
        let inner = &rest[at + open.len()..];
        let end = inner.find(close).unwrap_or(inner.len());
        if !parts.is_empty() {
            parts.push(' ');
        }
        parts.push_str(open);
        parts.push_str(&without_literals(&inner[..end]));
        parts.push_str(close);
        rest = inner.get(end + close.len()..).unwrap_or_default();
    }
    short(&parts)
}

/// An expression up to what may be a value: a quoted text, or what a variable is by default.
fn without_literals(expression: &str) -> String {
    let ends = ["\"", "'", "`", ":-", ":="].iter();
    let end = ends.filter_map(|mark| expression.find(mark)).min();
    match end {
        Some(end) => format!("{}...", short(expression[..end].trim_end())),
        None => short(expression),
    }
}

/// The most bytes of an expression or an entry that are kept.
const MAX_BYTES: usize = 200;

fn short(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_BYTES)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_by_where_they_come_from() {
        for (value, kind) in [
            ("op://vault/item/field", "managed"),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
                "managed",
            ),
            ("@Microsoft.KeyVault(SecretUri=https://x)", "managed"),
            ("${{ secrets.TOKEN }}", "managed"),
            ("projects/1/secrets/db/versions/latest", "managed"),
            ("ENC[AES256_GCM,data:x]", "encrypted"),
            ("${DB_PASSWORD}", "variable"),
            ("${env:TOKEN}", "variable"),
            ("%TOKEN%", "variable"),
            ("$TOKEN", "variable"),
            ("postgres://u:${PW}@h/db", "unresolved"),
            ("${PW:-hunter22}", "unresolved"),
            ("{{ .Values.password }}", "unresolved"),
            ("changeme", "placeholder"),
            ("<your token>", "placeholder"),
            ("", "placeholder"),
            ("q7Wm2xZ", "literal"),
        ] {
            assert_eq!(holding(value, true).as_str(), kind, "{value}");
        }
        assert_eq!(holding("var.password", false).as_str(), "unresolved");
    }

    #[test]
    fn what_stands_round_an_expression_is_not_kept() {
        let Holding::Unresolved { expression } = holding("hunter${A}secret{{ b }}", true) else {
            panic!("an expression");
        };
        assert_eq!(expression, "${A} {{ b }}");
        for (value, is_text) in [
            ("${A:-hunter22}", true),
            ("{{ .Values.a | default \"hunter22\" }}", true),
            ("coalesce(var.a, \"hunter22\")", false),
            ("hunter22${var.a}", false),
        ] {
            let Holding::Unresolved { expression } = holding(value, is_text) else {
                panic!("an expression");
            };
            assert!(
                !expression.contains("hunter22") && !expression.is_empty(),
                "{expression}"
            );
        }
    }
}
