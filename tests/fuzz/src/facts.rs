//! What a secret says of itself, decoded from bytes that are no such secret.

use keysift_facts::{
    FactKey, Format, MAX_VALUE_BYTES, Validity, certificates, id_times, ssh_public_key,
};

use crate::Target;

/// The longest secret that is decoded: more than any rule's reach.
const MAX_SECRET_BYTES: usize = 80 << 10;

/// Public ids are shorter than the secret part of any of [`OPAQUE`].
const LONGEST_PUBLIC_PART: usize = 22;

/// Formats of which no part is meant to be read, short ids apart: a long piece of the secret in a fact would be a leak.
const OPAQUE: &[&str] = &[
    "anthropic-key",
    "atlassian-token",
    "azure-cask",
    "azure-identifiable-key",
    "azure-storage-key",
    "bitbucket-app-password",
    "cloudflare-token",
    "confluent-secret",
    "crates-io-token",
    "deno-token",
    "digitalocean-token",
    "entra-client-secret",
    "github-token",
    "grafana-service-account",
    "hugging-face-token",
    "linear-key",
    "mailgun-key",
    "npm-token",
    "openai-key",
    "planetscale-token",
    "polar-token",
    "sendgrid-key",
    "shopify-token",
    "stripe-key",
    "tailscale-key",
    "telegram-bot-token",
    "terraform-token",
    "unkey-key",
    "vault-token",
    "vercel-token",
    "zuplo-key",
];

/// Formats that hold a password behind a user's name.
const WITH_PASSWORD: &[&str] = &["database-url", "url-credentials"];

/// A password. A fuzzer that watches comparisons sets it into its inputs; those are left alone.
const PASSWORD: &str = "Zq7Xw9Kp2Lm5Rt8V";

/// Declares a target for each format of this list, which is sorted.
macro_rules! formats {
    ($($name:literal,)+) => {
        /// One target for each format, by name.
        pub(crate) const FORMATS: &[(&str, Target)] = &[$(($name, |bytes| exercise(named($name), bytes)),)+];
    };
}

formats! {
    "ado-net-string",
    "age-key",
    "airtable-token",
    "anthropic-key",
    "asana-token",
    "atlassian-token",
    "aws-access-key-id",
    "aws-bedrock-key",
    "aws-session-token",
    "azure-cask",
    "azure-connection-string",
    "azure-devops-token",
    "azure-identifiable-key",
    "azure-sas",
    "azure-storage-key",
    "basic-auth",
    "bitbucket-app-password",
    "bitcoin-key",
    "cloudflare-token",
    "confluent-secret",
    "crates-io-token",
    "database-url",
    "deno-token",
    "digitalocean-token",
    "discord-bot-token",
    "docker-auth",
    "doppler-token",
    "dynatrace-token",
    "elastic-key",
    "entra-client-secret",
    "figma-token",
    "gcp-service-account",
    "gcs-hmac-id",
    "github-token",
    "gitlab-token",
    "google-client-id",
    "grafana-cloud-token",
    "grafana-service-account",
    "hugging-face-token",
    "jdbc-url",
    "jks",
    "jwk",
    "jwt",
    "jwt-claims",
    "linear-key",
    "mailgun-key",
    "matrix-token",
    "nats-seed",
    "nostr-key",
    "notion-token",
    "npm-token",
    "openai-key",
    "pkcs12",
    "planetscale-token",
    "polar-token",
    "postman-key",
    "presigned-url",
    "private-key",
    "pypi-token",
    "sendgrid-key",
    "sentry-org-token",
    "shopify-token",
    "slack-token",
    "slack-webhook",
    "stellar-seed",
    "stripe-key",
    "sui-key",
    "supabase-key",
    "tailscale-key",
    "telegram-bot-token",
    "terraform-token",
    "tezos-key",
    "twilio-sid",
    "unkey-key",
    "url-credentials",
    "vault-token",
    "vercel-token",
    "wireguard-key",
    "xrp-seed",
    "zuplo-key",
}

fn named(name: &str) -> &'static Format {
    keysift_facts::format(name).expect("because a test compares the two lists")
}

/// The first byte chooses the format; its number is its place in the table.
///
/// # Panics
/// If the format breaks a promise.
pub fn facts(bytes: &[u8]) {
    if let Some((first, secret)) = bytes.split_first() {
        let (_, target) = FORMATS[usize::from(*first) % FORMATS.len()];
        target(secret);
        public(secret);
    }
}

/// What is no secret is read as well: certificates, public keys and ids.
fn public(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let told = certificates(bytes).into_iter().chain(ssh_public_key(&text));
    for fact in told.flatten() {
        assert!(
            (1..=MAX_VALUE_BYTES).contains(&fact.value.len()),
            "{fact:?}"
        );
    }
    for id in id_times(&text, i64::from(u32::MAX)) {
        assert!(id.seconds > 0, "{id:?}");
    }
}

fn exercise(format: &Format, bytes: &[u8]) {
    let secret = &bytes[..bytes.len().min(MAX_SECRET_BYTES)];
    judge(format, secret);
    if let Some(complete) = format.complete {
        let mut completed = secret.to_vec();
        complete(&mut completed);
        judge(format, &completed);
        // Of what is not of the format's shape nothing more is promised.
        if format.check(&completed) == Validity::Valid {
            complete(&mut completed);
            let again = format.check(&completed);
            assert_eq!(again, Validity::Valid, "{}: completed twice", format.name);
        }
    }
    if WITH_PASSWORD.contains(&format.name) {
        hides_a_password(format, secret);
    }
}

/// What every secret's judgement and facts must keep.
fn judge(format: &Format, secret: &[u8]) {
    let validity = format.check(secret);
    if let Validity::Doubtful(why) | Validity::Invalid(_, why) = validity {
        assert!(
            !why.is_empty() && !why.ends_with('.'),
            "{}: {why:?}",
            format.name
        );
    }
    for fact in &(format.facts)(secret) {
        let value = fact.value.as_bytes();
        assert!(
            (1..=MAX_VALUE_BYTES).contains(&value.len()),
            "{}: {fact:?}",
            format.name
        );
        // The kind is a text of ours, which a fuzzer sets into the secret; a number is an id, however long.
        let is_copied = value.len() > LONGEST_PUBLIC_PART
            && fact.key != FactKey::Kind
            && !value.iter().all(u8::is_ascii_digit)
            && OPAQUE.contains(&format.name)
            && secret.windows(value.len()).any(|window| window == value);
        assert!(
            !is_copied,
            "{}: {fact:?} is a part of the secret",
            format.name
        );
    }
}

/// The input as the user's name and what follows the password.
fn hides_a_password(format: &Format, bytes: &[u8]) {
    let (user, rest) = bytes.split_at(bytes.len() / 2);
    let user: Vec<u8> = user
        .iter()
        .copied()
        .filter(|byte| !b"/?#\\@:".contains(byte) && byte.is_ascii_graphic())
        .collect();
    let has_password = |part: &[u8]| {
        part.windows(PASSWORD.len())
            .any(|w| w == PASSWORD.as_bytes())
    };
    if has_password(&user) || has_password(rest) {
        return;
    }
    let secret = [
        b"postgres://",
        &*user,
        b":",
        PASSWORD.as_bytes(),
        b"@",
        rest,
    ]
    .concat();
    for fact in &(format.facts)(&secret) {
        assert!(!fact.value.contains(PASSWORD), "{}: {fact:?}", format.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_target() {
        let names: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
        let formats: Vec<&str> = keysift_facts::formats()
            .iter()
            .map(|format| format.name)
            .collect();
        assert_eq!(names, formats);
        for name in OPAQUE.iter().chain(WITH_PASSWORD) {
            assert!(names.contains(name), "{name}");
        }
    }
}
