//! Manifests of Kubernetes: service accounts, what binds them to rights, the workloads that run as them, and secrets.

use super::holding::holding;
use super::name::names_credential;
use super::tree::{Node, read_yaml};
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Grant, Holding, Kind, Relation,
};

pub(super) const KIND: Kind = Kind {
    name: "kubernetes",
    is: |file| {
        file.has_extension(&["yml", "yaml"])
            && file.text.contains("apiVersion:")
            && file.text.contains("kind:")
    },
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let is_template = file.text.contains("{{") && file.path.contains("templates/");
    let documents = read_yaml(file.text).map_err(|message| {
        if is_template {
            format!("a template, which its program has to fill in first: {message}")
        } else {
            message
        }
    })?;
    let scope = &*file.scope();
    let mut out = Declarations::default();
    let mut all: Vec<&Node> = Vec::new();
    for document in &documents {
        // A `List` holds others.
        match document.text_of("kind") {
            Some("List") => all.extend(document.get("items").map_or(&[][..], Node::members)),
            _ => all.push(document),
        }
    }
    for object in &all {
        let (Some(kind), Some(_)) = (object.text_of("kind"), object.text_of("apiVersion")) else {
            continue;
        };
        match kind {
            "ServiceAccount" => account(scope, object, &mut out),
            "RoleBinding" | "ClusterRoleBinding" => binding(scope, kind, (object, &all), &mut out),
            "Secret" => secret(object, &mut out),
            "ExternalSecret" | "SealedSecret" | "SecretProviderClass" | "VaultStaticSecret" => {
                managed(kind, object, &mut out);
            }
            "Pod" => workload(scope, kind, (object, object.get("spec")), &mut out),
            "CronJob" => {
                let spec = object.at(&["spec", "jobTemplate", "spec", "template", "spec"]);
                workload(scope, kind, (object, spec), &mut out);
            }
            _ => {
                let spec = object.at(&["spec", "template", "spec"]);
                if spec.is_some_and(|spec| spec.get("containers").is_some()) {
                    workload(scope, kind, (object, spec), &mut out);
                }
            }
        }
    }
    Ok(out)
}

/// Namespace and name of an object. Where no namespace is written, whoever applies it chooses; `default` is what is meant
/// by nothing.
fn named(object: &Node) -> Option<(&str, &str)> {
    let name = object.at(&["metadata", "name"])?.text()?;
    let namespace = object.at(&["metadata", "namespace"]).and_then(Node::text);
    Some((namespace.unwrap_or("default"), name))
}

fn account(scope: &str, object: &Node, out: &mut Declarations) {
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
pub(super) fn federation(uid: &str, annotations: Option<&Node>, out: &mut Declarations) {
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

fn binding(scope: &str, kind: &str, (object, all): (&Node, &[&Node]), out: &mut Declarations) {
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

fn secret(object: &Node, out: &mut Declarations) {
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
fn managed(kind: &str, object: &Node, out: &mut Declarations) {
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

fn workload(
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

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, holdings, read_file, uids};
    use super::super::{Unread, declarations};
    use std::path::Path;

    const MANIFESTS: &str = "apiVersion: v1
kind: ServiceAccount
metadata:
  name: app
  namespace: prod
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/app
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: everything}
rules:
- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: app}
roleRef: {kind: ClusterRole, name: everything, apiGroup: rbac.authorization.k8s.io}
subjects:
- {kind: ServiceAccount, name: app, namespace: prod}
- {kind: User, name: jane}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec:
  template:
    spec:
      serviceAccountName: app
      containers:
      - name: web
        env:
        - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
        - {name: API_TOKEN, value: q7Wm2xZ9}
        - {name: LOG_LEVEL, value: debug}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: prod}
data: {password: cTdXbTJ4Wjk=}
";

    #[test]
    fn accounts_bindings_workloads_and_secrets_are_read() {
        let read = read_file("deploy/all.yaml", MANIFESTS);
        assert_eq!(
            uids(&read),
            [
                "k8s:sa:prod/app",
                "k8s:sa:prod/app",
                "k8s:workload:prod/Deployment/web"
            ]
        );
        assert_eq!(codes(&read), ["administrator"]);
        let edges: Vec<(&str, &str)> = read
            .edges
            .iter()
            .map(|edge| (edge.relation.as_str(), &*edge.to))
            .collect();
        assert_eq!(
            edges,
            [
                ("can_assume", "aws:role:arn:aws:iam::123456789012:role/app"),
                ("uses", "k8s:sa:prod/app")
            ]
        );
        let web = holdings(&read, "k8s:workload:prod/Deployment/web");
        assert_eq!(web, ["DB_PASSWORD managed", "API_TOKEN literal"]);
        assert_eq!(read.slots.last().unwrap().name, "Secret prod/db.password");
    }

    #[test]
    fn a_template_that_is_no_yaml_is_said_to_be_one() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include \"x\" . }}\n  {{- if .Values.a }}\n";
        let read = declarations(
            "",
            Path::new("chart/templates/secret.yaml"),
            text.as_bytes(),
        );
        let Some(Err(Unread { kind, message })) = read else {
            panic!("not YAML: {read:?}");
        };
        assert_eq!(kind, "kubernetes");
        assert!(message.starts_with("a template"), "{message}");
    }
}
