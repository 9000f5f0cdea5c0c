//! Manifests of Kubernetes: service accounts, what binds them to rights, the workloads that run as them, and secrets.

mod account;
mod secret;
mod workload;

pub(super) use self::account::federation;
use super::tree::{Node, read_yaml};
use super::{Declarations, File, Kind};

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
            "ServiceAccount" => account::account(scope, object, &mut out),
            "RoleBinding" | "ClusterRoleBinding" => {
                account::binding(scope, kind, (object, &all), &mut out)
            }
            "Secret" => secret::secret(object, &mut out),
            "ExternalSecret" | "SealedSecret" | "SecretProviderClass" | "VaultStaticSecret" => {
                secret::managed(kind, object, &mut out);
            }
            "Pod" => workload::workload(scope, kind, (object, object.get("spec")), &mut out),
            "CronJob" => {
                let spec = object.at(&["spec", "jobTemplate", "spec", "template", "spec"]);
                workload::workload(scope, kind, (object, spec), &mut out);
            }
            _ => {
                let spec = object.at(&["spec", "template", "spec"]);
                if spec.is_some_and(|spec| spec.get("containers").is_some()) {
                    workload::workload(scope, kind, (object, spec), &mut out);
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

#[cfg(test)]
mod tests {
    use crate::declared::tests::{codes, holdings, read_file, uids};
    use crate::declared::{Unread, declarations};
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
        envFrom: [{secretRef: {name: shop}}, {configMapRef: {name: plain}}]
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
        assert_eq!(
            web,
            [
                "every key of Secret prod/shop managed",
                "DB_PASSWORD managed",
                "API_TOKEN literal"
            ]
        );
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
