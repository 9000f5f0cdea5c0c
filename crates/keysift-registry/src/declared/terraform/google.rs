//! Service accounts of Google Cloud, their keys and grants.

use super::super::tree::Block;
use super::super::tree::Node;
use super::super::{Declarations, Declared, DeclaredKind, Grant};
use super::Module;

impl Module<'_> {
    pub(super) fn google_key(&self, block: &Block, out: &mut Declarations) {
        let Some(holder) = block
            .body
            .get("service_account_id")
            .and_then(|id| self.gcp_key(id))
        else {
            return;
        };
        let name = holder.trim_start_matches("gcp:sa:").to_owned();
        let mut identity = Declared::new(
            holder,
            DeclaredKind::ServiceAccount,
            "Google Cloud",
            &name,
            block.line,
        );
        identity.concern(
            "static-key",
            "NHI7",
            "a key that does not expire; workload identity needs none",
        );
        out.identities.push(identity);
    }

    pub(super) fn google_grant(&self, kind: &str, block: &Block, out: &mut Declarations) {
        let body = &block.body;
        let Some((role, is_role)) = body.get("role").and_then(Node::written) else {
            return;
        };
        let scope = kind
            .trim_start_matches("google_")
            .trim_end_matches("_member")
            .trim_end_matches("_binding");
        let resource = [
            "project",
            "bucket",
            "org_id",
            "folder",
            "secret_id",
            "service_account_id",
        ]
        .iter()
        .find_map(|key| body.get(key).and_then(Node::written));
        let (target, is_target) = resource.unwrap_or(("?", false));
        let members = body.get("member").or_else(|| body.get("members"));
        for member in members.map_or(&[][..], Node::members) {
            let Some((written, _)) = member.written() else {
                continue;
            };
            if !written.contains("serviceAccount") && !written.contains("google_service_account") {
                continue;
            }
            let Some(holder) = self.gcp_key(member) else {
                continue;
            };
            let name = holder.trim_start_matches("gcp:sa:").to_owned();
            let mut identity = Declared::new(
                holder,
                DeclaredKind::ServiceAccount,
                "Google Cloud",
                &name,
                block.line,
            );
            let mut grant = Grant::new(role, format!("{scope} {target}"), block.line);
            grant.is_resolved = is_role && is_target;
            grant.condition = body.get("condition").map(|_| "see the file".to_owned());
            if grant.is_admin() {
                identity.concern("administrator", "NHI5", role);
            }
            identity.grants.push(grant);
            out.identities.push(identity);
        }
    }
}

pub(super) fn google_account(label: &str, block: &Block) -> Declared {
    let id = block.body.get("account_id").and_then(Node::written);
    let (id, _) = id.unwrap_or((label, false));
    let project = block.body.text_of("project");
    let email = format!("{id}@{}.iam.gserviceaccount.com", project.unwrap_or("?"));
    let mut identity = Declared::new(
        format!("gcp:sa:{email}"),
        DeclaredKind::ServiceAccount,
        "Google Cloud",
        id,
        block.line,
    );
    identity.account = project.map(str::to_owned);
    identity
}
