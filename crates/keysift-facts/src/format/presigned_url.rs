//! Presigned URLs of AWS and of Google Cloud Storage: who signed stands in the credential, and until when in two more
//! parameters (AWS Signature Version 4 and Google's V4 signing process).

use super::{Format, Input, PLAIN, aws_access_key_id};
use crate::{Evidence, FactKey, Facts, time, url};

pub(super) const FORMAT: Format = Format {
    name: "presigned-url",
    summary: "Tells signer, account, region, service and times of a presigned URL.",
    tells: &[
        (Evidence::Documentation, KEYS),
        (Evidence::Source, &[FactKey::Account]),
    ],
    input: Input::Match,
    facts: |text| {
        let mut facts = Facts::new();
        add(&mut facts, &String::from_utf8_lossy(text));
        facts
    },
    ..PLAIN
};

/// What a presigned URL tells of itself.
pub(super) const KEYS: &[FactKey] = &[
    FactKey::KeyId,
    FactKey::Email,
    FactKey::Region,
    FactKey::Provider,
    FactKey::Issued,
    FactKey::Expires,
];

/// Both allow seven days at most; a number far beyond is none.
const MAX_SECONDS: i64 = 366 * 86_400;

/// Adds what a presigned URL, or its query alone, says.
pub(super) fn add(facts: &mut Facts, text: &str) {
    let text = text.replace("&amp;", "&");
    for prefix in ["X-Amz-", "X-Goog-"] {
        let value = |name: &str| {
            let name = format!("{prefix}{name}");
            text.split(['?', '&']).find_map(|pair| {
                let (key, value) = pair.split_once('=')?;
                let is_it = key.eq_ignore_ascii_case(&name);
                is_it.then(|| url::percent_decode(value)).flatten()
            })
        };
        let Some(credential) = value("Credential") else {
            continue;
        };
        add_signer(facts, &credential);
        if let Some(signed) = value("Date").as_deref().and_then(time::compact) {
            facts.add_some(
                FactKey::Issued,
                time::rfc3339(signed),
                Evidence::Documentation,
            );
            let expires = value("Expires")
                .and_then(|seconds| seconds.parse::<i64>().ok())
                .filter(|seconds| (0..MAX_SECONDS).contains(seconds))
                .and_then(|seconds| time::rfc3339(signed + seconds));
            facts.add_some(FactKey::Expires, expires, Evidence::Documentation);
        }
    }
}

/// Signer, date, region, service and a fixed word, with slashes between.
fn add_signer(facts: &mut Facts, credential: &str) {
    let mut parts = credential.split('/');
    let (signer, _, region, service) = (parts.next(), parts.next(), parts.next(), parts.next());
    match signer {
        Some(email) if email.contains('@') => {
            facts.add(FactKey::Email, email, Evidence::Documentation);
        }
        Some(key) => {
            facts.add(FactKey::KeyId, key, Evidence::Documentation);
            aws_access_key_id::add_account(facts, key.as_bytes());
        }
        None => {}
    }
    facts.add_some(FactKey::Region, region, Evidence::Documentation);
    facts.add_some(FactKey::Provider, service, Evidence::Documentation);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Facts {
        (FORMAT.facts)(text.as_bytes())
    }

    #[test]
    fn a_url_of_aws_tells_its_signer_and_its_end() {
        let text = [
            "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK",
            "IAQAAAAAAAAAAAAAAA%2F20231114%2Feu-west-1%2Fs3%2Faws4_request",
            "&X-Amz-Date=20231114T221320Z&X-Amz-Expires=3600",
        ]
        .concat();
        let told = told(&text);
        for (key, value) in [
            (FactKey::Region, "eu-west-1"),
            (FactKey::Provider, "s3"),
            (FactKey::Issued, "2023-11-14T22:13:20Z"),
            (FactKey::Expires, "2023-11-14T23:13:20Z"),
            (FactKey::Account, "000000000000"),
        ] {
            assert_eq!(told.get(key), Some(value));
        }
    }

    #[test]
    fn a_url_of_google_tells_the_address_of_its_signer() {
        let told = told(
            "X-Goog-Credential=a%40p.iam.gserviceaccount.com%2F20231114%2Fauto%2Fstorage%2Fgoog4_request\
             &X-Goog-Date=20231114T221320Z&X-Goog-Expires=99999999999",
        );
        assert_eq!(
            told.get(FactKey::Email),
            Some("a@p.iam.gserviceaccount.com")
        );
        assert_eq!(told.get(FactKey::Issued), Some("2023-11-14T22:13:20Z"));
        assert_eq!(told.get(FactKey::Expires), None);
    }

    #[test]
    fn without_a_credential_there_is_nothing() {
        assert!(told("X-Amz-Date=20231114T221320Z").is_empty());
        assert!(told("").is_empty());
    }
}
