//! Files that declare identities, broken in every way.

use std::path::Path;

use keysift_registry::declared::declarations;

/// A file of each kind, which seeds are made from. The first byte of an input chooses one's path.
pub(crate) const FILES: &[(&str, &str)] = &[
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    permissions: {contents: write}\n    steps:\n    - uses: a/b@v1\n      with: {token: '${{ secrets.T }}'}\n",
    ),
    (
        ".cursor/mcp.json",
        "{\"mcpServers\": {\"a\": {\"command\": \"npx\", \"args\": [\"-y\", \"p@1\", \"--token\", \"x\"], \"env\": {\"TOKEN\": \"${T}\"}}}}",
    ),
    (
        ".codex/config.toml",
        "[mcp_servers.a]\nurl = \"http://u@h/?key=1\"\nbearer_token_env_var = \"T\"\n",
    ),
    (
        "main.tf",
        "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode({ Statement = [{ Effect = \"Allow\", Principal = \"*\" }] })\n}\nvariable \"password\" { default = \"${var.x}y\" }\n",
    ),
    ("a.tfvars", "password = <<E\nx\nE\n"),
    (
        "x.tfstate",
        "{\"resources\": [{\"type\": \"google_service_account_key\", \"instances\": [{\"attributes\": {\"name\": \"projects/p/serviceAccounts/e/keys/k\"}}]}]}",
    ),
    (
        "compose.yml",
        "services:\n  a: &a\n    environment: [A_TOKEN=x, B_TOKEN]\n  b: {<<: *a}\n",
    ),
    (
        "k.yaml",
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ServiceAccount, metadata: {name: n}}\n- {apiVersion: v1, kind: RoleBinding, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: n}]}\n",
    ),
    (
        "config",
        "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: n, user: {token: t}}]\n",
    ),
    (
        "t.yaml",
        "Resources:\n  A:\n    Type: AWS::IAM::User\n    Properties: {Policies: [{PolicyDocument: {Statement: {Effect: Allow, Action: '*', Resource: !Sub 'x'}}}]}\n",
    ),
    (
        ".aws/credentials",
        "[a]\naws_access_key_id = x\nrole_arn = y\n",
    ),
    (
        "k.json",
        "{\"type\": \"service_account\", \"client_email\": \"a@b\", \"private_key\": \"x\"}",
    ),
    (".npmrc", "//h/:_authToken=x\n"),
    (
        "authorized_keys",
        "from=\"a b\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA a@b\n",
    ),
    (".env", "A_TOKEN=\"${X:-y}\"\n"),
];

/// Reads the rest of the bytes as the kind of file that the first byte chooses.
///
/// # Panics
/// When a line that is told is not one of the file.
pub fn declared(bytes: &[u8]) {
    let Some((choice, text)) = bytes.split_first() else {
        return;
    };
    let (path, _) = FILES[usize::from(*choice) % FILES.len()];
    let Some(Ok(read)) = declarations("repository", Path::new(path), text) else {
        return;
    };
    let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    // Carriage returns alone end lines of YAML.
    let lines = lines + text.iter().filter(|byte| **byte == b'\r').count() as u64;
    let of_identities = read.identities.iter().map(|identity| identity.line);
    let of_slots = read.slots.iter().map(|slot| slot.line);
    for line in of_identities.chain(of_slots) {
        assert!((1..=lines + 1).contains(&line), "line {line} of {lines}");
    }
}
