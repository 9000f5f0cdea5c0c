//! Applications and managed identities of Azure, their passwords and grants.

use super::super::tree::Block;
use super::super::tree::Node;
use super::super::{Declarations, Declared, DeclaredKind, DeclaredSlot, Grant, Holding};
use super::{environment, owners};

pub(super) fn azure_identity(kind: &str, label: &str, block: &Block) -> Declared {
    let name = ["display_name", "name"]
        .iter()
        .find_map(|key| block.body.text_of(key));
    let name = name.unwrap_or(label);
    let (what, identity_kind) = if kind == "azurerm_user_assigned_identity" {
        ("azure:managed-identity", DeclaredKind::ServiceAccount)
    } else {
        ("entra:app-name", DeclaredKind::OauthClient)
    };
    let mut identity = Declared::new(
        format!("{what}:{name}"),
        identity_kind,
        "Microsoft",
        name,
        block.line,
    );
    identity.owners = owners(&block.body);
    identity.environment = environment(&block.body);
    identity
}

pub(super) fn azure_password(kind: &str, label: &str, block: &Block, out: &mut Declarations) {
    let uid = format!("terraform:{kind}.{label}");
    let mut identity = Declared::new(
        uid,
        DeclaredKind::OauthClient,
        "Microsoft",
        label,
        block.line,
    );
    if ["end_date", "end_date_relative", "rotate_when_changed"]
        .iter()
        .all(|key| block.body.get(key).is_none())
    {
        identity.concern(
            "no-rotation",
            "NHI7",
            "a client secret without an end or a rotation",
        );
    }
    out.identities.push(identity);
}

pub(super) fn azure_grant(block: &Block, out: &mut Declarations) {
    let body = &block.body;
    let role = ["role_definition_name", "role_definition_id"]
        .iter()
        .find_map(|key| body.get(key).and_then(Node::written));
    let holder = body.get("principal_id").and_then(Node::written);
    let (Some((role, is_role)), Some((holder, _))) = (role, holder) else {
        return;
    };
    let (scope, is_scope) = body
        .get("scope")
        .and_then(Node::written)
        .unwrap_or(("?", false));
    let mut identity = Declared::new(
        format!("azure:principal:{holder}"),
        DeclaredKind::ServiceAccount,
        "Microsoft",
        holder,
        block.line,
    );
    let mut grant = Grant::new(role, scope, block.line);
    grant.is_resolved = is_role && is_scope;
    if grant.is_admin() {
        identity.concern("administrator", "NHI5", format!("{role} on {scope}"));
    }
    identity.grants.push(grant);
    out.identities.push(identity);
}

pub(super) fn azure_federation(kind: &str, block: &Block, out: &mut Declarations) {
    let subject = block.body.get("subject").and_then(Node::written);
    let holder = ["application_id", "application_object_id", "parent_id"]
        .iter()
        .find_map(|key| block.body.get(key).and_then(Node::written));
    let (subject, _) = subject.unwrap_or(("?", false));
    out.slots.push(DeclaredSlot {
        holder: holder.map(|(holder, _)| format!("azure:principal:{holder}")),
        name: kind.to_owned(),
        holding: Holding::Federated {
            by: subject.to_owned(),
        },
        line: block.line,
    });
}
