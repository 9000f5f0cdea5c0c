//! Configurations of `kubectl`: users of clusters, and how each signs in.

use super::holding::holding;
use super::tree::{Node, read_yaml};
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Holding, Kind, Relation,
};

pub(super) const KIND: Kind = Kind {
    name: "kubeconfig",
    is: |file| {
        let is_named = file.has_extension(&["yml", "yaml", "conf", "kubeconfig"])
            || matches!(file.name, "config" | "kubeconfig");
        is_named
            && file.text.contains("kind: Config")
            && file.text.contains("users:")
            && file.text.contains("clusters:")
    },
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    for document in read_yaml(file.text)? {
        for entry in document.get("users").map_or(&[][..], Node::members) {
            if let (Some(name), Some(user)) = (entry.text_of("name"), entry.get("user")) {
                read_user(file.place, name, user, entry.line, &mut out);
            }
        }
        for entry in document.get("contexts").map_or(&[][..], Node::members) {
            let context = entry.get("context");
            let of = |key: &str| context.and_then(|context| context.text_of(key));
            if let (Some(user), Some(cluster)) = (of("user"), of("cluster")) {
                out.edges.push(Edge {
                    from: format!("k8s:user:{}#{user}", file.place),
                    relation: Relation::AuthenticatesAs,
                    to: format!("k8s:cluster:{cluster}"),
                    line: entry.line,
                });
            }
        }
    }
    Ok(out)
}

fn read_user(place: &str, name: &str, user: &Node, line: u64, out: &mut Declarations) {
    let uid = format!("k8s:user:{place}#{name}");
    out.identities.push(Declared::new(
        uid.clone(),
        DeclaredKind::ServiceAccount,
        "Kubernetes",
        name,
        line,
    ));
    let mut slot = |name: &str, holding: Holding, line: u64| {
        out.slots.push(DeclaredSlot {
            holder: Some(uid.clone()),
            name: name.to_owned(),
            holding,
            line,
        });
    };
    for key in ["token", "password", "client-key-data"] {
        if let Some((node, (value, is_text))) =
            user.get(key).and_then(|node| Some((node, node.written()?)))
        {
            slot(key, holding(value, is_text), node.line);
        }
    }
    for key in ["tokenFile", "client-key"] {
        if let Some(node) = user.get(key) {
            let expression = format!("file {}", node.text().unwrap_or("?"));
            slot(key, Holding::Unresolved { expression }, node.line);
        }
    }
    for key in ["exec", "auth-provider"] {
        if let Some(node) = user.get(key) {
            let by = node.text_of("command").or_else(|| node.text_of("name"));
            slot(
                key,
                Holding::Federated {
                    by: by.unwrap_or("?").to_owned(),
                },
                node.line,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{holdings, read_file};

    #[test]
    fn users_are_read_with_how_they_sign_in() {
        let text = "apiVersion: v1
kind: Config
clusters: [{name: prod, cluster: {server: https://k8s.example.org}}]
contexts: [{name: c, context: {cluster: prod, user: ci}}]
users:
- name: ci
  user: {token: q7Wm2xZ9, client-key: /etc/key.pem}
- name: me
  user: {exec: {command: aws, args: [eks, get-token]}}
";
        let read = read_file("home/.kube/config", text);
        assert_eq!(
            holdings(&read, "k8s:user:home/.kube/config#ci"),
            ["token literal", "client-key unresolved"]
        );
        assert_eq!(
            holdings(&read, "k8s:user:home/.kube/config#me"),
            ["exec federated"]
        );
        assert_eq!(read.edges[0].to, "k8s:cluster:prod");
    }
}
