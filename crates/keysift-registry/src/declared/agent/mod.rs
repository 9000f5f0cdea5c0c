//! Configurations of AI agents: the servers of tools (MCP) that each client starts or calls, with what they are given.

use super::holding::holding;
use super::name::names_credential;
use super::tree::{Node, read_json, read_toml, read_yaml};
use super::{
    Declarations, Declared, DeclaredKind, DeclaredSlot, Edge, File, Holding, Kind, Relation,
};

mod client;
mod package;

use self::client::{CLIENTS, Client};
use self::package::{is_pinned, package};

pub(in crate::declared) const KIND: Kind = Kind {
    name: "agent",
    is: |file| client_of(file).is_some(),
    read,
};

fn client_of(file: &File<'_>) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| file.ends_in(client.path))
}

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    let Some(client) = client_of(file) else {
        return Ok(out);
    };
    let root = if file.has_extension(&["toml"]) {
        Some(read_toml(file.text)?)
    } else if file.has_extension(&["yml", "yaml"]) {
        read_yaml(file.text)?.into_iter().next()
    } else {
        read_json(file.text)?
    };
    let Some(root) = root else {
        return Ok(out);
    };
    let own = root.at(client.servers).into_iter();
    // Claude Code keeps servers of one project under its path.
    let of_projects = root
        .get("projects")
        .map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|(_, project)| project.at(client.servers));
    let servers: Vec<&(String, Node)> = own.chain(of_projects).flat_map(Node::entries).collect();
    let allows_all = allows_every_tool(&root);
    if servers.is_empty() && !allows_all {
        return Ok(out);
    }
    let agent = format!("agent:{}:{}", client.name, file.place);
    let mut identity = Declared::new(
        agent.clone(),
        DeclaredKind::Agent,
        "AI agent",
        client.name,
        root.line,
    );
    if allows_all {
        identity.concern(
            "no-human-gate",
            "NHI5",
            "every tool or command is allowed without a question",
        );
    }
    out.identities.push(identity);
    for (name, server) in servers.into_iter().filter(|(_, server)| server.is_map()) {
        read_server(file, &agent, name, server, &mut out);
    }
    Ok(out)
}

/// Whether an agent's permissions let it do everything unasked.
fn allows_every_tool(root: &Node) -> bool {
    let allowed = root.at(&["permissions", "allow"]);
    let mode = root
        .at(&["permissions", "defaultMode"])
        .and_then(Node::text);
    mode == Some("bypassPermissions")
        || allowed
            .into_iter()
            .flat_map(Node::texts)
            .any(|tool| matches!(tool, "*" | "Bash" | "Bash(*)" | "Bash(*:*)"))
}

fn read_server(file: &File<'_>, agent: &str, name: &str, server: &Node, out: &mut Declarations) {
    let uid = format!("mcp:{}#{name}", file.place);
    let mut identity = Declared::new(
        uid.clone(),
        DeclaredKind::AgentServer,
        "MCP",
        name,
        server.line,
    );
    let is_disabled =
        server.text_of("disabled") == Some("true") || server.text_of("enabled") == Some("false");
    if is_disabled {
        identity.environment = Some("disabled".to_owned());
    }
    let mut slots: Vec<(String, Holding, u64)> = Vec::new();
    transport(server, &mut identity, &mut slots);
    for key in [
        "env",
        "environment",
        "headers",
        "http_headers",
        "env_http_headers",
    ] {
        for (name, node) in server.get(key).map_or(&[][..], Node::entries) {
            let Some((value, is_text)) = node.written() else {
                continue;
            };
            if !names_credential(name) && !is_credential_header(name) {
                continue;
            }
            let held = if key == "env_http_headers" {
                Holding::Variable {
                    name: value.to_owned(),
                }
            } else {
                holding(without_scheme(value), is_text)
            };
            slots.push((name.clone(), held, node.line));
        }
    }
    if let Some(node) = server.get("bearer_token_env_var") {
        let name = node.text().unwrap_or("?").to_owned();
        slots.push((
            "bearer_token".to_owned(),
            Holding::Variable { name },
            node.line,
        ));
    }
    for key in ["autoApprove", "alwaysAllow", "autoapprove"] {
        let tools = server.get(key).map_or(0, |node| node.members().len());
        let is_on = server.text_of(key).is_none_or(|text| text != "false");
        if tools > 0 && is_on {
            identity.concern(
                "auto-approved",
                "NHI5",
                format!("{tools} of its tools run without a question"),
            );
        }
    }
    if server.text_of("trust") == Some("true") {
        identity.concern(
            "auto-approved",
            "NHI5",
            "all of its tools run without a question",
        );
    }
    out.edges.push(Edge {
        from: agent.to_owned(),
        relation: Relation::Uses,
        to: uid.clone(),
        line: server.line,
    });
    out.slots
        .extend(slots.into_iter().map(|(name, holding, line)| DeclaredSlot {
            holder: Some(uid.clone()),
            name,
            holding,
            line,
        }));
    out.identities.push(identity);
}

fn is_credential_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "cookie" | "x-api-key") || name.ends_with("-key")
}

/// `Bearer ${TOKEN}` without its first word.
fn without_scheme(value: &str) -> &str {
    ["Bearer ", "bearer ", "Basic ", "Token ", "token "]
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme))
        .unwrap_or(value)
}

/// How the server is reached, and what of it deserves a look.
fn transport(server: &Node, identity: &mut Declared, slots: &mut Vec<(String, Holding, u64)>) {
    let url = ["url", "serverUrl", "httpUrl"]
        .iter()
        .find_map(|key| server.get(key));
    if let Some((written, line)) = url.and_then(|node| Some((node.written()?.0, node.line))) {
        let host = written.split("://").nth(1).unwrap_or(written);
        let host = host.split(['/', '?', '#']).next().unwrap_or(host);
        let host = host.rsplit('@').next().unwrap_or(host);
        identity.account = Some(host.to_owned());
        let is_local =
            host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
        if written.starts_with("http://") && !is_local {
            identity.concern("clear-text", "NHI4", host);
        }
        let query = written.split_once('?').map_or("", |(_, query)| query);
        for pair in query.split('&') {
            if let Some((name, value)) = pair
                .split_once('=')
                .filter(|(name, _)| names_credential(name))
            {
                slots.push((name.to_owned(), holding(value, true), line));
            }
        }
    }
    // opencode writes command and arguments as one list.
    let command: Vec<&Node> = ["command", "args"]
        .iter()
        .filter_map(|key| server.get(key))
        .flat_map(|node| match node.get("path") {
            Some(path) => path
                .members()
                .iter()
                .chain(node.get("args").map_or(&[][..], Node::members)),
            None => node.members().iter().chain(&[]),
        })
        .collect();
    let words: Vec<&str> = command.iter().filter_map(|node| node.text()).collect();
    if let Some(package) = package(&words) {
        identity.aliases.push(format!("package:{package}"));
        if !is_pinned(package) {
            identity.concern("unpinned-package", "NHI3", package);
        }
    }
    for (index, word) in words.iter().enumerate() {
        let line = command[index].line;
        let flag = word.trim_start_matches('-');
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, words.get(index + 1).copied()),
        };
        let is_flag = word.starts_with('-') || word.contains('=');
        if let (true, Some(value)) = (is_flag && names_credential(name), value) {
            slots.push((name.to_owned(), holding(without_scheme(value), true), line));
        }
        let is_root = word.starts_with('/') && word.len() == 1 || *word == "~" || *word == "$HOME";
        if is_root && words.iter().any(|word| word.contains("filesystem")) {
            identity.concern("whole-disk", "NHI5", format!("it may read {word}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, holdings, read_file, uids};

    #[test]
    fn servers_are_read_with_what_they_are_given() {
        let text = r#"{
  // for the team
  "mcpServers": {
    "github": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-github"],
      "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": "q7Wm2xZ9", "LOG": "1"},
      "alwaysAllow": ["create_issue", "merge"]
    },
    "files": {"command": "npx", "args": ["-y", "@x/server-filesystem@1.2.0", "/"]},
    "remote": {
      "url": "http://mcp.example.org/sse?api_key=q7Wm2xZ9",
      "headers": {"Authorization": "Bearer ${input:token}"}
    },
  }
}"#;
        let read = read_file("app/.cursor/mcp.json", text);
        let server = |name: &str| format!("mcp:app/.cursor/mcp.json#{name}");
        assert_eq!(uids(&read)[1..], ["github", "files", "remote"].map(server));
        assert_eq!(read.identities[0].name, "Cursor");
        assert_eq!(
            holdings(&read, &server("github")),
            ["GITHUB_PERSONAL_ACCESS_TOKEN literal"]
        );
        assert_eq!(
            holdings(&read, &server("remote")),
            ["api_key literal", "Authorization variable"]
        );
        assert_eq!(
            codes(&read),
            [
                "unpinned-package",
                "auto-approved",
                "whole-disk",
                "clear-text"
            ]
        );
        assert_eq!(
            read.identities[3].account.as_deref(),
            Some("mcp.example.org")
        );
        assert_eq!(read.edges.len(), 3);
    }

    #[test]
    fn each_client_has_its_own_form() {
        let codex = "[mcp_servers.docs]\ncommand = \"uvx\"\nargs = [\"docs==1.0\"]\nbearer_token_env_var = \"DOCS\"\n";
        let read = read_file("home/.codex/config.toml", codex);
        assert_eq!(
            holdings(&read, "mcp:home/.codex/config.toml#docs"),
            ["bearer_token variable"]
        );
        let code = r#"{"servers": {"a": {"type": "http", "url": "https://a.example.org", "headers": {"X-Api-Key": "${input:k}"}}}}"#;
        assert_eq!(uids(&read_file(".vscode/mcp.json", code)).len(), 2);
        let opencode = r#"{"mcp": {"a": {"type": "local", "command": ["npx", "-y", "a@latest", "--token", "q7Wm2xZ9"]}}}"#;
        let read = read_file("opencode.json", opencode);
        assert_eq!(codes(&read), ["unpinned-package"]);
        assert_eq!(holdings(&read, "mcp:opencode.json#a"), ["token literal"]);
        let claude = r#"{"permissions": {"allow": ["Bash(*)"]}}"#;
        assert_eq!(
            codes(&read_file("x/.claude/settings.json", claude)),
            ["no-human-gate"]
        );
        assert!(
            read_file("x/.vscode/settings.json", r#"{"editor.tabSize": 4}"#)
                .identities
                .is_empty()
        );
    }
}
