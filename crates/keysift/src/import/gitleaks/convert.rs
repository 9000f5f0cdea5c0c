//! From gitleaks' rules and allowlists to keysift's.

use keysift_core::Tool;

use super::extend::tell_baseless;
use super::{Allowlist, Config, Rule, Target};
use crate::import::Import;
use crate::import::difference::Differences;
use crate::import::regex::{self, Dialect};
use crate::import::rule::{Lists, RuleTable, place};

pub(super) fn convert(config: Config, tool: Tool, import: &mut Import) {
    let ids: Vec<String> = config.rules.iter().map(|rule| rule.id.clone()).collect();
    let (targeted, global): (Vec<Allowlist>, Vec<Allowlist>) = config
        .allowlists
        .into_iter()
        .partition(|list| !list.target_rules.is_empty());
    for list in global {
        if let Some(lists) = lists(&list, &mut import.differences) {
            import.allow.add(lists, list.needs_all);
        }
    }
    for list in &targeted {
        for id in list.target_rules.iter().filter(|id| !ids.contains(id)) {
            let message = format!("{id:?} is no rule of this file or of what it extends");
            import
                .differences
                .error(&list.place, "targetRules", message);
        }
    }
    for mut rule in config.rules {
        let own = targeted
            .iter()
            .filter(|list| list.target_rules.contains(&rule.id));
        rule.allowlists.extend(own.cloned());
        let converted = converted(&rule, tool, import);
        import.rules.extend(converted);
    }
}

fn converted(rule: &Rule, tool: Tool, import: &mut Import) -> Option<RuleTable> {
    let here = place(&rule.id);
    let differences = &mut import.differences;
    let Some(regex) = &rule.regex else {
        match rule.path {
            Some(_) => differences.warn(
                &here,
                "path",
                "the rule reports files by their name alone, and keysift reports secrets; it is left out",
            ),
            None => tell_baseless(rule, import.uses_builtin, differences),
        }
        return None;
    };
    if rule.skip_report {
        differences.note(
            &here,
            "skipReport",
            "a rule that only serves others is left out with them",
        );
        return None;
    }
    if !rule.required.is_empty() {
        let message = format!(
            "that {} must stand near is not asked; the rule is left out",
            rule.required.join(", ")
        );
        differences.error(&here, "required", message);
        return None;
    }
    let left_out = |differences: &mut Differences, why: &str| {
        let message = format!("{why} has no equal; the rule is left out");
        differences.error(&here, "regex", message);
    };
    let mut table = match RuleTable::new(tool, &rule.id, regex, Dialect::Go, differences) {
        Ok(table) => table,
        Err(why) => {
            left_out(differences, &why);
            return None;
        }
    };
    if !rule.description.trim().is_empty() {
        table.description = rule.description.clone();
    }
    table.secret_group = Some(rule.secret_group).filter(|group| *group > 0);
    table.entropy = Some(rule.entropy).filter(|bits| *bits != 0.0);
    table.keywords = rule
        .keywords
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase())
        .collect();
    table.keywords.sort_unstable();
    table.keywords.dedup();
    if let Some(path) = &rule.path {
        match regex::translate(path, Dialect::Go) {
            Ok(path) => table.paths.push(path.pattern),
            Err(why) => {
                differences.error(
                    &here,
                    "path",
                    format!("{why} has no equal; the rule is left out"),
                );
                return None;
            }
        }
    }
    for list in &rule.allowlists {
        if let Some(lists) = lists(list, differences) {
            table.allow.add(lists, list.needs_all);
        }
    }
    match table.fit(differences) {
        Ok(()) => Some(table),
        Err(why) => {
            differences.error(&here, "regex", format!("{why}; the rule is left out"));
            None
        }
    }
}

/// An allowlist's lists. An allowlist that needs all is left out where one pattern cannot be said: it would allow more.
fn lists(list: &Allowlist, differences: &mut Differences) -> Option<Lists> {
    let mut is_whole = true;
    let mut translated = |key: &str, patterns: &[String]| -> Vec<String> {
        let mut all = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            match plain(pattern) {
                Ok(pattern) => all.push(pattern),
                Err(why) => {
                    is_whole = false;
                    differences.error(
                        &list.place,
                        key,
                        format!("{pattern:?}: {why}; it allows nothing"),
                    );
                }
            }
        }
        all
    };
    let paths = translated("paths", &list.paths);
    let regexes = translated("regexes", &list.regexes);
    let mut lists = Lists {
        paths,
        commits: list
            .commits
            .iter()
            .map(|commit| commit.trim().to_owned())
            .collect(),
        stop_words: list
            .stop_words
            .iter()
            .filter(|word| !word.is_empty())
            .cloned()
            .collect(),
        ..Lists::default()
    };
    match list.target {
        Target::Secret => lists.values = regexes,
        Target::Match => lists.matches = regexes,
        Target::Line => lists.lines = regexes,
    }
    (is_whole || !list.needs_all).then_some(lists)
}

/// A pattern that is only searched for, if the engine takes it.
fn plain(pattern: &str) -> Result<String, String> {
    let translated = regex::translate(pattern, Dialect::Go)?.pattern;
    keysift_core::check_plain_pattern(&translated).map_err(|error| error.to_string())?;
    Ok(translated)
}
