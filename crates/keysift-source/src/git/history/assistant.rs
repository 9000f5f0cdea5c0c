//! Commits that a program wrote, or helped to write.

use std::collections::HashMap;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::objs::Kind;
use keysift_core::Commit;

use super::History;
use crate::git::{message, object};

/// Programs that write code and sign for it, in lower case.
const ASSISTANTS: &[&str] = &[
    "aider", "amazon q", "chatgpt", "claude", "codex", "copilot", "cursor", "devin", "gemini",
    "jules", "opencode", "windsurf",
];

/// Those of them that people are called as well: their address has to be a program's.
const NAMES_OF_PEOPLE: &[&str] = &["claude", "devin", "jules"];

impl History {
    /// For each of these commits that a program wrote or helped to write, the program's name, by the author and by the
    /// trailers.
    pub fn assisted_by(&self, commits: &[&str]) -> HashMap<String, String> {
        let handle = self.repository.handle();
        let mut buffer = Vec::new();
        let mut found = HashMap::new();
        for name in commits {
            let Ok(id) = ObjectId::from_hex(name.as_bytes()) else {
                continue;
            };
            if object::read(&handle, id, Kind::Commit, None, &mut buffer).is_err() {
                continue;
            }
            let commit = message::commit(id, &buffer).ok();
            let program = commit.and_then(|commit| author(&commit.told));
            if let Some(program) = program.or_else(|| in_trailers(&buffer)) {
                found.insert((*name).to_owned(), program);
            }
        }
        found
    }
}

/// The program that is a commit's author, or that marks its author's name.
fn author(commit: &Commit) -> Option<String> {
    let name = commit.author.trim();
    if name.ends_with("(aider)") {
        return Some("aider".to_owned());
    }
    is_bot(name, &commit.email).then(|| name.to_owned())
}

/// The program that a trailer of a commit names as one that helped.
fn in_trailers(commit: &[u8]) -> Option<String> {
    const KEYS: [&str; 3] = ["co-authored-by", "assisted-by", "generated-by"];
    let body = &commit[commit.find(b"\n\n")?..];
    body.lines().find_map(|line| {
        let line = line.to_str().ok()?;
        let (key, value) = line.split_once(':')?;
        let (name, email) = value.split_once('<').unwrap_or((value, ""));
        let (name, email) = (name.trim(), email.trim().trim_end_matches('>'));
        let is_trailer = KEYS.contains(&key.trim().to_lowercase().as_str());
        (is_trailer && (is_bot(name, email) || is_assistant(name, email))).then(|| name.to_owned())
    })
}

fn is_bot(name: &str, email: &str) -> bool {
    let user = email.split('@').next().unwrap_or(email);
    name.ends_with("[bot]") || user.ends_with("[bot]")
}

fn is_assistant(name: &str, email: &str) -> bool {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_of_program = email.is_empty()
        || ["noreply@", "no-reply@"]
            .iter()
            .any(|user| email.to_lowercase().starts_with(user));
    ASSISTANTS.iter().any(|assistant| {
        let named: Vec<String> = assistant.split(' ').map(str::to_owned).collect();
        (words.starts_with(&named) || words.ends_with(&named))
            && (is_of_program || !NAMES_OF_PEOPLE.contains(assistant))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_name_programs_that_helped() {
        let told = |text: &str| in_trailers(format!("tree x\nauthor y\n\n{text}").as_bytes());
        for (trailer, program) in [
            (
                "Co-Authored-By: Claude Opus <noreply@x>",
                Some("Claude Opus"),
            ),
            ("Assisted-by: GitHub Copilot", Some("GitHub Copilot")),
            (
                "Co-authored-by: Copilot <17+Copilot@users.noreply.x>",
                Some("Copilot"),
            ),
            (
                "Co-authored-by: Cursor Agent <agent@cursor.x>",
                Some("Cursor Agent"),
            ),
            (
                "Co-authored-by: aider (gpt-x) <aider@x>",
                Some("aider (gpt-x)"),
            ),
            ("Co-authored-by: Codex <codex@x>", Some("Codex")),
            (
                "Co-authored-by: gemini-code-assist <g@x>",
                Some("gemini-code-assist"),
            ),
            (
                "Co-authored-by: devin-ai-integration[bot] <15+devin-ai-integration[bot]@x>",
                Some("devin-ai-integration[bot]"),
            ),
            ("Co-authored-by: Claude Martin <claude.martin@x>", None),
            ("Co-authored-by: Claudette <noreply@x>", None),
            ("claude: fix", None),
        ] {
            assert_eq!(
                told(&format!("a\n\n{trailer}")).as_deref(),
                program,
                "{trailer}"
            );
        }
        assert_eq!(in_trailers(b""), None);
    }

    #[test]
    fn authors_are_programs_by_their_names_and_addresses() {
        let told = |name: &str, email: &str| {
            author(&Commit {
                date: None,
                id: String::new(),
                author: name.to_owned(),
                email: email.to_owned(),
            })
        };
        for (name, email, program) in [
            (
                "copilot-swe-agent[bot]",
                "c@x",
                Some("copilot-swe-agent[bot]"),
            ),
            (
                "Renovate",
                "29+renovate[bot]@users.noreply.x",
                Some("Renovate"),
            ),
            ("Jane Doe (aider)", "jane@x", Some("aider")),
            ("Jane Doe", "jane@x", None),
        ] {
            assert_eq!(told(name, email).as_deref(), program, "{name}");
        }
    }
}
