//! What all readers keep to.

use std::path::Path;

use super::*;

/// What the file declares, which a reader has to know and to read.
pub(super) fn read_file(path: &str, text: &str) -> Declarations {
    declarations("", Path::new(path), text.as_bytes())
        .unwrap()
        .unwrap()
}

pub(super) fn uids(read: &Declarations) -> Vec<&str> {
    read.identities
        .iter()
        .map(|identity| &*identity.uid)
        .collect()
}

pub(super) fn codes(read: &Declarations) -> Vec<&str> {
    let concerns = read
        .identities
        .iter()
        .flat_map(|identity| &identity.concerns);
    concerns.map(|concern| concern.code).collect()
}

/// Name and kind of what an identity holds.
pub(super) fn holdings(read: &Declarations, holder: &str) -> Vec<String> {
    let held = read
        .slots
        .iter()
        .filter(|slot| slot.holder.as_deref() == Some(holder));
    held.map(|slot| format!("{} {}", slot.name, slot.holding.as_str()))
        .collect()
}

/// A file of each kind that holds this value where a secret belongs.
fn files(secret: &str) -> Vec<(&'static str, String)> {
    vec![
        (
            ".github/workflows/x.yml",
            format!(
                "jobs:\n  a:\n    env: {{TOKEN: {secret}}}\n    steps: [{{run: 'x', env: {{PASSWORD: {secret}}}}}]\n"
            ),
        ),
        (
            ".cursor/mcp.json",
            format!(
                r#"{{"mcpServers": {{"a": {{"url": "https://u:{secret}@h/?token={secret}", "env": {{"TOKEN": "{secret}"}}, "args": ["--token", "{secret}"]}}}}}}"#
            ),
        ),
        (
            "terraform.tfstate",
            format!(
                r#"{{"resources": [{{"type": "aws_iam_access_key", "name": "n", "instances": [{{"attributes": {{"user": "u", "secret": "{secret}"}}}}]}}]}}"#
            ),
        ),
        (
            "main.tf",
            format!(
                "resource \"aws_db_instance\" \"x\" {{\n  password = \"{secret}\"\n}}\nvariable \"password\" {{ default = \"{secret}\" }}\n"
            ),
        ),
        ("a.tfvars", format!("password = \"{secret}\"\n")),
        (
            "docker-compose.yml",
            format!(
                "services:\n  a:\n    environment: ['PASSWORD={secret}', 'TOKEN=${{X:-{secret}}}']\n"
            ),
        ),
        (
            "k.yaml",
            format!(
                "apiVersion: v1\nkind: Secret\nmetadata: {{name: n}}\nstringData: {{password: {secret}}}\n"
            ),
        ),
        (
            "config",
            format!(
                "kind: Config\nclusters: []\nusers: [{{name: n, user: {{token: {secret}}}}}]\n"
            ),
        ),
        (
            "t.yaml",
            format!(
                "Resources:\n  A:\n    Type: AWS::RDS::DBInstance\n    Properties: {{MasterUserPassword: {secret}}}\n"
            ),
        ),
        (
            ".aws/credentials",
            format!("[default]\naws_secret_access_key = {secret}\n"),
        ),
        (
            "sa.json",
            format!(
                r#"{{"type": "service_account", "client_email": "a@b", "private_key": "{secret}"}}"#
            ),
        ),
        (
            ".docker/config.json",
            format!(r#"{{"auths": {{"h": {{"auth": "{secret}"}}}}}}"#),
        ),
        (".npmrc", format!("//h/:_authToken={secret}\n")),
        (".env", format!("PASSWORD={secret}\n")),
    ]
}

#[test]
fn no_secret_is_kept() {
    let secret = ["q7Wm2x", "Z9kLp4Tn"].concat();
    for (path, text) in files(&secret) {
        let read = read_file(path, &text);
        assert!(!read.slots.is_empty(), "{path} has a slot");
        assert!(!format!("{read:?}").contains(&secret), "{path}: {read:#?}");
    }
}

#[test]
fn every_kind_of_file_can_be_asked_for_by_its_name() {
    for (path, _) in files("x") {
        assert!(may_declare(Path::new(path)), "{path}");
    }
    assert!(!may_declare(Path::new("src/main.rs")));
}

#[test]
fn broken_files_are_said_and_others_are_nobodys() {
    assert!(declarations("", Path::new("a.rs"), b"fn main() {}").is_none());
    assert!(declarations("", Path::new("package.json"), b"{\"name\": \"x\"}").is_none());
    let broken = declarations("", Path::new("main.tf"), b"resource \"x\" {").unwrap();
    assert_eq!(broken.unwrap_err().kind, "terraform");
    let bytes = declarations("", Path::new(".npmrc"), b"//h/:_authToken=\xff\xfe").unwrap();
    assert_eq!(bytes.unwrap_err().message, "not UTF-8");
}

#[test]
fn no_piece_of_a_file_makes_a_reader_panic() {
    for (path, text) in files("q7Wm2xZ9") {
        for end in 0..text.len() {
            // What is left of a file that was cut anywhere.
            let _ = declarations("", Path::new(path), &text.as_bytes()[..end]);
            let mut bytes = text.clone().into_bytes();
            bytes[end] = b'{';
            let _ = declarations("", Path::new(path), &bytes);
        }
    }
}

#[test]
fn what_is_local_to_a_repository_has_its_name_in_its_key() {
    let text = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: app}\n";
    let read = declarations("shop", Path::new("k.yaml"), text.as_bytes());
    assert_eq!(uids(&read.unwrap().unwrap()), ["k8s:sa:shop/default/app"]);
    let text = "services: {web: {image: x}}";
    let read = declarations("shop", Path::new("a/compose.yml"), text.as_bytes());
    assert_eq!(
        uids(&read.unwrap().unwrap()),
        ["compose:shop/a/compose.yml#web"]
    );
}

#[test]
fn switches_are_no_secrets() {
    let read = read_file(".env", "PASSWORD=true\nTOKEN=0\nSECRET=q7Wm2xZ9\n");
    assert_eq!(read.slots.len(), 1);
}
