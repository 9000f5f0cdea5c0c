//! The clients that are known.

/// A client: where its configuration stands, and under which key its servers do.
pub(super) struct Client {
    pub(super) name: &'static str,
    /// How the path ends.
    pub(super) path: &'static str,
    /// Keys down to the servers.
    pub(super) servers: &'static [&'static str],
}

const fn client(
    name: &'static str,
    path: &'static str,
    servers: &'static [&'static str],
) -> Client {
    Client {
        name,
        path,
        servers,
    }
}

/// The clients whose files are known by their place, from the clients' documentation. The more exact place is first.
pub(super) const CLIENTS: &[Client] = &[
    client("Cursor", ".cursor/mcp.json", &["mcpServers"]),
    client("VS Code", ".vscode/mcp.json", &["servers"]),
    client("VS Code", "Code/User/mcp.json", &["servers"]),
    client("VS Code", ".vscode/settings.json", &["mcp", "servers"]),
    client("VS Code", "Code/User/settings.json", &["mcp", "servers"]),
    client("Roo Code", ".roo/mcp.json", &["mcpServers"]),
    client("Kiro", ".kiro/settings/mcp.json", &["mcpServers"]),
    client("Amazon Q", ".amazonq/mcp.json", &["mcpServers"]),
    client("Amazon Q", ".aws/amazonq/mcp.json", &["mcpServers"]),
    client("Gemini CLI", ".gemini/settings.json", &["mcpServers"]),
    client(
        "Antigravity",
        ".gemini/antigravity/mcp_config.json",
        &["mcpServers"],
    ),
    client("Codex", ".codex/config.toml", &["mcp_servers"]),
    client("Zed", ".zed/settings.json", &["context_servers"]),
    client("Zed", "zed/settings.json", &["context_servers"]),
    client("opencode", "opencode.json", &["mcp"]),
    client("opencode", "opencode.jsonc", &["mcp"]),
    client("LibreChat", "librechat.yaml", &["mcpServers"]),
    client("Cline", "cline_mcp_settings.json", &["mcpServers"]),
    client("Windsurf", "windsurf/mcp_config.json", &["mcpServers"]),
    client(
        "Claude Desktop",
        "claude_desktop_config.json",
        &["mcpServers"],
    ),
    client("Claude Code", ".claude.json", &["mcpServers"]),
    client("Claude Code", ".claude/settings.json", &["mcpServers"]),
    client(
        "Claude Code",
        ".claude/settings.local.json",
        &["mcpServers"],
    ),
    client("Claude Code", ".mcp.json", &["mcpServers"]),
    client("unknown client", "mcp.json", &["mcpServers"]),
    client("unknown client", "mcp_config.json", &["mcpServers"]),
];
