//! What holds for every format.

mod shape;

use proptest::prelude::*;

use self::shape::{Random, shape};
use super::*;
use crate::{FactKey, Failure, MAX_VALUE_BYTES, Validity};

/// Runs all that a format has, and looks at what every result must keep.
fn exercise(format: &Format, secret: &[u8]) {
    let validity = format.check(secret);
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
        let is_declared = |(evidence, keys): &(Evidence, &[FactKey])| {
            *evidence == fact.evidence && keys.contains(&fact.key)
        };
        assert!(
            format.tells.iter().any(is_declared),
            "{} does not say that it tells {fact:?}",
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
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    for format in formats() {
        let Some(complete) = format.complete else {
            continue;
        };
        for _ in 0..200 {
            let made_up = shape(format.name, &mut random);
            let mut secret = made_up.clone().into_bytes();
            complete(&mut secret);
            assert_eq!(
                format.check(&secret),
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
    let mut random = Random::new(7);
    for name in [
        "atlassian-token",
        "azure-storage-key",
        "bitcoin-key",
        "cloudflare-token",
        "confluent-secret",
        "crates-io-token",
        "github-token",
        "gitlab-token",
        "npm-token",
        "polar-token",
        "stellar-seed",
        "tezos-key",
        "vercel-token",
        "xrp-seed",
        "zuplo-key",
    ] {
        let format = format(name).unwrap();
        let failed = (0..100)
            .filter(|_| {
                matches!(
                    format.check(shape(name, &mut random).as_bytes()),
                    Validity::Invalid(Failure::Checksum, _)
                )
            })
            .count();
        assert_eq!(failed, 100, "{name}");
    }
}

/// Facts that are longer public parts of a secret, or stand beside it.
const PUBLIC: &[(&str, FactKey)] = &[
    ("dynatrace-token", FactKey::TokenId),
    ("gcp-service-account", FactKey::Email),
    ("gcs-hmac-id", FactKey::KeyId),
    ("google-client-id", FactKey::Client),
    ("postman-key", FactKey::KeyId),
    ("twilio-sid", FactKey::Account),
];

#[test]
fn no_fact_holds_the_random_part_of_a_secret() {
    let mut random = Random::new(11);
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
            let is_public = PUBLIC.contains(&(format.name, fact.key));
            assert!(!leaked || is_public, "{}: {fact:?}", format.name);
        }
    }
}

#[test]
fn what_a_format_says_that_it_tells_is_told_of_a_completed_secret() {
    let mut random = Random::new(13);
    // Their structure is not made up here; they have tests of their own.
    let is_bytes = |format: &&Format| matches!(format.name, "jks" | "jwt-claims" | "pkcs12");
    let telling = |format: &&Format| !format.tells.is_empty();
    for format in formats()
        .iter()
        .filter(telling)
        .filter(|format| !is_bytes(format))
    {
        let mut secret = shape(format.name, &mut random).into_bytes();
        if let Some(complete) = format.complete {
            complete(&mut secret);
        }
        assert!(
            !(format.facts)(&secret).is_empty(),
            "{}: nothing is told of {}",
            format.name,
            String::from_utf8_lossy(&secret)
        );
    }
}

#[test]
fn a_format_proves_what_it_says_and_no_more() {
    for format in formats() {
        let is_valid_somewhere = {
            let mut random = Random::new(17);
            (0..8).any(|_| {
                let mut secret = shape(format.name, &mut random).into_bytes();
                if let Some(complete) = format.complete {
                    complete(&mut secret);
                }
                format.check(&secret) == Validity::Valid
            })
        };
        if is_valid_somewhere {
            assert_ne!(format.proof, Proof::Nothing, "{}", format.name);
        }
        if matches!(format.proof, Proof::Checksum(_)) {
            assert!(is_valid_somewhere, "{}", format.name);
        }
    }
}

#[test]
fn random_bytes_do_no_harm() {
    let mut random = Random::new(1);
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
    let mut random = Random::new(2);
    for name in formats().iter().map(|format| format.name) {
        let secret = shape(name, &mut random);
        formats()
            .iter()
            .for_each(|format| exercise(format, secret.as_bytes()));
    }
}

#[test]
fn truncated_and_flipped_secrets_do_no_harm() {
    let mut random = Random::new(3);
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

proptest! {
    #[test]
    fn no_bytes_and_no_text_do_harm(bytes: Vec<u8>, text: String, now: i64) {
        for format in formats() {
            exercise(format, &bytes);
            exercise(format, text.as_bytes());
        }
        let _ = crate::certificates(&bytes);
        let _ = crate::ssh_public_key(&text);
        let _ = crate::id_times(&text, now);
    }
}
