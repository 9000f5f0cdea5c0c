//! Secrets, and objects that bring one from a store.

use super::named;
use crate::declared::holding::holding;
use crate::declared::tree::Node;
use crate::declared::{Declarations, DeclaredSlot, Holding};

pub(super) fn secret(object: &Node, out: &mut Declarations) {
    let Some((namespace, name)) = named(object) else {
        return;
    };
    // A secret that sops has encrypted says so beside its data.
    let is_encrypted = object.get("sops").is_some();
    for part in ["data", "stringData"] {
        for (key, value) in object.get(part).map_or(&[][..], Node::entries) {
            let Some((written, is_text)) = value.written() else {
                continue;
            };
            let holding = if is_encrypted {
                Holding::Encrypted { with: "sops" }
            } else {
                holding(written, is_text)
            };
            out.slots.push(DeclaredSlot {
                holder: None,
                name: format!("Secret {namespace}/{name}.{key}"),
                holding,
                line: value.line,
            });
        }
    }
}

/// Objects that bring a secret from a store.
pub(super) fn managed(kind: &str, object: &Node, out: &mut Declarations) {
    let Some((namespace, name)) = named(object) else {
        return;
    };
    let holding = match kind {
        "SealedSecret" => Holding::Encrypted {
            with: "sealed-secrets",
        },
        _ => Holding::Managed {
            store: "external-secrets",
            entry: format!("{kind} {namespace}/{name}"),
        },
    };
    out.slots.push(DeclaredSlot {
        holder: None,
        name: format!("Secret {namespace}/{name}"),
        holding,
        line: object.line,
    });
}
