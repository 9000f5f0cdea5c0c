//! Which rules are in force: built-in ones, files, and the names that were typed.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use keysift::{Rule, RuleSet, is_like};

use crate::args::RuleArgs;
use crate::exit::Hint;

/// Reads one rule file.
pub(crate) fn read(path: &PathBuf) -> anyhow::Result<RuleSet> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the program reads its own files"
    )]
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: cannot read the rule file", path.display()))?;
    Ok(RuleSet::parse(&path.display().to_string(), &text)?)
}

/// The built-in rules and those of `files`.
pub(crate) fn with_builtin(files: &[PathBuf]) -> anyhow::Result<RuleSet> {
    let mut rules = keysift::builtin_rules()?;
    for path in files {
        rules.merge(read(path)?)?;
    }
    Ok(rules)
}

/// The rules that the arguments choose.
pub(crate) fn chosen(args: &RuleArgs) -> anyhow::Result<RuleSet> {
    let mut rules = with_builtin(&args.files)?;
    for name in args.enable.iter().chain(&args.disable) {
        if !rules.ids().any(|id| is_like(id, name)) {
            let hint = match rules.nearest_id(name) {
                Some(near) => format!("did you mean {near}? `keysift rules list` lists the rules"),
                None => "`keysift rules list` lists the rules".to_owned(),
            };
            return Err(Hint::new(format!("{name}: no rule has this id"), hint).into());
        }
    }
    let is_named = |names: &[String], rule: &Rule| names.iter().any(|name| is_like(&rule.id, name));
    // Looking at a built-in rule unpacks it, which takes time that a hook would rather not spend.
    if !args.enable.is_empty() {
        rules.retain(|rule| is_named(&args.enable, rule));
    }
    if !args.disable.is_empty() {
        rules.retain(|rule| !is_named(&args.disable, rule));
    }
    Ok(rules)
}
