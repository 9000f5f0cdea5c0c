//! Which rules are in force: built-in ones, files, and the names that were typed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use keysift::import::{self, Import, Kind, Trust, Weight};
use keysift::{Rule, RuleSet, is_like};

use crate::args::RuleArgs;
use crate::exit::Hint;
use crate::say;

/// Reads one rule file, of our own or of another scanner.
pub(crate) fn read(path: &Path) -> anyhow::Result<RuleSet> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the program reads its own files"
    )]
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: cannot read the rule file", path.display()))?;
    let name = path.display().to_string();
    let Some(kind) = Kind::of(&text) else {
        return Ok(RuleSet::parse(&name, &text)?);
    };
    let import = import::import(&name, &text, Some(kind), Trust::Named)?;
    tell(&import, Weight::Warning);
    if !import.config_for_others().is_empty() {
        let name = keysift_report::escape(name.as_bytes());
        say(&format!(
            "warning: {name}: what it allows holds for its own rules alone; `keysift import {name} --output DIR` writes it for all\n"
        ));
    }
    let hint = format!(
        "`keysift import {}` writes what can be used, and says what cannot",
        keysift_report::escape(name.as_bytes())
    );
    let lost = import
        .differences()
        .iter()
        .filter(|difference| difference.weight == Weight::Error);
    match lost.count() {
        0 if import.rule_count() == 0 && !import.uses_builtin() => {
            Err(Hint::new(format!("{name}: no rule in it"), hint).into())
        }
        0 => Ok(import.rule_set()?),
        count => {
            let message = format!("{name}: {count} things in it have no equal");
            Err(Hint::new(message, hint).into())
        }
    }
}

/// Says what is not the same here, from a weight on.
pub(crate) fn tell(import: &Import, least: Weight) {
    for difference in import
        .differences()
        .iter()
        .filter(|difference| difference.weight >= least)
    {
        let text = keysift_report::escape(difference.to_string().as_bytes());
        say(&format!("{text}\n"));
    }
}

/// The built-in rules and those of `files`.
pub(crate) fn with_builtin(files: &[PathBuf]) -> anyhow::Result<RuleSet> {
    with(keysift::builtin_rules()?, files)
}

/// `rules` and those of `files`.
fn with(mut rules: RuleSet, files: &[PathBuf]) -> anyhow::Result<RuleSet> {
    for path in files {
        add(&mut rules, read(path)?)?;
    }
    Ok(rules)
}

/// Adds rules. One of another scanner replaces one of our own that has its id.
pub(crate) fn add(rules: &mut RuleSet, more: RuleSet) -> anyhow::Result<()> {
    let is_replaced = |id: &str| {
        let is_imported = |rule: &Arc<Rule>| rule.imported.is_some();
        more.get(id).is_some_and(is_imported) && !rules.get(id).is_some_and(is_imported)
    };
    let replaced: Vec<String> = rules
        .ids()
        .filter(|id| is_replaced(id))
        .map(str::to_owned)
        .collect();
    rules.retain_ids(|id| !replaced.iter().any(|replaced| replaced == id));
    Ok(rules.merge(more)?)
}

/// The rules that the arguments choose.
pub(crate) fn chosen(args: &RuleArgs) -> anyhow::Result<RuleSet> {
    let mut rules = named(args)?;
    choose(args, &mut rules)?;
    Ok(rules)
}

/// The built-in rules, unless they are left out, and those of the files that the arguments name.
pub(crate) fn named(args: &RuleArgs) -> anyhow::Result<RuleSet> {
    if args.rules_only {
        with(RuleSet::new(), &args.files)
    } else {
        with_builtin(&args.files)
    }
}

/// Leaves the rules in that the arguments choose.
pub(crate) fn choose(args: &RuleArgs, rules: &mut RuleSet) -> anyhow::Result<()> {
    for name in args.enable.iter().chain(&args.disable) {
        if !rules.ids().any(|id| is_like(id, name)) {
            let hint = match rules.nearest_id(name) {
                Some(near) => format!("did you mean {near}? `keysift rules list` lists the rules"),
                None => "`keysift rules list` lists the rules".to_owned(),
            };
            return Err(Hint::new(format!("{name}: no rule has this id"), hint).into());
        }
    }
    let is_named = |names: &[String], id: &str| names.iter().any(|name| is_like(id, name));
    rules.retain_ids(|id| {
        (args.enable.is_empty() || is_named(&args.enable, id)) && !is_named(&args.disable, id)
    });
    Ok(())
}
