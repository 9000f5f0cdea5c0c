//! Users, roles, keys and policies of AWS.

use super::super::tree::Block;
use super::super::tree::Node;
use super::super::{Declarations, Declared, DeclaredKind, Edge, Grant, Relation, iam};
use super::{Module, environment, owners};

impl Module<'_> {
    pub(super) fn aws_identity(
        &self,
        kind: &str,
        label: &str,
        block: &Block,
        out: &mut Declarations,
    ) {
        let name = &*self.aws_name(kind, label, Some(block));
        let (what, identity_kind) = if kind == "aws_iam_user" {
            ("iam-user", DeclaredKind::ServiceAccount)
        } else {
            ("role", DeclaredKind::Role)
        };
        let mut identity = Declared::new(
            format!("aws:{what}:{name}"),
            identity_kind,
            "AWS",
            name,
            block.line,
        );
        identity.owners = owners(&block.body);
        identity.environment = environment(&block.body);
        if let Some(policy) = block.body.get("assume_role_policy") {
            let trusts = self.policy_trusts(policy);
            for trust in &trusts {
                if trust.kind == "AWS" || trust.kind == "Federated" {
                    out.edges.push(Edge {
                        from: format!("aws:principal:{}", trust.principal),
                        relation: Relation::CanAssume,
                        to: identity.uid.clone(),
                        line: trust.line,
                    });
                }
            }
            iam::judge_trust(&mut identity, &trusts);
        }
        for inline in block
            .body
            .get("inline_policy")
            .map_or(&[][..], Node::members)
        {
            identity.grants.extend(
                inline
                    .get("policy")
                    .map_or(Vec::new(), |policy| self.policy_grants(policy)),
            );
        }
        for arn in block
            .body
            .get("managed_policy_arns")
            .map_or(&[][..], Node::members)
        {
            identity.grants.extend(attachment(arn));
        }
        out.identities.push(identity);
    }

    pub(super) fn aws_access_key(&self, block: &Block, out: &mut Declarations) {
        let Some(holder) = block
            .body
            .get("user")
            .and_then(|user| self.aws_key("iam-user", user))
        else {
            return;
        };
        let name = holder.rsplit(':').next().unwrap_or_default().to_owned();
        let mut identity = Declared::new(
            holder,
            DeclaredKind::ServiceAccount,
            "AWS",
            &name,
            block.line,
        );
        let detail = "an access key that does not expire; a role needs none";
        identity.concern("static-key", "NHI7", detail);
        out.identities.push(identity);
    }

    pub(super) fn aws_policy(&self, kind: &str, block: &Block, out: &mut Declarations) {
        let (attribute, what, identity_kind) = if kind.contains("_user_") {
            ("user", "iam-user", DeclaredKind::ServiceAccount)
        } else {
            ("role", "role", DeclaredKind::Role)
        };
        let Some(holder) = block
            .body
            .get(attribute)
            .and_then(|node| self.aws_key(what, node))
        else {
            return;
        };
        let name = holder.rsplit(':').next().unwrap_or_default().to_owned();
        let mut identity = Declared::new(holder, identity_kind, "AWS", &name, block.line);
        if let Some(policy) = block.body.get("policy") {
            identity.grants = self.policy_grants(policy);
        }
        if let Some(arn) = block.body.get("policy_arn") {
            identity.grants.extend(attachment(arn));
        }
        out.identities.push(identity);
    }
}

fn attachment(arn: &Node) -> Option<Grant> {
    let (written, is_text) = arn.written()?;
    let mut grant = Grant::new(written, "*", arn.line);
    grant.is_resolved = is_text && written.starts_with("arn:aws:iam::aws:policy/");
    Some(grant)
}
