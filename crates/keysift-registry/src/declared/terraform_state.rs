//! Terraform's state: what exists, with its real ids, and with secrets in clear text.

use super::holding::holding;
use super::name::names_credential;
use super::tree::{Node, read_json};
use super::{Declarations, Declared, DeclaredKind, DeclaredSlot, File, Kind};

pub(super) const KIND: Kind = Kind {
    name: "terraform-state",
    is: |file| file.has_extension(&["tfstate"]) || file.name.ends_with(".tfstate.backup"),
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    let Some(state) = read_json(file.text)? else {
        return Ok(out);
    };
    for resource in state.get("resources").map_or(&[][..], Node::members) {
        let kind = resource.text_of("type").unwrap_or_default();
        let label = resource.text_of("name").unwrap_or_default();
        for instance in resource.get("instances").map_or(&[][..], Node::members) {
            let Some(attributes) = instance.get("attributes") else {
                continue;
            };
            let identity = identity(kind, attributes);
            let holder = identity.as_ref().map(|identity| identity.uid.clone());
            for (name, node) in attributes.entries() {
                let value = node.text().filter(|value| !value.is_empty());
                // An attribute that names something is not the thing.
                if let (Some(value), true) = (value, is_secret(kind, name)) {
                    out.slots.push(DeclaredSlot {
                        holder: holder.clone(),
                        name: format!("{kind}.{label}.{name}"),
                        holding: holding(value, true),
                        line: node.line,
                    });
                }
            }
            out.identities.extend(identity);
        }
    }
    Ok(out)
}

fn is_secret(kind: &str, attribute: &str) -> bool {
    let random = kind == "random_password" && attribute == "result";
    random || names_credential(attribute) || attribute == "private_key_pem"
}

fn identity(kind: &str, attributes: &Node) -> Option<Declared> {
    let mut identity = match kind {
        "aws_iam_user" | "aws_iam_role" | "aws_iam_access_key" => aws(kind, attributes),
        "google_service_account" | "google_service_account_key" => google(kind, attributes),
        "azuread_application" | "azuread_service_principal" | "azurerm_user_assigned_identity" => {
            azure(kind, attributes)
        }
        _ => None,
    }?;
    let created = ["create_date", "valid_after"].iter();
    identity.created = created
        .filter_map(|key| text(attributes, key))
        .map(str::to_owned)
        .next();
    Some(identity)
}

/// An attribute that is not empty.
fn text<'a>(attributes: &'a Node, key: &str) -> Option<&'a str> {
    attributes.text_of(key).filter(|text| !text.is_empty())
}

fn aws(kind: &str, attributes: &Node) -> Option<Declared> {
    let text = |key: &str| text(attributes, key);
    let line = attributes.line;
    if kind == "aws_iam_access_key" {
        let user = text("user")?;
        let uid = format!("aws:iam-user:{user}");
        let mut identity = Declared::new(uid, DeclaredKind::ServiceAccount, "AWS", user, line);
        identity.public_ids.extend(text("id").map(str::to_owned));
        let detail = "an access key that does not expire; a role needs none";
        identity.concern("static-key", "NHI7", detail);
        return Some(identity);
    }
    let (arn, name) = (text("arn")?, text("name")?);
    let (what, identity_kind) = match kind {
        "aws_iam_user" => ("iam-user", DeclaredKind::ServiceAccount),
        _ => ("role", DeclaredKind::Role),
    };
    let mut identity = Declared::new(
        format!("aws:{what}:{name}"),
        identity_kind,
        "AWS",
        name,
        line,
    );
    identity.aliases.push(format!("aws:{what}:{arn}"));
    identity.account = arn.split(':').nth(4).map(str::to_owned);
    Some(identity)
}

fn google(kind: &str, attributes: &Node) -> Option<Declared> {
    let text = |key: &str| text(attributes, key);
    let new = |email: &str| {
        let uid = format!("gcp:sa:{email}");
        Declared::new(
            uid,
            DeclaredKind::ServiceAccount,
            "Google Cloud",
            email,
            attributes.line,
        )
    };
    if kind == "google_service_account" {
        let mut identity = new(text("email")?);
        identity
            .aliases
            .extend(text("unique_id").map(|id| format!("gcp:sa-id:{id}")));
        identity.account = text("project").map(str::to_owned);
        return Some(identity);
    }
    // `projects/P/serviceAccounts/EMAIL/keys/ID`.
    let mut parts = text("name")?.split('/').skip(3).step_by(2);
    let (email, key) = (parts.next()?, parts.next());
    let mut identity = new(email);
    identity.public_ids.extend(key.map(str::to_owned));
    let detail = "a key that does not expire; workload identity needs none";
    identity.concern("static-key", "NHI7", detail);
    Some(identity)
}

fn azure(kind: &str, attributes: &Node) -> Option<Declared> {
    let text = |key: &str| text(attributes, key);
    let id = text("client_id").or_else(|| text("application_id"))?;
    let name = text("display_name").or_else(|| text("name")).unwrap_or(id);
    let is_managed = kind == "azurerm_user_assigned_identity";
    let identity_kind = match is_managed {
        true => DeclaredKind::ServiceAccount,
        false => DeclaredKind::OauthClient,
    };
    let uid = format!("entra:app:{id}");
    let mut identity = Declared::new(uid, identity_kind, "Microsoft", name, attributes.line);
    if is_managed {
        let principal = text("principal_id").map(|id| format!("azure:principal:{id}"));
        identity.aliases.extend(principal);
        identity.account = text("tenant_id").map(str::to_owned);
    }
    Some(identity)
}

#[cfg(test)]
mod tests {
    use super::super::Holding;
    use super::super::tests::{read_file, uids};

    #[test]
    fn what_exists_is_read_with_its_ids_and_without_its_secrets() {
        let key = ["AK", "IA", "Q3EGUSFKZL5CWQ2Z"].concat();
        let text = format!(
            r#"{{"version": 4, "resources": [
  {{"type": "aws_iam_access_key", "name": "ci", "instances": [{{"attributes": {{
    "id": "{key}", "user": "ci", "create_date": "2024-01-02T03:04:05Z", "secret": "x7Qm2wLp"}}}}]}},
  {{"type": "google_service_account_key", "name": "k", "instances": [{{"attributes": {{
    "name": "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com/keys/abc", "private_key": "eyJ0"}}}}]}},
  {{"type": "aws_s3_bucket", "name": "b", "instances": [{{"attributes": {{"id": "b"}}}}]}}
]}}"#
        );
        let read = read_file("terraform.tfstate", &text);
        assert_eq!(
            uids(&read),
            ["aws:iam-user:ci", "gcp:sa:a@p.iam.gserviceaccount.com"]
        );
        let first = &read.identities[0];
        assert_eq!(first.public_ids, [key]);
        assert_eq!(first.created.as_deref(), Some("2024-01-02T03:04:05Z"));
        assert_eq!(read.identities[1].public_ids, ["abc"]);
        let names: Vec<&str> = read.slots.iter().map(|slot| &*slot.name).collect();
        assert_eq!(
            names,
            [
                "aws_iam_access_key.ci.secret",
                "google_service_account_key.k.private_key"
            ]
        );
        assert!(
            read.slots
                .iter()
                .all(|slot| slot.holding == Holding::Literal)
        );
        assert!(!format!("{read:?}").contains("x7Qm2wLp"));
    }
}
