//! The made-up organisation: what is in it is worked out by hand in `answers.rs`.

use std::path::PathBuf;

use crate::harness::{Outcome, Place, secret};

/// Who commits: name and address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author(pub(crate) &'static str, pub(crate) &'static str);

pub(crate) const ALICE: Author = Author("Alice", "alice@acme.example");
pub(crate) const BOB: Author = Author("Bob", "bob@acme.example");
pub(crate) const CAROL: Author = Author("Carol", "carol@acme.example");
/// Carol, under the name that her old machine used.
pub(crate) const OLD_CAROL: Author = Author("cc", "cc@laptop.local");
pub(crate) const ROBOT: Author = Author("renovate[bot]", "renovate[bot]@users.example");

/// The present of every test.
pub(crate) const NOW: &str = "2026-02-01T00:00:00Z";

pub(crate) const REPOSITORIES: [&str; 5] = ["payments", "website", "tools", "infra", "mobile"];

/// A server whose token comes from the environment, and whose package has no version.
const AGENT: &str = r#"{"mcpServers": {"tickets": {"command": "npx", "args": ["-y", "@acme/tickets"],
  "env": {"TICKETS_TOKEN": "${TICKETS_TOKEN}"}}}}
"#;

/// Of `api.acme.example`, from 2025-11-14 to 2026-02-12, and of the made-up authority that issued it.
const CHAIN: &str = "-----BEGIN CERTIFICATE-----
MIIBOzCB4qADAgECAgISZzAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdBY21lIENB
MB4XDTI1MTExNDAwMDAwMFoXDTI2MDIxMjAwMDAwMFowGzEZMBcGA1UEAwwQYXBp
LmFjbWUuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABB7vyr7rnaTT
Tb1Q0Yl+E7DqqbTVxYKVPI8VH8phlw4IL3ZkmjmxO0EPQdFANNFczCoAp5+SRhoS
o4v+0t74IbCjHzAdMBsGA1UdEQQUMBKCEGFwaS5hY21lLmV4YW1wbGUwCgYIKoZI
zj0EAwIDSAAwRQIgHHHnw7Fd3QiXGtvhSr7fBbMPfCsBlf1tNshhwvBpzhICIQDE
ZVQ4hCUAl8QM4v9uVJJeQfmA1oSUel40/6AM+Pkj7w==
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIIBJTCBzKADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB0FjbWUgQ0Ew
HhcNMjAwMTAxMDAwMDAwWhcNNDAwMTAxMDAwMDAwWjASMRAwDgYDVQQDDAdBY21l
IENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECmJdTKfT1VBBoqFLRHZEBDVS
df3bO68w3Bbsm/wKjOg50tO/VPNVBGwdpvgDPC7791+V/PyDLuS9MQanaK7pn6MT
MBEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiByZ2FNrk6bMftX
NdgCTugWhjDhyJDnfVf2JqJdjWRH6wIhALyMG+sVButL4Vny+TIY7799aU/0IxvV
wSYWoFGVBnnX
-----END CERTIFICATE-----
";

/// A place with five repositories, a table of people and a registry.
#[derive(Debug)]
pub(crate) struct Organisation {
    pub(crate) place: Place,
}

/// The made-up secrets, by name, so that a test may look for each of them.
pub(crate) fn planted() -> Vec<(&'static str, String)> {
    let password = ["kV3x", "Q8rT", "m2Wz", "7bLp"].concat();
    vec![
        ("npm-old", secret("npm-access-token", 11)),
        ("npm-new", secret("npm-access-token", 12)),
        ("github", secret("github-personal-access-token", 13)),
        ("slack", secret("slack-webhook-url", 14)),
        ("sendgrid", secret("sendgrid-api-key", 15)),
        ("aws", secret("aws-secret-access-key", 16)),
        ("password", password),
        ("token", expiring_token()),
    ]
}

fn named(name: &str) -> String {
    let planted = planted();
    planted
        .into_iter()
        .find(|(known, _)| *known == name)
        .unwrap()
        .1
}

pub(crate) fn aws_key_id() -> String {
    secret("aws-access-key-id", 17)
}

/// A token of a made-up issuer that was issued on 2025-12-01 and expires on 2026-02-06.
fn expiring_token() -> String {
    let encode = |text: &str| {
        let mut out = String::new();
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for chunk in text.as_bytes().chunks(3) {
            let bits = chunk
                .iter()
                .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            for digit in 0..=chunk.len() {
                out.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
            }
        }
        out
    };
    let header = encode("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k7\"}");
    let claims = encode(
        "{\"iss\":\"https://id.acme.example\",\"sub\":\"deploy-bot\",\"iat\":1764547200,\"exp\":1770336000}",
    );
    let signature: String = (0..86)
        .map(|at| char::from(b"aZ3kQ9mX1bV7nR5tY2wL8cD4fG6hJ0pS"[(at * 7 + at / 5) % 32]))
        .collect();
    format!("{header}.{claims}.{signature}")
}

impl Organisation {
    pub(crate) fn new() -> Self {
        let organisation = Self {
            place: Place::new(),
        };
        for repository in REPOSITORIES {
            organisation.git(repository, None, &["init", "-q", "-b", "main", "."]);
        }
        organisation.payments();
        organisation.website();
        organisation.tools();
        organisation.infra();
        organisation.mobile();
        organisation.place.write(
            "people.csv",
            "email,name,handle,left_at\nalice@acme.example,Alice,@alice,\nbob@acme.example,Bob,@bob,\n\
             carol@acme.example,Carol,@carol,2025-09-30\n",
        );
        organisation
    }

    /// A token that was rotated once, in a file that a team owns.
    fn payments(&self) {
        let line = |secret: &str| format!("NPM_TOKEN={secret}\n");
        self.write("payments", "CODEOWNERS", "/deploy/ @acme/payments\n");
        self.commit(
            "payments",
            ALICE,
            "2025-01-10",
            "deploy/prod.env",
            &line(&named("npm-old")),
        );
        self.commit(
            "payments",
            BOB,
            "2026-01-20",
            "deploy/prod.env",
            &line(&named("npm-new")),
        );
    }

    /// A login of a test that Carol made under an old name, and a shared token in continuous integration.
    fn website(&self) {
        let url = format!(
            "DATABASE_URL=postgres://shopapp:{}@pg1.corp-shop.net/shop\n",
            named("password")
        );
        self.write(
            "website",
            ".mailmap",
            "Carol <carol@acme.example> <cc@laptop.local>\n",
        );
        self.commit("website", OLD_CAROL, "2024-03-01", "tests/db.env", &url);
        let workflow = format!("env:\n  GH_TOKEN: {}\n", named("github"));
        self.commit(
            "website",
            CAROL,
            "2025-08-01",
            ".github/workflows/ci.yml",
            &workflow,
        );
        self.commit("website", ROBOT, "2026-01-15", "package.json", "{}\n");
    }

    /// The shared token once more, a token that expires, and an agent with a server of tools that is not pinned.
    fn tools(&self) {
        let script = format!("export GH_TOKEN={}\n", named("github"));
        self.commit("tools", BOB, "2025-12-20", "release.sh", &script);
        let token = format!("deploy_token = \"{}\"\n", named("token"));
        self.commit("tools", BOB, "2025-12-21", "deploy.toml", &token);
        self.commit("tools", BOB, "2025-12-22", ".mcp.json", AGENT);
    }

    /// A pair of keys that was taken out again, by somebody else, and a certificate with that of its authority.
    fn infra(&self) {
        let pair = format!(
            "aws_access_key_id = {}\naws_secret_access_key = {}\n",
            aws_key_id(),
            named("aws")
        );
        self.commit("infra", BOB, "2025-11-01", "aws.ini", &pair);
        self.commit("infra", ALICE, "2025-11-15", "aws.ini", "# see the vault\n");
        self.commit("infra", BOB, "2025-11-20", "tls/api.pem", CHAIN);
    }

    /// A webhook that a program helped to write, and a key that is in two environments.
    fn mobile(&self) {
        let hook = format!("SLACK_URL = '{}'\n", named("slack"));
        let message = "notify\n\nCo-Authored-By: Claude <noreply@example.org>";
        self.commit_as("mobile", ALICE, ("2026-01-25", message), "notify.py", &hook);
        let key = format!("SENDGRID_API_KEY={}\n", named("sendgrid"));
        self.write("mobile", "config/prod.env", &key);
        self.commit("mobile", ALICE, "2026-01-26", "config/dev.env", &key);
    }

    pub(crate) fn write(&self, repository: &str, name: &str, text: &str) {
        self.place.write(format!("{repository}/{name}"), text);
    }

    /// Writes a file, and commits all there is at noon of a day.
    pub(crate) fn commit(
        &self,
        repository: &str,
        author: Author,
        day: &str,
        name: &str,
        text: &str,
    ) {
        self.commit_as(repository, author, (day, "change"), name, text);
    }

    /// Writes a file, and commits all there is with this message.
    pub(crate) fn commit_as(
        &self,
        repository: &str,
        author: Author,
        (day, message): (&str, &str),
        name: &str,
        text: &str,
    ) {
        self.write(repository, name, text);
        self.git(repository, None, &["add", "-A"]);
        self.git(
            repository,
            Some((author, day)),
            &["commit", "-q", "-m", message],
        );
    }

    pub(crate) fn git(
        &self,
        repository: &str,
        who: Option<(Author, &str)>,
        args: &[&str],
    ) -> String {
        let directory = self.place.path().join(repository);
        std::fs::create_dir_all(&directory).unwrap();
        let (author, day) = who.unwrap_or((ALICE, "2024-01-01"));
        let mut command = std::process::Command::new("git");
        command
            .args(["-c", "maintenance.auto=false", "-c", "gc.auto=0"])
            .args(args)
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.place.outside().join("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), author.0)
                .env(format!("GIT_{role}_EMAIL"), author.1)
                .env(format!("GIT_{role}_DATE"), format!("{day}T12:00:00Z"));
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Scans the history of every repository into the registry.
    pub(crate) fn update(&self) -> Vec<Outcome> {
        REPOSITORIES
            .iter()
            .map(|name| self.update_one(name))
            .collect()
    }

    pub(crate) fn update_one(&self, repository: &str) -> Outcome {
        self.keysift(&[
            "inventory",
            "update",
            "--git",
            repository,
            "--name",
            repository,
            "--people",
            "people.csv",
        ])
    }

    /// Runs the program, by the ci, at the present of the tests.
    pub(crate) fn keysift(&self, args: &[&str]) -> Outcome {
        self.at(NOW, args)
    }

    /// Runs the program at another present.
    pub(crate) fn at(&self, now: &str, args: &[&str]) -> Outcome {
        let mut command = self.place.command(args.iter().copied());
        command
            .args(["--now", now, "--registry", "registry.db"])
            .env("USER", "ci");
        self.place.outcome(command.spawn().unwrap())
    }

    pub(crate) fn registry(&self) -> PathBuf {
        self.place.path().join("registry.db")
    }
}
