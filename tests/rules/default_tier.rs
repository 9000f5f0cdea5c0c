//! What a user sees who changes no option: a secret of each rule's form, in the files where people keep them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use keysift_core::{Blob, Confidence, Origin, Rule, Scanner, ScannerOptions};

use crate::contexts::name;
use keysift_tests::rules;

/// Different secrets of each rule. One of them may be below a floor by chance.
const SECRETS: u64 = 4;

/// Rules that need not be seen by default, and why.
const EXEMPT: &[(&[&str], &str)] = &[
    (
        &[
            "hash-argon2",
            "hash-aspnet-identity",
            "hash-bcrypt",
            "hash-cisco-8-9",
            "hash-django-pbkdf2",
            "hash-grub-pbkdf2",
            "hash-kerberos-roast",
            "hash-ldap",
            "hash-md5crypt",
            "hash-mssql",
            "hash-mysql-native",
            "hash-netntlmv2",
            "hash-phpass",
            "hash-postgres-md5",
            "hash-postgres-scram",
            "hash-sha256crypt",
            "hash-sha512crypt",
            "hash-werkzeug",
            "hash-yescrypt",
        ],
        "a digest opens nothing until somebody guesses what it was made from",
    ),
    (
        &["private-key-encrypted-pem", "private-key-encrypted-pkcs8"],
        "the key is of no use without its passphrase",
    ),
    (
        &["url-git-credentials", "url-http-credentials"],
        "the percent signs in samples encode no text, which is a doubt",
    ),
    (&["generic-salt"], "a salt is no secret by itself"),
    (
        &[
            "aws-access-key-id",
            "aws-temporary-access-key-id",
            "public-identifier",
        ],
        "an id alone opens nothing",
    ),
    (
        &["aws-secret-access-key-near-id"],
        "its first example has an id that is none, which is a doubt",
    ),
    (
        &["hash-ntlm-dump", "hashicorp-vault-approle-secret-id"],
        "the form is no surer than that",
    ),
    (
        &["shell-archive-password"],
        "the option has other meanings, and archives are seldom secret",
    ),
];

/// Rules for what a program knows by one spelling of a name, or that stands in a form of its own: their first example is tried.
const OWN_FORM: &[&str] = &[
    "aws-codecommit-git-credential",
    "cloudinary-api-secret",
    "erlang-distribution-cookie",
    "hashicorp-vault-approle-secret-id",
    "hashicorp-vault-unseal-key",
    "rails-master-key",
    "registry-bundle-config",
    "wordpress-environment-salt",
];

/// The files, and what each has round the secret.
const FILES: [(&str, &str, &str); 3] = [
    (".env", "DEBUG=0\n{NAME}=", "\nPORT=8080\n"),
    (
        "config.json",
        "{\n  \"debug\": false,\n  \"{name}\": \"",
        "\"\n}\n",
    ),
    (
        "settings.py",
        "DEBUG = False\n{NAME} = \"",
        "\"\nPORT = 8080\n",
    ),
];

/// Whether a secret is one word, as those are that stand in any file.
fn is_word(secret: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=:@".contains(&byte);
    secret.bytes().all(is_plain)
}

fn is_seen(scanner: &Scanner, path: &str, text: &str) -> bool {
    let origin = Arc::new(Origin::File(PathBuf::from(path)));
    let blob = Blob {
        origin: &origin,
        bytes: text.as_bytes(),
        changed: None,
    };
    let mut seen = false;
    scanner.scan(&mut scanner.scratch(), blob, &mut |_| seen = true);
    seen
}

/// How many of a rule's secrets are not seen, by file: in each of [`FILES`] where the rule's examples give the secret to a
/// name, otherwise in the first example.
fn unseen(scanner: &Scanner, rule: &Rule) -> BTreeMap<&'static str, usize> {
    let words = name(rule).filter(|_| !OWN_FORM.contains(&rule.id.as_str()));
    let mut unseen = BTreeMap::new();
    for seed in 0..SECRETS {
        let secret = rule.sample_secret(900 + seed);
        let Some(secret) = secret.and_then(|secret| String::from_utf8(secret).ok()) else {
            continue;
        };
        if let Some(words) = words.as_ref().filter(|_| is_word(&secret)) {
            let lower = words.join("_");
            for (path, before, behind) in FILES {
                let before = before.replace("{NAME}", &lower.to_ascii_uppercase());
                let before = before.replace("{name}", &lower);
                if !is_seen(scanner, path, &format!("{before}{secret}{behind}")) {
                    *unseen.entry(path).or_default() += 1;
                }
            }
        } else {
            let path = rule.sample_path().unwrap_or_else(|| "config.txt".into());
            let text = rule.examples.r#match[0].replace("{{secret}}", &secret);
            if !is_seen(scanner, &path, &text) {
                *unseen.entry("an example").or_default() += 1;
            }
        }
    }
    unseen
}

#[test]
fn a_secret_of_every_rule_is_seen_by_default() {
    let options = ScannerOptions::default();
    assert_eq!(options.min_confidence, Confidence::Medium);
    let scanner = Scanner::new(rules::builtin(), options).unwrap();
    let exempt: Vec<&str> = EXEMPT.iter().flat_map(|(ids, _)| *ids).copied().collect();
    let mut wrong = Vec::new();
    for rule in scanner.rules() {
        let unseen = unseen(&scanner, rule);
        let is_often = unseen.values().any(|times| *times > 1);
        if is_often && !exempt.contains(&rule.id.as_str()) {
            wrong.push(format!("{}: {unseen:?}", rule.id));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rules:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
