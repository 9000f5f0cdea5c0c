//! Files in which tools of clouds and registries keep credentials.

use super::holding::holding;
use super::tree::{Node, read_json};
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Holding, Kind, Relation,
};

/// `~/.aws/credentials` and `~/.aws/config`.
pub(super) const AWS: Kind = Kind {
    name: "aws-profile",
    is: |file| {
        let is_place = file.ends_in(".aws/credentials") || file.ends_in(".aws/config");
        is_place || (file.name == "credentials" && file.text.contains("aws_access_key_id"))
    },
    read: read_aws,
};

/// Credentials of Google Cloud in JSON.
pub(super) const GCP: Kind = Kind {
    name: "gcp-credentials",
    is: |file| {
        const TYPES: &[&str] = &[
            "service_account",
            "authorized_user",
            "external_account",
            "impersonated_service_account",
        ];
        let is_json = file.has_extension(&["json"])
            && file.text.len() < 64 << 10
            && file.text.contains("\"type\"");
        is_json
            && TYPES
                .iter()
                .any(|kind| file.text.contains(&format!("\"{kind}\"")))
    },
    read: read_gcp,
};

/// `~/.docker/config.json`.
pub(super) const DOCKER: Kind = Kind {
    name: "docker-config",
    is: |file| file.ends_in(".docker/config.json") || file.name == ".dockerconfigjson",
    read: read_docker,
};

/// `.npmrc`.
pub(super) const NPM: Kind = Kind {
    name: "npm-config",
    is: |file| file.name == ".npmrc",
    read: read_npm,
};

/// `name = value` lines under `[section]` headings, with their lines.
fn ini(text: &str) -> Vec<(&str, &str, &str, u64)> {
    let mut section = "";
    let mut entries = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = name.trim();
        } else if let Some((name, value)) = line
            .split_once('=')
            .filter(|_| !line.starts_with(['#', ';']))
        {
            entries.push((section, name.trim(), value.trim(), number as u64 + 1));
        }
    }
    entries
}

fn read_aws(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    for (section, name, value, line) in ini(file.text) {
        let profile = section.strip_prefix("profile ").unwrap_or(section);
        let uid = format!("aws:profile:{}#{profile}", file.place);
        if !out.identities.iter().any(|identity| identity.uid == uid) {
            out.identities.push(Declared::new(
                uid.clone(),
                DeclaredKind::ServiceAccount,
                "AWS",
                profile,
                line,
            ));
        }
        let identity = out
            .identities
            .iter_mut()
            .find(|identity| identity.uid == uid);
        let federated = |by: &str| Holding::Federated { by: by.to_owned() };
        let held = match name {
            "aws_access_key_id" => {
                if let Some(identity) = identity {
                    identity.public_ids.push(value.to_owned());
                    identity.aliases.push(format!("aws:key:{value}"));
                }
                continue;
            }
            "aws_secret_access_key" | "aws_session_token" => holding(value, true),
            "sso_start_url" | "sso_session" | "web_identity_token_file" | "credential_process" => {
                federated(name)
            }
            "role_arn" => {
                out.edges.push(Edge {
                    from: uid,
                    relation: Relation::CanAssume,
                    to: format!("aws:role:{value}"),
                    line,
                });
                continue;
            }
            _ => continue,
        };
        out.slots.push(DeclaredSlot {
            holder: Some(uid),
            name: name.to_owned(),
            holding: held,
            line,
        });
    }
    Ok(out)
}

fn read_gcp(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    let Some(root) = read_json(file.text)? else {
        return Ok(out);
    };
    let line = root.get("type").map_or(1, |node| node.line);
    match root.text_of("type") {
        Some("service_account") => {
            let Some(email) = root.text_of("client_email") else {
                return Ok(out);
            };
            let mut identity = Declared::new(
                format!("gcp:sa:{email}"),
                DeclaredKind::ServiceAccount,
                "Google Cloud",
                email,
                line,
            );
            identity.account = root.text_of("project_id").map(str::to_owned);
            identity.aliases.extend(
                root.text_of("client_id")
                    .map(|id| format!("gcp:sa-id:{id}")),
            );
            identity
                .public_ids
                .extend(root.text_of("private_key_id").map(str::to_owned));
            identity.concern(
                "static-key",
                "NHI7",
                "a key that does not expire; workload identity needs none",
            );
            if let Some(key) = root.get("private_key") {
                out.slots.push(slot(
                    &identity,
                    "private_key",
                    holding(key.text().unwrap_or_default(), true),
                    key.line,
                ));
            }
            out.identities.push(identity);
        }
        Some("authorized_user") => {
            let client = root.text_of("client_id").unwrap_or("?");
            let uid = format!("gcp:user:{}#{client}", file.place);
            let mut identity =
                Declared::new(uid, DeclaredKind::OauthClient, "Google Cloud", client, line);
            identity.concern(
                "human-credential",
                "NHI10",
                "a person's login, not a service account's",
            );
            if let Some(token) = root.get("refresh_token") {
                out.slots.push(slot(
                    &identity,
                    "refresh_token",
                    holding(token.text().unwrap_or_default(), true),
                    token.line,
                ));
            }
            out.identities.push(identity);
        }
        Some("external_account") => {
            let Some(pool) = root.text_of("audience") else {
                return Ok(out);
            };
            let identity = Declared::new(
                format!("gcp:pool:{pool}"),
                DeclaredKind::ServiceAccount,
                "Google Cloud",
                pool,
                line,
            );
            if let Some(account) = impersonated(&root) {
                out.edges.push(Edge {
                    from: identity.uid.clone(),
                    relation: Relation::CanAssume,
                    to: format!("gcp:sa:{account}"),
                    line,
                });
            }
            out.slots.push(slot(
                &identity,
                "audience",
                Holding::Federated {
                    by: pool.to_owned(),
                },
                line,
            ));
            out.identities.push(identity);
        }
        Some("impersonated_service_account") => {
            if let Some(account) = impersonated(&root) {
                let uid = format!("gcp:sa:{account}");
                out.identities.push(Declared::new(
                    uid,
                    DeclaredKind::ServiceAccount,
                    "Google Cloud",
                    account,
                    line,
                ));
            }
        }
        _ => {}
    }
    Ok(out)
}

/// The account in `…/serviceAccounts/EMAIL:generateAccessToken`.
fn impersonated(root: &Node) -> Option<&str> {
    let url = root.text_of("service_account_impersonation_url")?;
    let rest = url.split_once("/serviceAccounts/")?.1;
    rest.split(':').next()
}

fn slot(identity: &Declared, name: &str, holding: Holding, line: u64) -> DeclaredSlot {
    DeclaredSlot {
        holder: Some(identity.uid.clone()),
        name: name.to_owned(),
        holding,
        line,
    }
}

fn read_docker(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    let Some(root) = read_json(file.text)? else {
        return Ok(out);
    };
    let store = root.text_of("credsStore");
    for (host, entry) in root.get("auths").map_or(&[][..], Node::entries) {
        let uid = format!("docker:{}#{host}", file.place);
        let identity = Declared::new(
            uid,
            DeclaredKind::ServiceAccount,
            "Docker",
            host,
            entry.line,
        );
        let helper = root
            .get("credHelpers")
            .and_then(|helpers| helpers.text_of(host))
            .or(store);
        let held = match (
            helper,
            entry
                .text_of("auth")
                .or_else(|| entry.text_of("identitytoken")),
        ) {
            (_, Some(value)) => Some(holding(value, true)),
            (Some(helper), None) => Some(Holding::Managed {
                store: "docker-credential-helper",
                entry: helper.to_owned(),
            }),
            (None, None) => None,
        };
        out.slots
            .extend(held.map(|held| slot(&identity, "auth", held, entry.line)));
        out.identities.push(identity);
    }
    Ok(out)
}

fn read_npm(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    for (_, name, value, line) in ini(file.text) {
        // `//registry.example.org/:_authToken=…`.
        let Some((host, key)) = name
            .rsplit_once(':')
            .filter(|(_, key)| key.starts_with('_'))
        else {
            continue;
        };
        let host = host.trim_matches('/');
        let uid = format!("npm:{}#{host}", file.place);
        let identity = Declared::new(uid, DeclaredKind::ServiceAccount, "npm", host, line);
        out.slots.push(slot(
            &identity,
            key,
            holding(value.trim_matches('"'), true),
            line,
        ));
        out.identities.push(identity);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, holdings, read_file, uids};

    #[test]
    fn profiles_of_aws_are_read() {
        let id = ["AK", "IA", "Q3EGUSFKZL5CWQ2Z"].concat();
        let text = format!(
            "[default]\naws_access_key_id = {id}\naws_secret_access_key = q7Wm2xZ9\n[profile sso]\nsso_session = x\nrole_arn = arn:aws:iam::1:role/r\n"
        );
        let read = read_file("home/.aws/credentials", &text);
        let profile = |name: &str| format!("aws:profile:home/.aws/credentials#{name}");
        assert_eq!(uids(&read), ["default", "sso"].map(profile));
        assert_eq!(read.identities[0].public_ids, [id]);
        assert_eq!(
            holdings(&read, &profile("default")),
            ["aws_secret_access_key literal"]
        );
        assert_eq!(holdings(&read, &profile("sso")), ["sso_session federated"]);
        assert_eq!(read.edges[0].to, "aws:role:arn:aws:iam::1:role/r");
    }

    #[test]
    fn credentials_of_google_are_told_by_their_type() {
        let account = r#"{"type": "service_account", "project_id": "p", "private_key_id": "k1",
            "client_email": "a@p.iam.gserviceaccount.com", "client_id": "9", "private_key": "q7Wm2xZ9"}"#;
        let read = read_file("key.json", account);
        assert_eq!(uids(&read), ["gcp:sa:a@p.iam.gserviceaccount.com"]);
        assert_eq!(read.identities[0].public_ids, ["k1"]);
        let pool = r#"{"type": "external_account", "audience": "//iam.googleapis.com/p",
            "service_account_impersonation_url": "https://x/v1/projects/-/serviceAccounts/b@p.iam.gserviceaccount.com:generateAccessToken"}"#;
        let read = read_file("wif.json", pool);
        assert_eq!(read.edges[0].to, "gcp:sa:b@p.iam.gserviceaccount.com");
        let user = r#"{"type": "authorized_user", "client_id": "c", "refresh_token": "q7Wm2xZ9"}"#;
        assert_eq!(codes(&read_file("adc.json", user)), ["human-credential"]);
    }

    #[test]
    fn logins_to_registries_are_read() {
        let docker = r#"{"auths": {"ghcr.io": {"auth": "dTpxN1dtMng="}, "quay.io": {}}, "credHelpers": {"quay.io": "pass"}}"#;
        let read = read_file("home/.docker/config.json", docker);
        let of = |host: &str| holdings(&read, &format!("docker:home/.docker/config.json#{host}"));
        assert_eq!(
            (of("ghcr.io"), of("quay.io")),
            (
                vec!["auth literal".to_owned()],
                vec!["auth managed".to_owned()]
            )
        );
        let read = read_file(
            ".npmrc",
            "registry=https://r.example.org\n//r.example.org/:_authToken=${NPM_TOKEN}\n",
        );
        assert_eq!(
            holdings(&read, "npm:.npmrc#r.example.org"),
            ["_authToken variable"]
        );
    }
}
