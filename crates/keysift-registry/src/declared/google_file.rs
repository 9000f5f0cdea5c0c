//! Credentials of Google Cloud in JSON.

use super::holding::holding;
use super::tree::{Node, read_json};
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Holding, Kind, Relation,
};

/// Credentials of Google Cloud in JSON.
pub(super) const KIND: Kind = Kind {
    name: "gcp-credentials",
    is: |file| {
        const TYPES: &[&str] = &[
            "service_account",
            "authorized_user",
            "external_account",
            "impersonated_service_account",
        ];
        let is_json = file.has_extension(&["json"])
            && file.text.len() < 64 << 10
            && file.text.contains("\"type\"");
        is_json
            && TYPES
                .iter()
                .any(|kind| file.text.contains(&format!("\"{kind}\"")))
    },
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    let Some(root) = read_json(file.text)? else {
        return Ok(out);
    };
    let line = root.get("type").map_or(1, |node| node.line);
    match root.text_of("type") {
        Some("service_account") => service_account(&root, line, &mut out),
        Some("authorized_user") => authorized_user(file.place, &root, line, &mut out),
        Some("external_account") => external_account(&root, line, &mut out),
        Some("impersonated_service_account") => impersonation(&root, line, &mut out),
        _ => {}
    }
    Ok(out)
}

fn service_account(root: &Node, line: u64, out: &mut Declarations) {
    let Some(email) = root.text_of("client_email") else {
        return;
    };
    let mut identity = Declared::new(
        format!("gcp:sa:{email}"),
        DeclaredKind::ServiceAccount,
        "Google Cloud",
        email,
        line,
    );
    identity.account = root.text_of("project_id").map(str::to_owned);
    identity.aliases.extend(
        root.text_of("client_id")
            .map(|id| format!("gcp:sa-id:{id}")),
    );
    identity
        .public_ids
        .extend(root.text_of("private_key_id").map(str::to_owned));
    identity.concern(
        "static-key",
        "NHI7",
        "a key that does not expire; workload identity needs none",
    );
    if let Some(key) = root.get("private_key") {
        out.slots.push(slot(
            &identity,
            "private_key",
            holding(key.text().unwrap_or_default(), true),
            key.line,
        ));
    }
    out.identities.push(identity);
}

fn authorized_user(place: &str, root: &Node, line: u64, out: &mut Declarations) {
    let client = root.text_of("client_id").unwrap_or("?");
    let uid = format!("gcp:user:{}#{client}", place);
    let mut identity = Declared::new(uid, DeclaredKind::OauthClient, "Google Cloud", client, line);
    identity.concern(
        "human-credential",
        "NHI10",
        "a person's login, not a service account's",
    );
    if let Some(token) = root.get("refresh_token") {
        out.slots.push(slot(
            &identity,
            "refresh_token",
            holding(token.text().unwrap_or_default(), true),
            token.line,
        ));
    }
    out.identities.push(identity);
}

fn external_account(root: &Node, line: u64, out: &mut Declarations) {
    let Some(pool) = root.text_of("audience") else {
        return;
    };
    let identity = Declared::new(
        format!("gcp:pool:{pool}"),
        DeclaredKind::ServiceAccount,
        "Google Cloud",
        pool,
        line,
    );
    if let Some(account) = impersonated(root) {
        out.edges.push(Edge {
            from: identity.uid.clone(),
            relation: Relation::CanAssume,
            to: format!("gcp:sa:{account}"),
            line,
        });
    }
    out.slots.push(slot(
        &identity,
        "audience",
        Holding::Federated {
            by: pool.to_owned(),
        },
        line,
    ));
    out.identities.push(identity);
}

fn impersonation(root: &Node, line: u64, out: &mut Declarations) {
    if let Some(account) = impersonated(root) {
        let uid = format!("gcp:sa:{account}");
        out.identities.push(Declared::new(
            uid,
            DeclaredKind::ServiceAccount,
            "Google Cloud",
            account,
            line,
        ));
    }
}

/// The account in `…/serviceAccounts/EMAIL:generateAccessToken`.
fn impersonated(root: &Node) -> Option<&str> {
    let url = root.text_of("service_account_impersonation_url")?;
    let rest = url.split_once("/serviceAccounts/")?.1;
    rest.split(':').next()
}

fn slot(identity: &Declared, name: &str, holding: Holding, line: u64) -> DeclaredSlot {
    DeclaredSlot {
        holder: Some(identity.uid.clone()),
        name: name.to_owned(),
        holding,
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, read_file, uids};

    #[test]
    fn credentials_of_google_are_told_by_their_type() {
        let account = r#"{"type": "service_account", "project_id": "p", "private_key_id": "k1",
            "client_email": "a@p.iam.gserviceaccount.com", "client_id": "9", "private_key": "q7Wm2xZ9"}"#;
        let read = read_file("key.json", account);
        assert_eq!(uids(&read), ["gcp:sa:a@p.iam.gserviceaccount.com"]);
        assert_eq!(read.identities[0].public_ids, ["k1"]);
        let pool = r#"{"type": "external_account", "audience": "//iam.googleapis.com/p",
            "service_account_impersonation_url": "https://x/v1/projects/-/serviceAccounts/b@p.iam.gserviceaccount.com:generateAccessToken"}"#;
        let read = read_file("wif.json", pool);
        assert_eq!(read.edges[0].to, "gcp:sa:b@p.iam.gserviceaccount.com");
        let user = r#"{"type": "authorized_user", "client_id": "c", "refresh_token": "q7Wm2xZ9"}"#;
        assert_eq!(codes(&read_file("adc.json", user)), ["human-credential"]);
    }
}
