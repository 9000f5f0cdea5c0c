//! The tables of a file, key by key.

use toml::Table;

use super::{Allowlist, Config, Extend, Required, Rule, Target};
use crate::import::difference::Differences;
use crate::import::rule::place;
use crate::import::table::Keys;

const CONFIG_KEYS: &[&str] = &[
    "rules",
    "allowlists",
    "allowlist",
    "extend",
    "title",
    "description",
    "minversion",
];
const RULE_KEYS: &[&str] = &[
    "id",
    "description",
    "regex",
    "path",
    "secretgroup",
    "entropy",
    "keywords",
    "tags",
    "skipreport",
    "allowlists",
    "allowlist",
    "required",
];
const ALLOW_KEYS: &[&str] = &[
    "description",
    "condition",
    "commits",
    "paths",
    "regexes",
    "regextarget",
    "stopwords",
    "targetrules",
];

/// What betterleaks adds, and what that does.
const BETTERLEAKS_KEYS: [(&str, &str); 6] = [
    (
        "prefilter",
        "an expression that skips what it holds for; write it as an allowlist",
    ),
    (
        "filter",
        "an expression that drops what it holds for; write it as an allowlist",
    ),
    (
        "tokenefficiency",
        "a rule drops words of natural language only by its entropy and its allowlists here",
    ),
    (
        "specificity",
        "of imported rules that match the same bytes each is reported",
    ),
    (
        "validate",
        "a scan never asks the network whether a secret is live",
    ),
    ("confidence", "every imported rule has medium confidence"),
];

pub(super) fn read(text: &str, differences: &mut Differences) -> Result<Config, String> {
    let table: Table = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!("line {line}: {}", error.message())
    })?;
    let mut keys = Keys::new(table, "");
    keys.ignore(&[
        "title",
        "description",
        "minversion",
        "betterleaksminversion",
    ]);
    let mut config = Config::default();
    if let Some(table) = keys.table("extend", differences) {
        config.extend = extend(table, differences);
    }
    config.allowlists = allowlists(&mut keys, "", differences);
    for (index, table) in keys.tables("rules", differences).into_iter().enumerate() {
        let Some(rule) = rule(table, index, differences) else {
            continue;
        };
        match config.rules.iter_mut().find(|known| known.id == rule.id) {
            Some(known) => {
                differences.note(
                    &place(&rule.id),
                    "id",
                    "stands twice; the later rule counts",
                );
                *known = rule;
            }
            None => config.rules.push(rule),
        }
    }
    added_keys(&mut keys, differences);
    keys.finish(CONFIG_KEYS, differences);
    Ok(config)
}

fn extend(table: Table, differences: &mut Differences) -> Extend {
    let mut keys = Keys::new(table, "extend");
    let extend = Extend {
        use_default: keys.truth("usedefault", differences),
        path: keys
            .text("path", differences)
            .filter(|path| !path.is_empty()),
        disabled: keys.texts("disabledrules", differences),
    };
    if keys.has("url") {
        differences.warn("extend", "url", "is not read, neither here nor by gitleaks");
        keys.ignore(&["url"]);
    }
    keys.finish(&["usedefault", "path", "disabledrules", "url"], differences);
    extend
}

fn rule(table: Table, index: usize, differences: &mut Differences) -> Option<Rule> {
    let id = table
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case("id"))
        .and_then(|(_, id)| id.as_str())
        .unwrap_or_default()
        .trim()
        .to_owned();
    if id.is_empty() {
        let place = format!("rule {}", index + 1);
        differences.error(&place, "id", "is missing, and the rule is left out");
        return None;
    }
    let here = place(&id);
    let mut keys = Keys::new(table, &here);
    keys.ignore(&["id", "tags"]);
    let rule = Rule {
        description: keys.text("description", differences).unwrap_or_default(),
        regex: keys
            .text("regex", differences)
            .filter(|regex| !regex.is_empty()),
        path: keys
            .text("path", differences)
            .filter(|path| !path.is_empty()),
        secret_group: keys.count("secretgroup", differences).unwrap_or_default(),
        entropy: keys.number("entropy", differences).unwrap_or_default(),
        keywords: keys.texts("keywords", differences),
        skip_report: keys.truth("skipreport", differences),
        allowlists: allowlists(&mut keys, &here, differences),
        required: required(&mut keys, differences),
        id,
    };
    added_keys(&mut keys, differences);
    keys.finish(RULE_KEYS, differences);
    Some(rule)
}

/// What must match beside a rule; betterleaks calls it `components`, and writes `within = "5L,100C"`.
fn required(keys: &mut Keys, differences: &mut Differences) -> Vec<Required> {
    const KEYS: &[&str] = &["id", "withinlines", "withincolumns", "within"];
    let here = keys.place().to_owned();
    let mut tables = keys.tables("required", differences);
    tables.extend(keys.tables("components", differences));
    let read = |table: Table| {
        let mut keys = Keys::new(table, &format!("{here}: required"));
        let mut required = Required {
            id: keys.text("id", differences).unwrap_or_default(),
            lines: keys.count("withinlines", differences),
            columns: keys.count("withincolumns", differences),
        };
        let within = keys.text("within", differences).unwrap_or_default();
        for part in within.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            let (count, unit) = part.split_at(part.len() - part.ends_with(['L', 'C']) as usize);
            match (count.parse().ok(), unit) {
                (Some(count), "L") => required.lines = Some(count),
                (Some(count), "C") => required.columns = Some(count),
                _ => {
                    let message = format!("{part:?} is no distance such as 5L or 100C");
                    differences.warn(keys.place(), "within", message);
                }
            }
        }
        keys.finish(KEYS, differences);
        required
    };
    tables.into_iter().map(read).collect()
}

/// The allowlists of a file or a rule, in the new form and in the old.
fn allowlists(keys: &mut Keys, here: &str, differences: &mut Differences) -> Vec<Allowlist> {
    if keys.has("allowlist") && keys.has("allowlists") {
        differences.error(
            here,
            "allowlist",
            "stands beside allowlists, which gitleaks refuses; both are read",
        );
    }
    let mut all = keys.tables("allowlists", differences);
    all.extend(keys.table("allowlist", differences));
    let read = |(index, table)| {
        let prefix = if here.is_empty() {
            String::new()
        } else {
            format!("{here}: ")
        };
        allowlist(
            table,
            &format!("{prefix}allowlist {}", index + 1),
            differences,
        )
    };
    all.into_iter().enumerate().filter_map(read).collect()
}

fn allowlist(table: Table, here: &str, differences: &mut Differences) -> Option<Allowlist> {
    let mut keys = Keys::new(table, here);
    keys.ignore(&["description"]);
    let condition = keys.text("condition", differences).unwrap_or_default();
    let needs_all = match condition.to_ascii_uppercase().as_str() {
        "" | "OR" | "||" => false,
        "AND" | "&&" => true,
        _ => {
            differences.error(
                here,
                "condition",
                format!("{condition:?} is neither OR nor AND; the allowlist is left out"),
            );
            return None;
        }
    };
    let target = keys.text("regextarget", differences).unwrap_or_default();
    let target = match target.to_ascii_lowercase().as_str() {
        "" | "secret" => Target::Secret,
        "match" => Target::Match,
        "line" => Target::Line,
        _ => {
            differences.error(
                here,
                "regexTarget",
                format!(
                    "{target:?} is neither secret nor match nor line; the allowlist is left out"
                ),
            );
            return None;
        }
    };
    let list = Allowlist {
        needs_all,
        commits: keys.texts("commits", differences),
        paths: keys.texts("paths", differences),
        regexes: keys.texts("regexes", differences),
        target,
        stop_words: keys.texts("stopwords", differences),
        target_rules: keys.texts("targetrules", differences),
        place: here.to_owned(),
    };
    keys.finish(ALLOW_KEYS, differences);
    let lists = [&list.commits, &list.paths, &list.regexes, &list.stop_words];
    if lists.iter().all(|list| list.is_empty()) {
        differences.error(
            here,
            "commits, paths, regexes, stopwords",
            "none of them is there, which gitleaks refuses; the allowlist is left out",
        );
        return None;
    }
    Some(list)
}

/// Tells the keys that betterleaks added.
fn added_keys(keys: &mut Keys, differences: &mut Differences) {
    for (key, message) in BETTERLEAKS_KEYS {
        if keys.has(key) {
            let here = keys.place().to_owned();
            differences.warn(&here, key, message);
            keys.ignore(&[key]);
        }
    }
}
