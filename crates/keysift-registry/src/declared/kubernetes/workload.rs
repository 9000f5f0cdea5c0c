//! Workloads: as which account they run, and which secrets they are given.

use super::named;
use crate::declared::holding::holding;
use crate::declared::name::names_credential;
use crate::declared::tree::Node;
use crate::declared::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, Holding, Relation,
};

pub(super) fn workload(
    scope: &str,
    kind: &str,
    (object, spec): (&Node, Option<&Node>),
    out: &mut Declarations,
) {
    let (Some((namespace, name)), Some(spec)) = (named(object), spec) else {
        return;
    };
    let uid = format!("k8s:workload:{scope}{namespace}/{kind}/{name}");
    let identity = Declared::new(
        uid.clone(),
        DeclaredKind::Workload,
        "Kubernetes",
        name,
        object.line,
    );
    out.identities.push(identity);
    let account = ["serviceAccountName", "serviceAccount"]
        .iter()
        .find_map(|key| spec.get(key));
    let (account, line) = account
        .and_then(|node| Some((node.written()?.0, node.line)))
        .unwrap_or(("default", spec.line));
    out.edges.push(Edge {
        from: uid.clone(),
        relation: Relation::Uses,
        to: format!("k8s:sa:{scope}{namespace}/{account}"),
        line,
    });
    let containers = ["initContainers", "containers"]
        .iter()
        .filter_map(|key| spec.get(key));
    for container in containers.flat_map(Node::members) {
        for from in container.get("envFrom").map_or(&[][..], Node::members) {
            if let Some(name) = from.at(&["secretRef", "name"]).and_then(Node::text) {
                out.slots.push(DeclaredSlot {
                    holder: Some(uid.clone()),
                    name: format!("every key of Secret {namespace}/{name}"),
                    holding: Holding::Managed {
                        store: "kubernetes",
                        entry: name.to_owned(),
                    },
                    line: from.line,
                });
            }
        }
        for variable in container.get("env").map_or(&[][..], Node::members) {
            let Some(name) = variable.text_of("name") else {
                continue;
            };
            let from = variable.at(&["valueFrom", "secretKeyRef"]);
            let held = match (from, variable.get("value").and_then(Node::written)) {
                (Some(from), _) => Holding::Managed {
                    store: "kubernetes",
                    entry: from.text_of("name").unwrap_or("?").to_owned(),
                },
                (None, Some((value, is_text))) if names_credential(name) => holding(value, is_text),
                _ => continue,
            };
            out.slots.push(DeclaredSlot {
                holder: Some(uid.clone()),
                name: name.to_owned(),
                holding: held,
                line: variable.line,
            });
        }
    }
}
