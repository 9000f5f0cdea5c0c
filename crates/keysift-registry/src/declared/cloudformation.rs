//! CloudFormation and SAM: the users, roles and keys of AWS that templates make.

use super::holding::holding;
use super::iam;
use super::name::names_credential;
use super::tree::{Node, read_json, read_yaml};
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Grant, Kind, Relation,
};

pub(super) const KIND: Kind = Kind {
    name: "cloudformation",
    is: |file| {
        let is_form = file.has_extension(&["yml", "yaml", "json", "template"]);
        is_form && file.text.contains("Resources") && file.text.contains("AWS::")
    },
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let is_json = file.text.trim_start().starts_with('{');
    let root = if is_json {
        read_json(file.text)?
    } else {
        read_yaml(file.text)?.into_iter().next()
    };
    let mut out = Declarations::default();
    let Some(resources) = root.as_ref().and_then(|root| root.get("Resources")) else {
        return Ok(out);
    };
    for (label, resource) in resources.entries() {
        let kind = resource.text_of("Type").unwrap_or_default();
        let Some(properties) = resource.get("Properties") else {
            continue;
        };
        let place = Place {
            label,
            line: resource.line,
        };
        match kind {
            "AWS::IAM::User" | "AWS::IAM::Role" => identity(kind, place, properties, &mut out),
            "AWS::IAM::AccessKey" => access_key(place, properties, &mut out),
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => policy(properties, &mut out),
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => {
                function(place, properties, &mut out)
            }
            _ => slots(label, properties, &mut out),
        }
    }
    out.identities.iter_mut().for_each(iam::judge_grants);
    Ok(out)
}

#[derive(Clone, Copy)]
struct Place<'a> {
    label: &'a str,
    line: u64,
}

/// The name of a user or a role that a value names, by a text, `!Ref` or `!GetAtt`.
fn name_of(node: &Node) -> Option<String> {
    if let Some((written, is_text)) = node.written() {
        let name = if is_text {
            written
        } else {
            written.split_whitespace().nth(1)?
        };
        return Some(name.split('.').next().unwrap_or(name).to_owned());
    }
    let (function, of) = node.entries().first()?;
    let name = match function.as_str() {
        "Ref" => of.text()?,
        "Fn::GetAtt" => of.texts().next()?,
        _ => return None,
    };
    Some(name.to_owned())
}

fn identity(kind: &str, place: Place<'_>, properties: &Node, out: &mut Declarations) {
    let is_user = kind == "AWS::IAM::User";
    let name_key = if is_user { "UserName" } else { "RoleName" };
    let name = properties.text_of(name_key).unwrap_or(place.label);
    let (what, identity_kind) = if is_user {
        ("iam-user", DeclaredKind::ServiceAccount)
    } else {
        ("role", DeclaredKind::Role)
    };
    let mut identity = Declared::new(
        format!("aws:{what}:{name}"),
        identity_kind,
        "AWS",
        name,
        place.line,
    );
    if name != place.label {
        identity.aliases.push(format!("aws:{what}:{}", place.label));
    }
    for inline in properties.get("Policies").map_or(&[][..], Node::members) {
        identity
            .grants
            .extend(inline.get("PolicyDocument").map_or(Vec::new(), iam::grants));
    }
    for arn in properties
        .get("ManagedPolicyArns")
        .map_or(&[][..], Node::members)
    {
        let (written, is_text) = arn.written().unwrap_or(("?", false));
        let mut grant = Grant::new(written, "*", arn.line);
        grant.is_resolved = is_text && written.starts_with("arn:aws:iam::aws:policy/");
        identity.grants.push(grant);
    }
    if let Some(policy) = properties.get("AssumeRolePolicyDocument") {
        let trusts = iam::trusts(policy);
        for trust in trusts.iter().filter(|trust| trust.kind != "Service") {
            out.edges.push(Edge {
                from: format!("aws:principal:{}", trust.principal),
                relation: Relation::CanAssume,
                to: identity.uid.clone(),
                line: trust.line,
            });
        }
        iam::judge_trust(&mut identity, &trusts);
    }
    for tag in properties.get("Tags").map_or(&[][..], Node::members) {
        let value = tag.text_of("Value").map(str::to_owned);
        match tag.text_of("Key").map(str::to_ascii_lowercase).as_deref() {
            Some("owner" | "team" | "contact" | "maintainer") => identity.owners.extend(value),
            Some("environment" | "env" | "stage") => identity.environment = value,
            _ => {}
        }
    }
    out.identities.push(identity);
}

fn access_key(place: Place<'_>, properties: &Node, out: &mut Declarations) {
    let Some(user) = properties.get("UserName").and_then(name_of) else {
        return;
    };
    let uid = format!("aws:iam-user:{user}");
    let mut identity = Declared::new(uid, DeclaredKind::ServiceAccount, "AWS", &user, place.line);
    identity.concern(
        "static-key",
        "NHI7",
        "an access key that does not expire; a role needs none",
    );
    out.identities.push(identity);
}

fn policy(properties: &Node, out: &mut Declarations) {
    let grants = properties
        .get("PolicyDocument")
        .map_or(Vec::new(), iam::grants);
    for (key, what, kind) in [
        ("Users", "iam-user", DeclaredKind::ServiceAccount),
        ("Roles", "role", DeclaredKind::Role),
    ] {
        for holder in properties.get(key).map_or(&[][..], Node::members) {
            let Some(name) = name_of(holder) else {
                continue;
            };
            let uid = format!("aws:{what}:{name}");
            let mut identity = Declared::new(uid, kind, "AWS", &name, holder.line);
            identity.grants.clone_from(&grants);
            out.identities.push(identity);
        }
    }
}

fn function(place: Place<'_>, properties: &Node, out: &mut Declarations) {
    let uid = format!("aws:lambda:{}", place.label);
    if let Some(role) = properties.get("Role").and_then(name_of) {
        out.edges.push(Edge {
            from: uid.clone(),
            relation: Relation::Uses,
            to: format!("aws:role:{role}"),
            line: place.line,
        });
    }
    let first = out.slots.len();
    if let Some(variables) = properties.at(&["Environment", "Variables"]) {
        slots(place.label, variables, out);
    }
    out.slots[first..]
        .iter_mut()
        .for_each(|slot| slot.holder = Some(uid.clone()));
    let identity = Declared::new(uid, DeclaredKind::Workload, "AWS", place.label, place.line);
    out.identities.push(identity);
}

fn slots(label: &str, properties: &Node, out: &mut Declarations) {
    for (name, node) in properties.entries() {
        let Some((value, is_text)) = node.written().filter(|_| names_credential(name)) else {
            continue;
        };
        out.slots.push(DeclaredSlot {
            holder: None,
            name: format!("{label}.{name}"),
            holding: holding(value, is_text),
            line: node.line,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, read_file, uids};

    #[test]
    fn users_roles_keys_and_functions_are_read() {
        let text = "AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Deployer:
    Type: AWS::IAM::User
    Properties:
      UserName: deployer
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]
      Tags: [{Key: Team, Value: platform}]
  Key:
    Type: AWS::IAM::AccessKey
    Properties: {UserName: !Ref Deployer}
  Run:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt RunRole.Arn
      Environment:
        Variables:
          API_TOKEN: q7Wm2xZ9
          DB_PASSWORD: '{{resolve:secretsmanager:db:SecretString:password}}'
";
        let read = read_file("template.yaml", text);
        assert_eq!(
            uids(&read),
            [
                "aws:iam-user:deployer",
                "aws:iam-user:Deployer",
                "aws:lambda:Run"
            ]
        );
        assert_eq!(read.identities[0].aliases, ["aws:iam-user:Deployer"]);
        assert_eq!(read.identities[0].owners, ["platform"]);
        assert_eq!(codes(&read), ["administrator", "static-key"]);
        assert_eq!(read.edges[0].to, "aws:role:RunRole");
        let held: Vec<&str> = read
            .slots
            .iter()
            .map(|slot| slot.holding.as_str())
            .collect();
        assert_eq!(held, ["literal", "managed"]);
    }
}
