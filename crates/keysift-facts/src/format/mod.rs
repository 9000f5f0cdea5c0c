//! The table of formats, one file each.

use crate::{Facts, Validity};

mod atlassian_token;
mod aws_access_key_id;
mod azure_cask;
mod azure_connection_string;
mod azure_storage_key;
mod basic_auth;
mod database_url;
mod discord_bot_token;
mod docker_auth;
mod entra_client_secret;
mod gcp_service_account;
mod github_token;
mod gitlab_token;
mod grafana_service_account;
mod jwt;
mod mailgun_key;
mod npm_token;
mod private_key;
mod pypi_token;
mod sendgrid_key;
mod sentry_org_token;
mod slack_token;
mod slack_webhook;
mod stripe_key;
mod telegram_bot_token;
mod url_credentials;

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
    /// Judges a secret by its checksum or structure.
    pub check: fn(&[u8]) -> Validity,
    /// Tells what the secret says of itself. Empty if it says nothing or is not of this format.
    pub facts: fn(&[u8]) -> Facts,
    /// Writes a valid checksum or structure into a made-up secret of the right shape, for tests and generated
    /// examples. `None` if there is nothing to complete.
    pub complete: Option<fn(&mut Vec<u8>)>,
}

/// Every format, sorted by name. One line, and one file, a format.
static FORMATS: &[Format] = &[
    atlassian_token::FORMAT,
    aws_access_key_id::FORMAT,
    azure_cask::FORMAT,
    azure_connection_string::FORMAT,
    azure_storage_key::FORMAT,
    basic_auth::FORMAT,
    database_url::FORMAT,
    discord_bot_token::FORMAT,
    docker_auth::FORMAT,
    entra_client_secret::FORMAT,
    gcp_service_account::FORMAT,
    github_token::FORMAT,
    gitlab_token::FORMAT,
    grafana_service_account::FORMAT,
    jwt::FORMAT,
    mailgun_key::FORMAT,
    npm_token::FORMAT,
    private_key::FORMAT,
    pypi_token::FORMAT,
    sendgrid_key::FORMAT,
    sentry_org_token::FORMAT,
    slack_token::FORMAT,
    slack_webhook::FORMAT,
    stripe_key::FORMAT,
    telegram_bot_token::FORMAT,
    url_credentials::FORMAT,
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
