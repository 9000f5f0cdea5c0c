//! Which rules are in force: built-in ones, files, and the names that were typed.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use keysift::{RuleSet, is_like};

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
    choose(args, &mut rules)?;
    Ok(rules)
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
