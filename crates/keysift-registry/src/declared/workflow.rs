//! Workflows of GitHub Actions: each job is an identity, with a token of its own and what it is given.

use super::holding::{actions_secrets, holding};
use super::name::names_credential;
use super::tree::{Node, read_yaml};
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Grant, Holding, Kind, Relation,
};

pub(super) const KIND: Kind = Kind {
    name: "github-workflow",
    is: |file| {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_yaml = file.has_extension(&["yml", "yaml"]);
        is_yaml && (folder == ".github/workflows" || folder.ends_with("/.github/workflows"))
    },
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let documents = read_yaml(file.text)?;
    let mut out = Declarations::default();
    let Some(workflow) = documents.first() else {
        return Ok(out);
    };
    let title = workflow.text_of("name").unwrap_or(file.name);
    for (id, job) in workflow.get("jobs").map_or(&[][..], Node::entries) {
        let uid = format!("gha:job:{}#{id}", file.place);
        let mut identity = Declared::new(
            uid.clone(),
            DeclaredKind::CiJob,
            "GitHub",
            &format!("{title} / {id}"),
            job.line,
        );
        identity.environment = environment(job);
        identity.grants = grants(
            job.get("permissions")
                .or_else(|| workflow.get("permissions")),
            job.line,
        );
        if identity.grants.iter().any(Grant::is_admin) {
            identity.concern(
                "broad-token",
                "NHI5",
                "the job's token may write everything",
            );
        }
        let mut reading = Reading {
            uid,
            identity: &mut identity,
            out: &mut out,
        };
        reading.variables(workflow.get("env"));
        reading.variables(job.get("env"));
        reading.secrets(job.get("secrets"));
        reading.action(job);
        for step in job.get("steps").map_or(&[][..], Node::members) {
            reading.variables(step.get("env"));
            reading.action(step);
            reading.script(step.get("run"));
        }
        out.identities.push(identity);
    }
    Ok(out)
}

fn environment(job: &Node) -> Option<String> {
    let environment = job.get("environment")?;
    let name = environment.text().or_else(|| environment.text_of("name"))?;
    Some(name.to_owned())
}

/// What the job's token may do. Where nothing is said, the settings of the repository decide, which no file tells.
fn grants(permissions: Option<&Node>, line: u64) -> Vec<Grant> {
    let Some(permissions) = permissions else {
        let mut unknown = Grant::new("default", "repository", line);
        unknown.is_resolved = false;
        return vec![unknown];
    };
    match permissions.text() {
        Some("write-all") => vec![Grant::new("*:write", "repository", permissions.line)],
        Some("read-all") => vec![Grant::new("*:read", "repository", permissions.line)],
        _ => permissions
            .entries()
            .iter()
            .filter_map(|(scope, access)| {
                let access_text = access.text().filter(|access| *access != "none")?;
                Some(Grant::new(
                    format!("{scope}:{access_text}"),
                    "repository",
                    access.line,
                ))
            })
            .collect(),
    }
}

struct Reading<'a> {
    uid: String,
    identity: &'a mut Declared,
    out: &'a mut Declarations,
}

impl Reading<'_> {
    fn slot(&mut self, name: &str, holding: Holding, line: u64) {
        self.out.slots.push(DeclaredSlot {
            holder: Some(self.uid.clone()),
            name: name.to_owned(),
            holding,
            line,
        });
    }

    fn edge(&mut self, relation: Relation, to: String, line: u64) {
        self.out.edges.push(Edge {
            from: self.uid.clone(),
            relation,
            to,
            line,
        });
    }

    /// Variables of the environment, and the inputs of an action.
    fn variables(&mut self, variables: Option<&Node>) {
        for (name, node) in variables.map_or(&[][..], Node::entries) {
            let Some((value, is_text)) = node.written() else {
                continue;
            };
            let is_secret = actions_secrets(value).next().is_some();
            if is_secret || names_credential(name) {
                let holding =
                    if value.contains("github.token") || value.contains("secrets.GITHUB_TOKEN") {
                        Holding::Federated {
                            by: "the job's own token".to_owned(),
                        }
                    } else {
                        holding(value, is_text)
                    };
                self.slot(name, holding, node.line);
            }
        }
    }

    /// What a reusable workflow is given.
    fn secrets(&mut self, secrets: Option<&Node>) {
        match secrets.map(|node| (node, node.text())) {
            Some((node, Some("inherit"))) => {
                let holding = Holding::Managed {
                    store: "github-actions",
                    entry: "every secret".to_owned(),
                };
                self.identity.concern(
                    "inherits-secrets",
                    "NHI5",
                    "a called workflow is given every secret",
                );
                self.slot("inherit", holding, node.line);
            }
            Some((node, _)) => self.variables(Some(node)),
            None => {}
        }
    }

    /// Secrets that stand in a script.
    fn script(&mut self, run: Option<&Node>) {
        let Some((text, line)) = run.and_then(|node| Some((node.text()?, node.line))) else {
            return;
        };
        let names: Vec<String> = actions_secrets(text).map(str::to_owned).collect();
        for name in names {
            let holding = Holding::Managed {
                store: "github-actions",
                entry: name.clone(),
            };
            self.slot(&name, holding, line);
        }
    }

    /// What a step or a job uses.
    fn action(&mut self, step: &Node) {
        let Some((used, line)) = step
            .get("uses")
            .and_then(|node| Some((node.text()?, node.line)))
        else {
            return;
        };
        let inputs = step.get("with");
        self.variables(inputs);
        let (action, version) = used.split_once('@').unwrap_or((used, ""));
        let is_local = action.starts_with("./") || action.starts_with("docker://");
        let is_pinned = version.len() >= 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_local && !is_pinned {
            self.identity.concern("unpinned-action", "NHI3", used);
        }
        let input = |name: &str| {
            inputs
                .and_then(|inputs| inputs.get(name))
                .and_then(Node::written)
        };
        match action {
            "aws-actions/configure-aws-credentials" => match input("role-to-assume") {
                Some((role, _)) if input("aws-access-key-id").is_none() => {
                    self.edge(Relation::CanAssume, format!("aws:role:{role}"), line);
                    self.slot(
                        action,
                        Holding::Federated {
                            by: role.to_owned(),
                        },
                        line,
                    );
                }
                _ => self.static_key("AWS"),
            },
            "google-github-actions/auth" => match input("workload_identity_provider") {
                Some((provider, _)) => {
                    if let Some((account, _)) = input("service_account") {
                        self.edge(Relation::CanAssume, format!("gcp:sa:{account}"), line);
                    }
                    self.slot(
                        action,
                        Holding::Federated {
                            by: provider.to_owned(),
                        },
                        line,
                    );
                }
                None => self.static_key("Google Cloud"),
            },
            "azure/login" | "Azure/login" => match (input("client-id"), input("creds")) {
                (Some((client, _)), None) if input("client-secret").is_none() => {
                    self.edge(Relation::CanAssume, format!("entra:app:{client}"), line);
                    self.slot(
                        action,
                        Holding::Federated {
                            by: client.to_owned(),
                        },
                        line,
                    );
                }
                _ => self.static_key("Azure"),
            },
            "pypa/gh-action-pypi-publish" if input("password").is_none() => {
                let by = "trusted publishing of PyPI".to_owned();
                self.slot(action, Holding::Federated { by }, line);
            }
            _ => {}
        }
    }

    fn static_key(&mut self, of: &str) {
        let detail = format!("signs in to {of} with a key that does not expire; it can federate");
        self.identity.concern("static-ci-key", "NHI6", detail);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{holdings, read_file};

    const WORKFLOW: &str = "name: Release
permissions:
  contents: read
env:
  NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          curl -H \"x: ${{ secrets.HOOK }}\" https://example.org
  deploy:
    environment: production
    permissions: write-all
    steps:
      - uses: aws-actions/configure-aws-credentials@0123456789012345678901234567890123456789
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
      - env:
          DB_PASSWORD: q7Wm2xZ9
          GH_TOKEN: ${{ github.token }}
        run: make
  legacy:
    uses: org/shared/.github/workflows/x.yml@main
    secrets: inherit
  keys:
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-access-key-id: ${{ secrets.ID }}
          aws-secret-access-key: ${{ secrets.KEY }}
";

    #[test]
    fn each_job_is_an_identity_with_its_grants_and_its_secrets() {
        let read = read_file("repo/.github/workflows/release.yml", WORKFLOW);
        let uids: Vec<&str> = read
            .identities
            .iter()
            .map(|identity| &*identity.uid)
            .collect();
        let uid = |job: &str| format!("gha:job:repo/.github/workflows/release.yml#{job}");
        assert_eq!(uids, ["build", "deploy", "legacy", "keys"].map(uid));
        let deploy = &read.identities[1];
        assert_eq!(deploy.environment.as_deref(), Some("production"));
        assert!(deploy.grants[0].is_admin() && !read.identities[0].grants[0].is_admin());
        assert_eq!(
            read.edges[0].to,
            "aws:role:arn:aws:iam::123456789012:role/deploy"
        );
        let of = |job: &str| holdings(&read, &uid(job));
        assert_eq!(of("build"), ["NPM_TOKEN managed", "HOOK managed"]);
        let deploys = [
            "NPM_TOKEN managed",
            "aws-actions/configure-aws-credentials federated",
            "DB_PASSWORD literal",
            "GH_TOKEN federated",
        ];
        assert_eq!(of("deploy"), deploys);
        assert_eq!(of("legacy"), ["NPM_TOKEN managed", "inherit managed"]);
        let codes = |index: usize| -> Vec<&str> {
            read.identities[index]
                .concerns
                .iter()
                .map(|concern| concern.code)
                .collect()
        };
        assert_eq!(codes(0), ["unpinned-action"]);
        assert_eq!(codes(1), ["broad-token"]);
        assert_eq!(codes(3), ["unpinned-action", "static-ci-key"]);
    }
}
