//! Service accounts, and what binds them to rights.

use super::named;
use crate::declared::tree::Node;
use crate::declared::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, Grant, Holding, Relation,
};

pub(super) fn account(scope: &str, object: &Node, out: &mut Declarations) {
    let Some((namespace, name)) = named(object) else {
        return;
    };
    let uid = format!("k8s:sa:{scope}{namespace}/{name}");
    let identity = Declared::new(
        uid.clone(),
        DeclaredKind::ServiceAccount,
        "Kubernetes",
        name,
        object.line,
    );
    out.identities.push(identity);
    federation(&uid, object.at(&["metadata", "annotations"]), out);
}

/// Annotations by which a service account takes on an identity of a cloud.
pub(in crate::declared) fn federation(
    uid: &str,
    annotations: Option<&Node>,
    out: &mut Declarations,
) {
    for (key, value) in annotations.map_or(&[][..], Node::entries) {
        let Some((written, _)) = value.written() else {
            continue;
        };
        let to = match key.as_str() {
            "eks.amazonaws.com/role-arn" => format!("aws:role:{written}"),
            "iam.gke.io/gcp-service-account" => format!("gcp:sa:{written}"),
            "azure.workload.identity/client-id" => format!("entra:app:{written}"),
            _ => continue,
        };
        out.edges.push(Edge {
            from: uid.to_owned(),
            relation: Relation::CanAssume,
            to: to.clone(),
            line: value.line,
        });
        out.slots.push(DeclaredSlot {
            holder: Some(uid.to_owned()),
            name: key.clone(),
            holding: Holding::Federated { by: to },
            line: value.line,
        });
    }
}

/// What a role gives, where it stands in the same file; otherwise its name, not resolved.
fn rights(role: &str, kind: &str, namespace: &str, all: &[&Node], line: u64) -> Vec<Grant> {
    let is_it = |object: &&&Node| {
        object.text_of("kind") == Some(kind)
            && named(object).is_some_and(|(of, name)| {
                name == role && (kind == "ClusterRole" || of == namespace)
            })
    };
    let Some(found) = all.iter().find(is_it) else {
        let mut grant = Grant::new(role, namespace, line);
        // What this role gives is known to everybody.
        grant.is_resolved = role == "cluster-admin";
        return vec![grant];
    };
    let mut grants = Vec::new();
    for rule in found.get("rules").map_or(&[][..], Node::members) {
        let resources = rule
            .get("resources")
            .or_else(|| rule.get("nonResourceURLs"));
        for verb in rule.get("verbs").into_iter().flat_map(Node::texts) {
            for resource in resources.into_iter().flat_map(Node::texts) {
                grants.push(Grant::new(
                    format!("{verb} {resource}"),
                    namespace,
                    rule.line,
                ));
            }
        }
    }
    grants
}

pub(super) fn binding(
    scope: &str,
    kind: &str,
    (object, all): (&Node, &[&Node]),
    out: &mut Declarations,
) {
    let Some(role) = object.get("roleRef") else {
        return;
    };
    let (Some(name), Some(role_kind)) = (role.text_of("name"), role.text_of("kind")) else {
        return;
    };
    let own = named(object).map_or("default", |(namespace, _)| namespace);
    let range = if kind == "ClusterRoleBinding" {
        "*"
    } else {
        own
    };
    let grants = if range == "*" || role_kind == "ClusterRole" {
        let mut grants = rights(name, role_kind, own, all, role.line);
        grants
            .iter_mut()
            .for_each(|grant| grant.resource = range.to_owned());
        grants
    } else {
        rights(name, role_kind, own, all, role.line)
    };
    for subject in object.get("subjects").map_or(&[][..], Node::members) {
        let (Some("ServiceAccount"), Some(account)) =
            (subject.text_of("kind"), subject.text_of("name"))
        else {
            continue;
        };
        let namespace = subject.text_of("namespace").unwrap_or(own);
        let uid = format!("k8s:sa:{scope}{namespace}/{account}");
        let mut identity = Declared::new(
            uid,
            DeclaredKind::ServiceAccount,
            "Kubernetes",
            account,
            subject.line,
        );
        identity.grants.clone_from(&grants);
        if range == "*" && grants.iter().any(Grant::is_admin) {
            identity.concern(
                "administrator",
                "NHI5",
                format!("{name} in the whole cluster"),
            );
        }
        let reads_all = |grant: &Grant| {
            matches!(
                grant.action.as_str(),
                "get secrets" | "list secrets" | "* secrets"
            )
        };
        if range == "*" && grants.iter().any(reads_all) {
            identity.concern(
                "reads-every-secret",
                "NHI5",
                format!("{name} in the whole cluster"),
            );
        }
        out.identities.push(identity);
    }
}
