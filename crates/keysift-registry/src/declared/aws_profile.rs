//! Profiles of AWS's tools.

use super::holding::holding;
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Holding, Kind, Relation,
};

/// `~/.aws/credentials` and `~/.aws/config`.
pub(super) const KIND: Kind = Kind {
    name: "aws-profile",
    is: |file| {
        let is_place = file.ends_in(".aws/credentials") || file.ends_in(".aws/config");
        is_place || (file.name == "credentials" && file.text.contains("aws_access_key_id"))
    },
    read,
};

/// `name = value` lines under `[section]` headings, with their lines.
pub(super) fn ini(text: &str) -> Vec<(&str, &str, &str, u64)> {
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

fn read(file: &File<'_>) -> Result<Declarations, String> {
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

#[cfg(test)]
mod tests {
    use super::super::tests::{holdings, read_file, uids};

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
}
