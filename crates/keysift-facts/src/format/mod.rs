//! The table of formats, one file each.

use crate::{Evidence, FactKey, Facts, Failure, Validity};

mod ado_net_string;
mod age_key;
mod airtable_token;
mod anthropic_key;
mod asana_token;
mod atlassian_token;
mod aws_access_key_id;
mod aws_bedrock_key;
mod aws_session_token;
mod azure_cask;
mod azure_connection_string;
mod azure_devops_token;
mod azure_identifiable_key;
mod azure_sas;
mod azure_storage_key;
mod basic_auth;
mod bitbucket_app_password;
mod bitcoin_key;
mod cloudflare_token;
mod confluent_secret;
mod crates_io_token;
mod database_url;
mod deno_token;
mod digitalocean_token;
mod discord_bot_token;
mod docker_auth;
mod doppler_token;
mod dynatrace_token;
mod elastic_key;
mod entra_client_secret;
mod figma_token;
mod gcp_service_account;
mod gcs_hmac_id;
mod github_token;
mod gitlab_token;
mod google_client_id;
mod grafana_cloud_token;
mod grafana_service_account;
mod hugging_face_token;
mod jdbc_url;
mod jks;
mod jwk;
mod jwt;
mod jwt_claims;
mod linear_key;
mod mailgun_key;
mod matrix_token;
mod nats_seed;
mod nostr_key;
mod notion_token;
mod npm_token;
mod openai_key;
mod pkcs12;
mod planetscale_token;
mod polar_token;
mod postman_key;
mod presigned_url;
mod private_key;
mod pypi_token;
mod sendgrid_key;
mod sentry_org_token;
mod shopify_token;
mod slack_token;
mod slack_webhook;
mod stellar_seed;
mod stripe_key;
mod sui_key;
mod supabase_key;
mod tailscale_key;
mod telegram_bot_token;
mod terraform_token;
mod tezos_key;
mod twilio_sid;
mod unkey_key;
mod url_credentials;
mod vault_token;
mod vercel_token;
mod wireguard_key;
mod xrp_seed;
mod zuplo_key;

#[cfg(test)]
mod tests;

/// One credential format: how it is checked and what it tells.
///
/// A check says [`Validity::Unknown`] of what is not of its shape: which bytes are candidates is for rules to decide.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name that rules use, in kebab case.
    pub name: &'static str,
    /// What is checked and told, in a sentence.
    pub summary: &'static str,
    /// What the check can prove.
    pub proof: Proof,
    /// The keys that its facts may have, and how it is known that they mean that.
    pub tells: &'static [(Evidence, &'static [FactKey])],
    /// What `check` and `facts` are to be given.
    pub input: Input,
    /// Judges a secret by its checksum or structure; [`Format::check`] weighs it.
    check: fn(&[u8]) -> Validity,
    /// Tells what the secret says of itself. Empty if it says nothing or is not of this format.
    pub facts: fn(&[u8]) -> Facts,
    /// Writes a valid checksum or structure into a made-up secret of the right shape, for tests and generated
    /// examples. `None` if there is nothing to complete.
    pub complete: Option<fn(&mut Vec<u8>)>,
}

impl Format {
    /// Judges a secret by its checksum or structure. A wrong checksum is a failure only if its algorithm was run against
    /// public vectors or read in the issuer's source; otherwise it is a doubt.
    pub fn check(&self, secret: &[u8]) -> Validity {
        match ((self.check)(secret), self.proof) {
            (
                Validity::Invalid(Failure::Checksum, why),
                Proof::Checksum(Evidence::Documentation | Evidence::Community),
            ) => Validity::Doubtful(why),
            (validity, _) => validity,
        }
    }
}

/// What a format's check can prove of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// Nothing: the format tells facts alone.
    Nothing,
    /// That it has the structure of its kind.
    Structure(Evidence),
    /// That its checksum is right.
    Checksum(Evidence),
}

/// Which bytes a format reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// The secret alone.
    Secret,
    /// All that the rule's pattern matched: what is told stands beside the secret.
    Match,
}

/// A format without a check and without facts, to be completed.
const PLAIN: Format = Format {
    name: "",
    summary: "",
    proof: Proof::Nothing,
    tells: &[],
    input: Input::Secret,
    check: |_| Validity::Unknown,
    facts: |_| Facts::new(),
    complete: None,
};

/// Every format, sorted by name. One line, and one file, a format.
static FORMATS: &[Format] = &[
    ado_net_string::FORMAT,
    age_key::FORMAT,
    airtable_token::FORMAT,
    anthropic_key::FORMAT,
    asana_token::FORMAT,
    atlassian_token::FORMAT,
    aws_access_key_id::FORMAT,
    aws_bedrock_key::FORMAT,
    aws_session_token::FORMAT,
    azure_cask::FORMAT,
    azure_connection_string::FORMAT,
    azure_devops_token::FORMAT,
    azure_identifiable_key::FORMAT,
    azure_sas::FORMAT,
    azure_storage_key::FORMAT,
    basic_auth::FORMAT,
    bitbucket_app_password::FORMAT,
    bitcoin_key::FORMAT,
    cloudflare_token::FORMAT,
    confluent_secret::FORMAT,
    crates_io_token::FORMAT,
    database_url::FORMAT,
    deno_token::FORMAT,
    digitalocean_token::FORMAT,
    discord_bot_token::FORMAT,
    docker_auth::FORMAT,
    doppler_token::FORMAT,
    dynatrace_token::FORMAT,
    elastic_key::FORMAT,
    entra_client_secret::FORMAT,
    figma_token::FORMAT,
    gcp_service_account::FORMAT,
    gcs_hmac_id::FORMAT,
    github_token::FORMAT,
    gitlab_token::FORMAT,
    google_client_id::FORMAT,
    grafana_cloud_token::FORMAT,
    grafana_service_account::FORMAT,
    hugging_face_token::FORMAT,
    jdbc_url::FORMAT,
    jks::FORMAT,
    jwk::FORMAT,
    jwt::FORMAT,
    jwt_claims::FORMAT,
    linear_key::FORMAT,
    mailgun_key::FORMAT,
    matrix_token::FORMAT,
    nats_seed::FORMAT,
    nostr_key::FORMAT,
    notion_token::FORMAT,
    npm_token::FORMAT,
    openai_key::FORMAT,
    pkcs12::FORMAT,
    planetscale_token::FORMAT,
    polar_token::FORMAT,
    postman_key::FORMAT,
    presigned_url::FORMAT,
    private_key::FORMAT,
    pypi_token::FORMAT,
    sendgrid_key::FORMAT,
    sentry_org_token::FORMAT,
    shopify_token::FORMAT,
    slack_token::FORMAT,
    slack_webhook::FORMAT,
    stellar_seed::FORMAT,
    stripe_key::FORMAT,
    sui_key::FORMAT,
    supabase_key::FORMAT,
    tailscale_key::FORMAT,
    telegram_bot_token::FORMAT,
    terraform_token::FORMAT,
    tezos_key::FORMAT,
    twilio_sid::FORMAT,
    unkey_key::FORMAT,
    url_credentials::FORMAT,
    vault_token::FORMAT,
    vercel_token::FORMAT,
    wireguard_key::FORMAT,
    xrp_seed::FORMAT,
    zuplo_key::FORMAT,
];

/// The format of this name, if there is one.
pub fn format(name: &str) -> Option<&'static Format> {
    let index = FORMATS
        .binary_search_by(|format| format.name.cmp(name))
        .ok()?;
    FORMATS.get(index)
}

/// Every format, sorted by name.
pub fn formats() -> &'static [Format] {
    FORMATS
}
