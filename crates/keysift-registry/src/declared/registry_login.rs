//! Logins of Docker and npm.

use super::aws_profile::ini;
use super::holding::holding;
use super::tree::{Node, read_json};
use super::{Declarations, Declared, DeclaredKind, DeclaredSlot, File, Holding, Kind};

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
    use super::super::tests::{holdings, read_file};

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
