//! Terraform: the identities, keys and grants of AWS, Google Cloud and Azure that configurations make.

use super::holding::holding;
use super::iam;
use super::name::names_credential;
use super::tree::{Block, Node, Value, read_hcl, read_json};
use super::{Declarations, Declared, DeclaredKind, DeclaredSlot, File, Grant, Kind};

mod aws;
mod azure;
mod google;

use self::azure::{azure_federation, azure_grant, azure_identity, azure_password};
use self::google::google_account;

pub(in crate::declared) const KIND: Kind = Kind {
    name: "terraform",
    is: |file| file.has_extension(&["tf", "tfvars"]) || file.name.ends_with(".tf.json"),
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    if file.has_extension(&["tfvars"]) {
        // Attributes alone: a file of them is the body of a block.
        let wrapped = format!("values {{\n{}\n}}\n", file.text);
        for block in read_hcl(&wrapped)? {
            variables(&block.body, &mut out);
        }
        out.slots.iter_mut().for_each(|slot| slot.line -= 1);
        return Ok(out);
    }
    let blocks = if file.has_extension(&["json"]) {
        blocks_of_json(file.text)?
    } else {
        read_hcl(file.text)?
    };
    let module = Module {
        blocks: &blocks,
        scope: file.scope(),
        directory: file
            .place
            .rfind('/')
            .map_or("", |slash| &file.place[..=slash]),
    };
    for block in &blocks {
        match (block.name.as_str(), &block.labels[..]) {
            ("resource", [kind, name]) => module.resource(kind, name, block, &mut out),
            ("provider", [name]) => provider(name, block, &mut out),
            ("variable", [name]) => variable(name, block, &mut out),
            _ => {}
        }
    }
    for identity in &mut out.identities {
        iam::judge_grants(identity);
    }
    Ok(out)
}

/// The blocks of the JSON form: `{"resource": {"kind": {"name": {…}}}}`.
fn blocks_of_json(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let root = read_json(text)?;
    for (name, kinds) in root.iter().flat_map(Node::entries) {
        for (kind, bodies) in kinds.members().iter().flat_map(Node::entries) {
            let mut block = |labels: Vec<String>, body: &Node| {
                blocks.push(Block {
                    line: body.line,
                    name: name.clone(),
                    labels,
                    body: body.clone(),
                });
            };
            if name == "resource" || name == "data" {
                for (label, body) in bodies.members().iter().flat_map(Node::entries) {
                    body.members()
                        .iter()
                        .for_each(|body| block(vec![kind.clone(), label.clone()], body));
                }
            } else {
                bodies
                    .members()
                    .iter()
                    .for_each(|body| block(vec![kind.clone()], body));
            }
        }
    }
    Ok(blocks)
}

/// The blocks that others of the same file name.
struct Module<'a> {
    blocks: &'a [Block],
    /// What keys of clusters begin with.
    scope: String,
    /// The file's directory behind the repository's name, with a slash behind it; empty where there is neither.
    directory: &'a str,
}

impl<'a> Module<'a> {
    /// The block that a reference such as `aws_iam_user.ci.name` or `data.aws_iam_policy_document.x.json` names.
    fn named(&self, reference: &str) -> Option<&'a Block> {
        let reference = reference.trim_start_matches("${").trim_end_matches('}');
        let (is_data, rest) = match reference.strip_prefix("data.") {
            Some(rest) => (true, rest),
            None => (false, reference),
        };
        let mut parts = rest.split(['.', '[']);
        let (kind, name) = (parts.next()?, parts.next()?);
        self.blocks.iter().find(|block| {
            block.name == if is_data { "data" } else { "resource" } && block.labels == [kind, name]
        })
    }

    /// The key of an AWS user or role that an attribute names.
    fn aws_key(&self, what: &str, node: &Node) -> Option<String> {
        let (written, is_text) = node.written()?;
        let reference = written.trim_start_matches("${").trim_end_matches('}');
        let mut parts = reference.split(['.', '[']);
        let name = match (parts.next(), parts.next()) {
            (Some(kind), Some(label)) if !is_text && kind.starts_with("aws_iam_") => {
                self.aws_name(kind, label, self.named(reference))
            }
            _ => written.to_owned(),
        };
        Some(format!("aws:{what}:{name}"))
    }

    /// The name of a user or a role. Where an expression makes it, or the block stands in another file, the block's own
    /// name and its directory: others elsewhere may have the same expression.
    fn aws_name(&self, kind: &str, label: &str, block: Option<&Block>) -> String {
        let name = block.and_then(|block| block.body.get("name")?.written());
        match name {
            Some((name, true)) if !name.contains("${") => name.to_owned(),
            _ => format!("{}{kind}.{label}", self.directory),
        }
    }

    /// The key of a service account of Google Cloud that an attribute names.
    fn gcp_key(&self, node: &Node) -> Option<String> {
        let (written, is_text) = node.written()?;
        let written = written.trim_start_matches("serviceAccount:");
        if is_text {
            return Some(format!("gcp:sa:{written}"));
        }
        let reference = written.trim_start_matches("${").trim_end_matches('}');
        Some(match self.named(reference) {
            Some(block) => google_account(&block.labels[1], block).uid,
            None => format!("gcp:sa:{written}"),
        })
    }

    /// A policy that is written out, or a data block of this file.
    fn policy_grants(&self, policy: &Node) -> Vec<Grant> {
        let reference = policy.written().filter(|(_, is_text)| !is_text);
        match reference.and_then(|(written, _)| self.named(written)) {
            Some(block) => iam::grants(&block.body),
            None => iam::grants(policy),
        }
    }

    fn policy_trusts(&self, policy: &Node) -> Vec<iam::Trust> {
        let reference = policy.written().filter(|(_, is_text)| !is_text);
        match reference.and_then(|(written, _)| self.named(written)) {
            Some(block) => iam::trusts(&block.body),
            None => iam::trusts(policy),
        }
    }

    fn resource(&self, kind: &str, label: &str, block: &Block, out: &mut Declarations) {
        match kind {
            "aws_iam_user" | "aws_iam_role" => self.aws_identity(kind, label, block, out),
            "aws_iam_access_key" => self.aws_access_key(block, out),
            "aws_iam_user_policy"
            | "aws_iam_role_policy"
            | "aws_iam_user_policy_attachment"
            | "aws_iam_role_policy_attachment" => self.aws_policy(kind, block, out),
            "google_service_account" => out.identities.push(google_account(label, block)),
            "google_service_account_key" => self.google_key(block, out),
            _ if kind.starts_with("google_")
                && (kind.ends_with("_iam_member") || kind.ends_with("_iam_binding")) =>
            {
                self.google_grant(kind, block, out);
            }
            "azuread_application"
            | "azuread_service_principal"
            | "azurerm_user_assigned_identity" => {
                out.identities.push(azure_identity(kind, label, block));
            }
            "azuread_application_password" | "azuread_service_principal_password" => {
                azure_password(kind, label, block, out);
            }
            "azurerm_role_assignment" => azure_grant(block, out),
            "azuread_application_federated_identity_credential"
            | "azurerm_federated_identity_credential" => azure_federation(kind, block, out),
            "kubernetes_service_account" | "kubernetes_service_account_v1" => {
                kubernetes_account(&self.scope, block, out);
            }
            _ => variables(&block.body, out),
        }
    }
}

fn kubernetes_account(scope: &str, block: &Block, out: &mut Declarations) {
    for metadata in block.body.get("metadata").map_or(&[][..], Node::members) {
        let Some((name, _)) = metadata.get("name").and_then(Node::written) else {
            continue;
        };
        let namespace = metadata
            .get("namespace")
            .and_then(Node::written)
            .map_or("default", |(name, _)| name);
        let uid = format!("k8s:sa:{scope}{namespace}/{name}");
        let identity = Declared::new(
            uid.clone(),
            DeclaredKind::ServiceAccount,
            "Kubernetes",
            name,
            block.line,
        );
        out.identities.push(identity);
        super::kubernetes::federation(&uid, metadata.get("annotations"), out);
    }
}

/// A provider that is given its key.
fn provider(name: &str, block: &Block, out: &mut Declarations) {
    let first = out.slots.len();
    variables(&block.body, out);
    for slot in &mut out.slots[first..] {
        slot.name = format!("provider.{name}.{}", slot.name);
    }
}

/// A variable that has a credential by default.
fn variable(name: &str, block: &Block, out: &mut Declarations) {
    if let (true, Some(default)) = (names_credential(name), block.body.get("default"))
        && let Some((value, is_text)) = default.written()
    {
        out.slots.push(DeclaredSlot {
            holder: None,
            name: format!("var.{name}"),
            holding: holding(value, is_text),
            line: default.line,
        });
    }
}

/// Attributes that hold a credential, at any depth.
fn variables(body: &Node, out: &mut Declarations) {
    let mut open: Vec<(Option<&str>, &Node)> = vec![(None, body)];
    let first = out.slots.len();
    while let Some((name, node)) = open.pop() {
        match &node.value {
            Value::Map(entries) => open.extend(
                entries
                    .iter()
                    .map(|(name, node)| (Some(name.as_str()), node)),
            ),
            Value::List(members) => open.extend(members.iter().map(|member| (name, member))),
            _ => {
                let Some((name, (value, is_text))) = name.zip(node.written()) else {
                    continue;
                };
                if names_credential(name) {
                    out.slots.push(DeclaredSlot {
                        holder: None,
                        name: name.to_owned(),
                        holding: holding(value, is_text),
                        line: node.line,
                    });
                }
            }
        }
    }
    out.slots[first..].sort_by(|a, b| (a.line, &a.name).cmp(&(b.line, &b.name)));
}

/// Owners by the tags that people set for it.
fn owners(body: &Node) -> Vec<String> {
    let tags = body.get("tags").map_or(&[][..], Node::entries);
    let is_owner = |name: &str| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "owner" | "team" | "contact" | "maintainer"
        )
    };
    let named = tags.iter().filter(|(name, _)| is_owner(name));
    named
        .filter_map(|(_, value)| value.text().map(str::to_owned))
        .collect()
}

fn environment(body: &Node) -> Option<String> {
    let tags = body.get("tags").map_or(&[][..], Node::entries);
    let is_environment = |name: &str| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "environment" | "env" | "stage"
        )
    };
    let tag = tags.iter().find(|(name, _)| is_environment(name))?;
    tag.1.text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::Holding;
    use super::super::tests::{codes, read_file, uids};

    #[test]
    fn users_roles_keys_and_grants_of_aws_are_read() {
        let text = r#"
resource "aws_iam_user" "ci" {
  name = "ci-deploy"
  tags = { Owner = "platform", Environment = "prod" }
}
resource "aws_iam_access_key" "ci" { user = aws_iam_user.ci.name }
data "aws_iam_policy_document" "all" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
resource "aws_iam_user_policy" "ci" {
  user   = aws_iam_user.ci.name
  policy = data.aws_iam_policy_document.all.json
}
resource "aws_iam_role" "gha" {
  name = "gha"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" } }]
  })
}
resource "aws_iam_role_policy_attachment" "gha" {
  role       = aws_iam_role.gha.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_db_instance" "main" {
  password = "q7Wm2xZ9"
}
"#;
        let read = read_file("main.tf", text);
        let expected = [
            "aws:iam-user:ci-deploy",
            "aws:iam-user:ci-deploy",
            "aws:iam-user:ci-deploy",
            "aws:role:gha",
            "aws:role:gha",
        ];
        assert_eq!(uids(&read), expected);
        assert_eq!(read.identities[0].owners, ["platform"]);
        assert_eq!(read.identities[0].environment.as_deref(), Some("prod"));
        assert_eq!(
            codes(&read),
            ["static-key", "administrator", "oidc-trust-without-subject"]
        );
        assert_eq!(
            (read.slots[0].name.as_str(), read.slots[0].line),
            ("password", 28)
        );
        assert_eq!(read.slots[0].holding, Holding::Literal);
        let grant = &read.identities[4].grants[0];
        assert!(grant.is_resolved && !grant.is_admin());
    }

    #[test]
    fn a_user_whose_name_is_an_expression_is_one_in_its_directory() {
        let user = "resource \"aws_iam_user\" \"this\" { name = var.name }\n";
        let key = "resource \"aws_iam_access_key\" \"this\" { user = aws_iam_user.this[0].name }\n";
        let expected = ["aws:iam-user:modules/user/aws_iam_user.this"; 2];
        let read = read_file("modules/user/main.tf", &format!("{user}{key}"));
        assert_eq!(uids(&read), expected);
        let apart = read_file("modules/user/keys.tf", key);
        assert_eq!(uids(&apart), expected[..1]);
        let other = read_file("modules/bot/main.tf", user);
        assert_eq!(uids(&other), ["aws:iam-user:modules/bot/aws_iam_user.this"]);
    }

    #[test]
    fn service_accounts_of_google_and_identities_of_azure_are_read() {
        let text = r#"
resource "google_service_account" "app" {
  account_id = "app"
  project    = "acme-prod"
}
resource "google_service_account_key" "app" { service_account_id = google_service_account.app.name }
resource "google_project_iam_member" "app" {
  project = "acme-prod"
  role    = "roles/owner"
  member  = "serviceAccount:${google_service_account.app.email}"
}
resource "azurerm_user_assigned_identity" "id" { name = "web" }
resource "azurerm_role_assignment" "id" {
  scope                = "/subscriptions/1"
  role_definition_name = "Reader"
  principal_id         = azurerm_user_assigned_identity.id.principal_id
}
variable "db_password" {
  default = "q7Wm2xZ9"
}
"#;
        let read = read_file("modules/x/main.tf", text);
        let account = "gcp:sa:app@acme-prod.iam.gserviceaccount.com";
        assert_eq!(uids(&read)[..2], [account, account]);
        assert!(codes(&read).contains(&"administrator"));
        assert_eq!(read.slots[0].name, "var.db_password");
    }

    #[test]
    fn values_files_and_the_json_form_are_read() {
        let read = read_file(
            "prod.tfvars",
            "region = \"eu\"\ndb_password = \"q7Wm2xZ9\"\n",
        );
        assert_eq!(
            (read.slots[0].line, &read.slots[0].holding),
            (2, &Holding::Literal)
        );
        let json = r#"{"resource": {"aws_iam_user": {"ci": {"name": "ci"}}}}"#;
        assert_eq!(uids(&read_file("x.tf.json", json)), ["aws:iam-user:ci"]);
    }
}
