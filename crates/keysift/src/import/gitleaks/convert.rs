//! From gitleaks' rules and allowlists to keysift's.

use keysift_core::{CONTEXT_BYTES, Tool};

use super::extend::tell_baseless;
use super::{Allowlist, Config, Required, Rule, Target};
use crate::import::Import;
use crate::import::difference::Differences;
use crate::import::regex::{self, Dialect};
use crate::import::rule::{CompanionTable, Lists, RuleTable, place};

pub(super) fn convert(config: Config, tool: Tool, import: &mut Import) {
    let ids: Vec<String> = config.rules.iter().map(|rule| rule.id.clone()).collect();
    let helpers = config.rules.clone();
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
        let converted = converted(&rule, &helpers, tool, import);
        import.rules.extend(converted);
    }
}

/// `all` are the rules of the file, of which some may be required beside this one.
fn converted(rule: &Rule, all: &[Rule], tool: Tool, import: &mut Import) -> Option<RuleTable> {
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
            "the rule reports nothing itself, and is looked for beside those that require it",
        );
        return None;
    }
    let written = written(rule, regex, tool, differences).and_then(|mut table| {
        for required in &rule.required {
            let companion = companion(required, &here, all, differences);
            table
                .companions
                .push(companion.map_err(|why| ("required", why))?);
        }
        table.fit(differences).map_err(|why| ("regex", why))?;
        Ok(table)
    });
    written
        .map_err(|(key, why)| {
            differences.error(&here, key, format!("{why}; the rule is left out"));
        })
        .ok()
}

/// A rule as a table that the engine takes, or the key that has no equal and why.
fn written(
    rule: &Rule,
    regex: &str,
    tool: Tool,
    differences: &mut Differences,
) -> Result<RuleTable, (&'static str, String)> {
    let no_equal = |why: String| format!("{why} has no equal");
    let mut table = RuleTable::new(tool, &rule.id, regex, Dialect::Go, differences)
        .map_err(|why| ("regex", no_equal(why)))?;
    if !rule.description.trim().is_empty() {
        table.description.clone_from(&rule.description);
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
        let path = regex::translate(path, Dialect::Go).map_err(|why| ("path", no_equal(why)))?;
        table.paths.push(path.pattern);
    }
    for list in &rule.allowlists {
        if let Some(lists) = lists(list, differences) {
            table.allow.add(lists, list.needs_all);
        }
    }
    Ok(table)
}

/// A rule that is required beside another one, or why it cannot be looked for.
fn companion(
    required: &Required,
    here: &str,
    all: &[Rule],
    differences: &mut Differences,
) -> Result<CompanionTable, String> {
    let id = &required.id;
    let Some(rule) = all.iter().find(|rule| rule.id == *id) else {
        return Err(format!("{id:?} is no rule of this file"));
    };
    let Some(regex) = &rule.regex else {
        return Err(format!("{id:?} has no regex"));
    };
    let translated = regex::translate(regex, Dialect::Go)
        .map_err(|why| format!("of {id:?}: {why} has no equal"))?;
    let mut lost = Vec::new();
    for (key, is_there) in [
        ("entropy", rule.entropy != 0.0),
        ("path", rule.path.is_some()),
        ("allowlists", !rule.allowlists.is_empty()),
        ("required", !rule.required.is_empty()),
    ] {
        if is_there {
            lost.push(key);
        }
    }
    let mut message = format!(
        "{id} is looked for within {CONTEXT_BYTES} bytes of a match, and not in all of a piece of the file"
    );
    if !lost.is_empty() {
        message.push_str(&format!("; its {} is not asked", lost.join(", ")));
    }
    differences.warn(here, "required", message);
    Ok(CompanionTable {
        name: id.clone(),
        pattern: format!("(?P<value>{})", unnamed(&translated.pattern)),
        within: CONTEXT_BYTES,
        lines: required.lines,
        columns: required.columns,
        required: true,
        shown: false,
    })
}

/// A pattern whose groups have no names, of which there may be one of each alone.
fn unnamed(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once("(?P<") {
        out.push_str(before);
        let escapes = out.len() - out.trim_end_matches('\\').len();
        match behind.split_once('>') {
            Some((_, behind)) if escapes.is_multiple_of(2) => {
                out.push('(');
                rest = behind;
            }
            _ => {
                out.push_str("(?P<");
                rest = behind;
            }
        }
    }
    out + rest
}

/// An allowlist's lists. An allowlist that needs all is left out where one pattern cannot be said: it would allow more.
fn lists(list: &Allowlist, differences: &mut Differences) -> Option<Lists> {
    let mut is_whole = true;
    let mut translated = |key: &str, patterns: &[String]| -> Vec<String> {
        let mut all = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            match regex::plain(pattern, Dialect::Go) {
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
