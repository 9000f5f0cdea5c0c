//! Whose file it is.

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::{Table, Value};

/// The kinds of files that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `.gitleaks.toml`.
    Gitleaks,
    /// `.gitleaksignore`.
    GitleaksIgnore,
    /// gitleaks' JSON report, which is its baseline.
    GitleaksReport,
    /// `.betterleaks.toml`.
    Betterleaks,
    /// detect-secrets' `.secrets.baseline`.
    DetectSecrets,
    /// A rule file of kingfisher's.
    Kingfisher,
    /// A rule file of noseyparker's.
    Noseyparker,
    /// A configuration of trufflehog's with custom detectors.
    Trufflehog,
}

impl Kind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Gitleaks,
        Self::GitleaksIgnore,
        Self::GitleaksReport,
        Self::Betterleaks,
        Self::DetectSecrets,
        Self::Kingfisher,
        Self::Noseyparker,
        Self::Trufflehog,
    ];

    /// The name used in flags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gitleaks => "gitleaks",
            Self::GitleaksIgnore => "gitleaksignore",
            Self::GitleaksReport => "gitleaks-report",
            Self::Betterleaks => "betterleaks",
            Self::DetectSecrets => "detect-secrets",
            Self::Kingfisher => "kingfisher",
            Self::Noseyparker => "noseyparker",
            Self::Trufflehog => "trufflehog",
        }
    }

    /// The kind with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Whether such a file says which findings were accepted, and not what to look for.
    pub const fn is_baseline(self) -> bool {
        matches!(
            self,
            Self::GitleaksIgnore | Self::GitleaksReport | Self::DetectSecrets
        )
    }

    /// The kind of a file, told by its content; `None` for none that is known, and for keysift's own files.
    pub fn of(text: &str) -> Option<Self> {
        if let Ok(table) = toml::from_str::<Table>(text) {
            return Self::of_toml(&table)
                .or_else(|| is_ignore(text).then_some(Self::GitleaksIgnore));
        }
        let start = text.trim_start();
        if start.starts_with('[') && serde_json::from_str::<Vec<ReportEntry>>(text).is_ok() {
            return Some(Self::GitleaksReport);
        }
        if start.starts_with('{') && serde_json::from_str::<Baseline>(text).is_ok() {
            return Some(Self::DetectSecrets);
        }
        if is_ignore(text) {
            return Some(Self::GitleaksIgnore);
        }
        super::yaml::<Yaml>(text).ok().and_then(Yaml::kind)
    }

    fn of_toml(table: &Table) -> Option<Self> {
        let has = |wanted: &str| table.keys().any(|key| key.eq_ignore_ascii_case(wanted));
        if ["betterleaksMinVersion", "prefilter", "filter"]
            .iter()
            .any(|key| has(key))
        {
            return Some(Self::Betterleaks);
        }
        // A table `extend` is theirs, and a list is ours; our own rules in an array with a slip of the keys in its name have
        // a `pattern`, and our configuration has a table `rules`.
        let extends = table.get("extend").is_some_and(Value::is_table);
        let rules = table.get("rules").and_then(Value::as_array);
        let are_theirs =
            rules.is_some_and(|rules| rules.iter().all(|rule| rule.get("pattern").is_none()));
        let is_gitleaks = extends || are_theirs || has("allowlist") || has("allowlists");
        is_gitleaks.then_some(Self::Gitleaks)
    }
}

#[derive(Deserialize)]
struct ReportEntry {
    #[serde(rename = "RuleID")]
    _rule: IgnoredAny,
    #[serde(rename = "File")]
    _file: IgnoredAny,
}

#[derive(Deserialize)]
struct Baseline {
    #[serde(rename = "results")]
    _results: std::collections::BTreeMap<String, Vec<BaselineEntry>>,
}

#[derive(Deserialize)]
struct BaselineEntry {
    #[serde(rename = "hashed_secret")]
    _hash: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Yaml {
    Table {
        #[serde(default)]
        rules: Vec<YamlRule>,
        detectors: Option<IgnoredAny>,
    },
    List(Vec<YamlRule>),
}

#[derive(Deserialize)]
struct YamlRule {
    id: String,
    #[serde(rename = "pattern")]
    _pattern: String,
    categories: Option<IgnoredAny>,
}

impl Yaml {
    fn kind(self) -> Option<Kind> {
        let rules = match self {
            Self::Table {
                detectors: Some(_), ..
            } => return Some(Kind::Trufflehog),
            Self::Table { rules, .. } | Self::List(rules) => rules,
        };
        let first = rules.first()?;
        let is_noseyparker = first.id.starts_with("np.") || first.categories.is_some();
        Some(if is_noseyparker {
            Kind::Noseyparker
        } else {
            Kind::Kingfisher
        })
    }
}

/// Whether a text holds nothing but fingerprints of gitleaks', and at least one.
fn is_ignore(text: &str) -> bool {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .peekable();
    let is_entry = |line: &str| {
        let number = line.rsplit(':').next().unwrap_or_default();
        line.matches(':').count() >= 2 && number.parse::<u64>().is_ok()
    };
    lines.peek().is_some() && lines.all(is_entry)
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_content() {
        for (text, kind) in [
            ("[extend]\nuseDefault = true", Some(Kind::Gitleaks)),
            ("[[rules]]\nid = 'a'\nregex = 'b'", Some(Kind::Gitleaks)),
            ("[allowlist]\npaths = ['a']", Some(Kind::Gitleaks)),
            (
                "filter = 'entropy(x) < 3'\n[[rules]]\nid = 'a'",
                Some(Kind::Betterleaks),
            ),
            (
                "# accepted\nsrc/a.py:acme-key:12\n",
                Some(Kind::GitleaksIgnore),
            ),
            (
                "[{\"RuleID\": \"a\", \"File\": \"b\"}]",
                Some(Kind::GitleaksReport),
            ),
            ("[]", Some(Kind::GitleaksReport)),
            (
                "{\"version\": \"1.5.0\", \"results\": {}}",
                Some(Kind::DetectSecrets),
            ),
            (
                "rules:\n- name: A\n  id: kingfisher.a.1\n  pattern: a(b)",
                Some(Kind::Kingfisher),
            ),
            (
                "- name: A\n  id: np.a.1\n  pattern: a(b)",
                Some(Kind::Noseyparker),
            ),
            (
                "detectors:\n- name: A\n  regex: {a: b}",
                Some(Kind::Trufflehog),
            ),
            ("[[rule]]\nid = 'acme-key'\n", None),
            ("[[rules]]\nid = 'acme-key'\npattern = 'a'", None),
            ("extend = ['base.toml']\n[rules]\ndisable = ['a']", None),
            ("", None),
            ("# nothing\n", None),
            ("hello", None),
        ] {
            assert_eq!(Kind::of(text), kind, "{text}");
        }
    }
}
