//! What holds for every format.

use super::*;
use crate::{Failure, MAX_VALUE_BYTES, Validity};

/// A small generator (xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() % end.max(1)
    }

    fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }
}

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
const BASE64_URL: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// A secret of the shape of this format, as a rule's pattern would make it up. The prefixes are in two parts so that
/// no scanner takes this file for a leak.
fn shape(name: &str, random: &mut Random) -> String {
    let parts: Vec<String> = match name {
        "atlassian-token" => vec!["ATA".into(), "TT3xFfGF0".into(), random.text(170, BASE64_URL), "=".into(), random.text(8, b"0123456789ABCDEF")],
        "aws-access-key-id" => vec!["AK".into(), "IAQ".into(), random.text(15, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")],
        "azure-cask" => vec![random.text(52, BASE62), "JQ".into(), "QJ99BL".into(), random.text(16, BASE62), "AZDO".into(), random.text(4, BASE62)],
        "azure-connection-string" => vec!["AccountName=a;Account".into(), "Key=".into(), random.text(76, BASE64), "+A".into(), "St".into(), random.text(6, BASE64), "==".into()],
        "azure-storage-key" => vec![random.text(76, BASE64), "+A".into(), "St".into(), random.text(6, BASE64), "==".into()],
        "basic-auth" | "docker-auth" => vec![random.text(32, BASE64)],
        "database-url" | "url-credentials" => vec!["postgres://app:".into(), random.text(16, BASE62), "@db.internal:5432/orders".into()],
        "discord-bot-token" => vec!["M".into(), random.text(23, BASE64_URL), ".".into(), random.text(6, BASE64_URL), ".".into(), random.text(38, BASE64_URL)],
        "entra-client-secret" => vec![random.text(3, BASE62), "8".into(), "Q~".into(), random.text(34, BASE62)],
        "gcp-service-account" => vec![r#"{"type":"service_account","client_email":"a@b.iam.gserviceaccount.com","private_key":""#.into(), random.text(64, BASE62), r#""}"#.into()],
        "github-token" => vec!["gh".into(), "p_".into(), random.text(36, BASE62)],
        "gitlab-token" => vec!["gl".into(), "pat-".into(), random.text(40, BASE64_URL), ".01.".into(), random.text(9, BASE36)],
        "grafana-service-account" => vec!["gl".into(), "sa_".into(), random.text(32, BASE62), "_".into(), random.text(8, HEX)],
        "jwt" => vec!["eyJ".into(), random.text(30, BASE64_URL), ".eyJ".into(), random.text(80, BASE64_URL), ".".into(), random.text(43, BASE64_URL)],
        "mailgun-key" => vec!["ke".into(), "y-".into(), random.text(32, HEX)],
        "npm-token" => vec!["np".into(), "m_".into(), random.text(36, BASE62)],
        "private-key" => {
            let label = ["RSA ", "EC ", "DSA ", "", "ENCRYPTED ", "OPENSSH "][random.below(6)];
            let digits = 64 + random.below(2000);
            vec!["-----BE".into(), format!("GIN {label}PRIVATE KEY-----\n"), random.text(digits, BASE64), format!("\n-----END {label}PRIVATE KEY-----")]
        }
        "pypi-token" => vec!["py".into(), "pi-AgEIcHlwaS5vcmc".into(), random.text(150, BASE64_URL)],
        "sendgrid-key" => vec!["S".into(), "G.".into(), random.text(22, BASE64_URL), ".".into(), random.text(43, BASE64_URL)],
        "sentry-org-token" => vec!["sntr".into(), "ys_eyJ".into(), random.text(200, BASE64), "_".into(), random.text(43, BASE64)],
        "slack-token" => vec!["xox".into(), "e.xoxp-1-".into(), random.text(166, BASE64)],
        "slack-webhook" => vec!["https://hooks.sl".into(), "ack.com/services/T0".into(), random.text(8, b"0123456789ABCDEF"), "/B0".into(), random.text(8, b"0123456789ABCDEF"), "/".into(), random.text(24, BASE62)],
        "stripe-key" => vec!["sk_".into(), "live_".into(), random.text(24, BASE62)],
        "telegram-bot-token" => vec!["12345678".into(), ":AA".into(), random.text(33, BASE64_URL)],
        _ => panic!("{name}: no shape to test with"),
    };
    parts.concat()
}

/// Runs all that a format has, and looks at what every result must keep.
fn exercise(format: &Format, secret: &[u8]) {
    let validity = (format.check)(secret);
    if let Validity::Doubtful(why) | Validity::Invalid(_, why) = validity {
        assert!(
            !why.is_empty() && !why.ends_with('.'),
            "{}: {why}",
            format.name
        );
    }
    for fact in &(format.facts)(secret) {
        assert!(
            (1..=MAX_VALUE_BYTES).contains(&fact.value.len()),
            "{}: {fact:?}",
            format.name
        );
    }
    if let Some(complete) = format.complete {
        complete(&mut secret.to_vec());
    }
}

#[test]
fn formats_are_sorted_unique_named_and_summed_up() {
    assert!(formats().windows(2).all(|pair| pair[0].name < pair[1].name));
    for entry in formats() {
        assert!(
            entry
                .name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
        assert!(
            entry.summary.ends_with('.')
                && !entry.summary[..entry.summary.len() - 1].contains(". "),
            "{}",
            entry.name
        );
        assert_eq!(format(entry.name).map(|found| found.name), Some(entry.name));
    }
    assert!(format("no-such-format").is_none());
}

#[test]
fn what_is_completed_is_valid_and_completing_again_changes_nothing() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for format in formats() {
        let Some(complete) = format.complete else {
            continue;
        };
        for _ in 0..200 {
            let made_up = shape(format.name, &mut random);
            let mut secret = made_up.clone().into_bytes();
            complete(&mut secret);
            assert_eq!(
                (format.check)(&secret),
                Validity::Valid,
                "{}: {made_up}",
                format.name
            );
            let once = secret.clone();
            complete(&mut secret);
            assert_eq!(secret, once, "{}", format.name);
        }
    }
}

#[test]
fn a_checksum_finds_what_was_made_up() {
    let mut random = Random(7);
    for name in [
        "atlassian-token",
        "azure-storage-key",
        "github-token",
        "gitlab-token",
        "npm-token",
    ] {
        let format = format(name).unwrap();
        let failed = (0..100)
            .filter(|_| {
                matches!(
                    (format.check)(shape(name, &mut random).as_bytes()),
                    Validity::Invalid(Failure::Checksum, _)
                )
            })
            .count();
        assert_eq!(failed, 100, "{name}");
    }
}

#[test]
fn no_fact_holds_the_random_part_of_a_secret() {
    let mut random = Random(11);
    for format in formats() {
        let mut secret = shape(format.name, &mut random).into_bytes();
        if let Some(complete) = format.complete {
            complete(&mut secret);
        }
        for fact in &(format.facts)(&secret) {
            // Public ids are shorter than any secret part here, and the rest is not copied from the secret.
            let leaked = fact.value.len() > 22
                && secret
                    .windows(fact.value.len())
                    .any(|w| w == fact.value.as_bytes());
            let told = ["a@b.iam.gserviceaccount.com"].contains(&fact.value.as_str());
            assert!(!leaked || told, "{}: {fact:?}", format.name);
        }
    }
}

#[test]
fn random_bytes_do_no_harm() {
    let mut random = Random(1);
    for format in formats() {
        for round in 0..300 {
            let length = random.below(if round % 50 == 0 { 65_536 } else { 300 });
            let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
            exercise(format, &bytes);
            let text = random.text(length, b"ABab01+/=-_.:@%;?\\\n\"{}[] ");
            exercise(format, text.as_bytes());
        }
    }
}

#[test]
fn every_format_bears_the_secrets_of_every_other() {
    let mut random = Random(2);
    for name in formats().iter().map(|format| format.name) {
        let secret = shape(name, &mut random);
        formats()
            .iter()
            .for_each(|format| exercise(format, secret.as_bytes()));
    }
}

#[test]
fn truncated_and_flipped_secrets_do_no_harm() {
    let mut random = Random(3);
    for format in formats() {
        for _ in 0..4 {
            let mut secret = shape(format.name, &mut random).into_bytes();
            if let Some(complete) = format.complete {
                complete(&mut secret);
            }
            for _ in 0..300 {
                exercise(format, &secret[..random.below(secret.len() + 1)]);
                exercise(format, &secret[random.below(secret.len() + 1)..]);
                let mut flipped = secret.clone();
                for _ in 0..=random.below(3) {
                    let at = random.below(flipped.len());
                    flipped[at] ^= 1 << random.below(8);
                }
                exercise(format, &flipped);
            }
        }
    }
}

#[test]
fn long_and_hostile_inputs_end_soon() {
    for pattern in [
        "a",
        ":",
        ".",
        "@",
        "=",
        "\\",
        "%",
        "{\"a\":",
        "[",
        "://",
        "-----BEGIN ",
        "PuTTY-User-Key-File-",
        ";k=v",
        "eyJ.",
    ] {
        let secret = pattern.repeat(65_536 / pattern.len());
        for format in formats() {
            exercise(format, secret.as_bytes());
        }
    }
}
