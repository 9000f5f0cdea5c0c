//! Policy documents of AWS, in JSON and as Terraform writes them.

use super::tree::{Node, Value, read_json};
use super::{Declared, Grant};

/// Who may take a role on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trust {
    /// `AWS`, `Service`, `Federated`, or `*`.
    pub(super) kind: String,
    pub(super) principal: String,
    pub(super) condition: Option<String>,
    pub(super) line: u64,
}

/// The document that a value is: a map, or a text in JSON.
fn document(node: &Node) -> Option<Node> {
    match &node.value {
        Value::Map(_) => Some(node.clone()),
        Value::Text(text) => read_json(text).ok().flatten().map(|read| Node {
            line: node.line,
            value: read.value,
        }),
        _ => None,
    }
}

/// The value of a key, in AWS's spelling or in Terraform's.
fn either<'a>(node: &'a Node, aws: &str, terraform: &str) -> Option<&'a Node> {
    node.get(aws).or_else(|| node.get(terraform))
}

fn statements(document: &Node) -> &[Node] {
    either(document, "Statement", "statement").map_or(&[], Node::members)
}

/// What a policy grants; one grant that is not resolved where the policy is an expression.
pub(super) fn grants(policy: &Node) -> Vec<Grant> {
    let Some(document) = document(policy) else {
        let written = policy.written().map_or("", |(text, _)| text);
        let mut grant = Grant::new(format!("policy {written}").trim_end(), "?", policy.line);
        grant.is_resolved = false;
        return vec![grant];
    };
    let mut grants = Vec::new();
    for statement in statements(&document) {
        let is_allowed = either(statement, "Effect", "effect").and_then(Node::text) != Some("Deny");
        let actions = either(statement, "Action", "actions");
        let (actions, is_not) = match actions {
            Some(actions) => (Some(actions), false),
            None => (either(statement, "NotAction", "not_actions"), true),
        };
        let resources = either(statement, "Resource", "resources").map_or(&[][..], Node::members);
        let condition = condition(statement);
        for action in actions.map_or(&[][..], Node::members) {
            let Some((action, is_action)) = action.written() else {
                continue;
            };
            let action = if is_not {
                format!("all but {action}")
            } else {
                action.to_owned()
            };
            for resource in resources {
                let Some((resource, is_resource)) = resource.written() else {
                    continue;
                };
                grants.push(Grant {
                    is_allowed,
                    action: action.clone(),
                    resource: resource.to_owned(),
                    condition: condition.clone(),
                    is_resolved: is_action && is_resource,
                    line: statement.line.max(policy.line),
                });
            }
        }
    }
    grants
}

/// Who a role trusts.
pub(super) fn trusts(policy: &Node) -> Vec<Trust> {
    let Some(document) = document(policy) else {
        return Vec::new();
    };
    let mut trusts = Vec::new();
    for statement in statements(&document) {
        let condition = condition(statement);
        let line = statement.line.max(policy.line);
        let mut trust = |kind: &str, principal: &str| {
            trusts.push(Trust {
                kind: kind.to_owned(),
                principal: principal.to_owned(),
                condition: condition.clone(),
                line,
            });
        };
        if let Some(principals) = statement.get("Principal") {
            for (kind, principals) in principals.entries() {
                let written = principals.members().iter().filter_map(Node::written);
                written.for_each(|(principal, _)| trust(kind, principal));
            }
            if let Some(all) = principals.text() {
                trust(all, all);
            }
        }
        for block in statement.get("principals").map_or(&[][..], Node::members) {
            let kind = block.text_of("type").unwrap_or("?");
            let names = block.get("identifiers").map_or(&[][..], Node::members);
            let written = names.iter().filter_map(Node::written);
            written.for_each(|(principal, _)| trust(kind, principal));
        }
    }
    trusts
}

/// The conditions of a statement in one line: `operator key=value, value; …`.
fn condition(statement: &Node) -> Option<String> {
    let mut parts = Vec::new();
    for (operator, keys) in statement.get("Condition").map_or(&[][..], Node::entries) {
        for (key, values) in keys.entries() {
            parts.push(format!("{operator} {key}={}", joined(values)));
        }
    }
    for block in statement.get("condition").map_or(&[][..], Node::members) {
        let test = block.text_of("test").unwrap_or("?");
        let variable = block.text_of("variable").unwrap_or("?");
        let values = block.get("values").map_or(String::new(), joined);
        parts.push(format!("{test} {variable}={values}"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn joined(values: &Node) -> String {
    let written = values.members().iter().filter_map(Node::written);
    written.map(|(text, _)| text).collect::<Vec<_>>().join(", ")
}

/// Says what is wrong with whom a role trusts.
pub(super) fn judge_trust(role: &mut Declared, trusts: &[Trust]) {
    for trust in trusts {
        let condition = trust.condition.as_deref().unwrap_or_default();
        let is_oidc = trust.kind == "Federated" && trust.principal.contains("oidc");
        if is_oidc
            || trust
                .principal
                .contains("token.actions.githubusercontent.com")
        {
            let sub = condition.split("; ").find(|part| part.contains(":sub="));
            match sub.and_then(|part| part.split_once('=')) {
                None => role.concern("oidc-trust-without-subject", "NHI6", &*trust.principal),
                Some((_, values))
                    if values
                        .split(", ")
                        .any(|value| matches!(value, "*" | "repo:*")) =>
                {
                    role.concern("oidc-trust-of-any-subject", "NHI6", values);
                }
                Some(_) => {}
            }
        }
        if matches!(trust.kind.as_str(), "*" | "AWS")
            && trust.principal == "*"
            && condition.is_empty()
        {
            role.concern("trusts-anyone", "NHI5", "any account may take it on");
        }
    }
}

/// Says what is wrong with what an identity may do.
pub(super) fn judge_grants(identity: &mut Declared) {
    let is_everything = |grant: &Grant| {
        grant.is_admin() && (grant.resource == "*" || grant.action.starts_with("arn:"))
    };
    if identity.grants.iter().any(is_everything) {
        identity.concern(
            "administrator",
            "NHI5",
            "it may do everything to everything",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::DeclaredKind;
    use super::*;

    fn node(json: &str) -> Node {
        read_json(json).unwrap().unwrap()
    }

    #[test]
    fn statements_become_grants() {
        let policy = node(
            r#"{"Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": "arn:aws:s3:::b/*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#,
        );
        let grants = grants(&policy);
        assert_eq!(grants.len(), 2);
        assert_eq!(
            (grants[1].action.as_str(), grants[1].resource.as_str()),
            ("s3:Put*", "arn:aws:s3:::b/*")
        );
        assert_eq!(
            grants[0].condition.as_deref(),
            Some("Bool aws:SecureTransport=true")
        );
        let text = Node {
            line: 7,
            value: Value::Text(
                r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#.into(),
            ),
        };
        let all = super::grants(&text);
        assert!(all[0].is_admin() && all[0].line == 7);
        let expression = Node {
            line: 1,
            value: Value::Expression("data.x.json".into()),
        };
        assert!(!super::grants(&expression)[0].is_resolved);
    }

    #[test]
    fn trust_of_an_oidc_provider_needs_a_subject() {
        let oidc = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
        let judged = |condition: &str| {
            let policy = node(&format!(
                r#"{{"Statement": [{{"Effect": "Allow", "Principal": {{"Federated": "{oidc}"}}, "Condition": {condition}}}]}}"#
            ));
            let mut role = Declared::new("r".into(), DeclaredKind::Role, "AWS", "r", 1);
            judge_trust(&mut role, &trusts(&policy));
            role.concerns.first().map(|concern| concern.code)
        };
        let key = "token.actions.githubusercontent.com:sub";
        assert_eq!(judged("{}"), Some("oidc-trust-without-subject"));
        let of = |subject: &str| format!(r#"{{"StringLike": {{"{key}": "{subject}"}}}}"#);
        assert_eq!(judged(&of("repo:*")), Some("oidc-trust-of-any-subject"));
        assert_eq!(judged(&of("repo:org/app:ref:refs/heads/main")), None);
    }
}
