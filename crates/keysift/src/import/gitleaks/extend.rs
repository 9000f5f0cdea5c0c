//! Files that extend others.

use std::path::PathBuf;

use super::{Config, Rule, read};
use crate::import::difference::Differences;
use crate::import::loader::Loader;
use crate::import::rule::place;
use crate::import::{Import, ImportError};

/// gitleaks follows `extend` so often and no further.
const MAX_DEPTH: usize = 2;

/// The configuration with what it extends. gitleaks' own rules are not here: the built-in ones stand for them.
pub(super) fn extended(
    config: Config,
    import: &mut Import,
    loader: &mut Loader<'_>,
) -> Result<Config, ImportError> {
    let file = import.differences.file.clone();
    let mut chain = vec![PathBuf::from(&file)];
    follow(config, import, loader, &mut chain)
}

fn follow(
    mut config: Config,
    import: &mut Import,
    loader: &mut Loader<'_>,
    chain: &mut Vec<PathBuf>,
) -> Result<Config, ImportError> {
    let extend = std::mem::take(&mut config.extend);
    let differences = &mut import.differences;
    if extend.use_default && extend.path.is_some() {
        let message = "useDefault stands beside path, which gitleaks refuses; both are followed";
        differences.error("extend", "useDefault", message);
    }
    if extend.use_default {
        import.uses_builtin = true;
        differences.warn(
            "extend",
            "useDefault",
            "keysift's built-in rules stand for gitleaks' own, under ids of their own",
        );
        for id in &extend.disabled {
            let message = format!(
                "{id:?} is a rule of gitleaks' own; disable keysift's rule for it by its id"
            );
            differences.warn("extend", "disabledRules", message);
        }
    }
    let Some(path) = &extend.path else {
        return Ok(config);
    };
    if chain.len() > MAX_DEPTH {
        let message =
            format!("{path:?} is not read: gitleaks follows {MAX_DEPTH} files and no more");
        import.differences.warn("extend", "path", message);
        return Ok(config);
    }
    let (name, text) = loader.load(path, chain.last())?;
    if chain.contains(&name) {
        return Err(ImportError::new(
            &import.differences.file,
            format!("extend: {path:?} comes back to a file that extends it"),
        ));
    }
    let shown = name.display().to_string();
    let outer = std::mem::replace(&mut import.differences, Differences::new(&shown));
    let base = read::read(&text, &mut import.differences)
        .map_err(|message| ImportError::new(&shown, message));
    chain.push(name);
    let base = base.and_then(|base| follow(base, import, loader, chain));
    let inner = std::mem::replace(&mut import.differences, outer);
    import.differences.all.extend(inner.all);
    let mut base = base?;
    for id in &extend.disabled {
        let count = base.rules.len();
        base.rules.retain(|rule| rule.id != *id);
        if count == base.rules.len() && !extend.use_default {
            let message = format!("{id:?} is no rule of {shown}");
            import.differences.warn("extend", "disabledRules", message);
        }
    }
    Ok(merged(base, config))
}

/// What a file says, over what it extends: texts and numbers that it has replace the base's, lists are added to them.
fn merged(mut base: Config, child: Config) -> Config {
    for rule in child.rules {
        match base.rules.iter_mut().find(|known| known.id == rule.id) {
            Some(known) => known.override_by(rule),
            None => base.rules.push(rule),
        }
    }
    let mut allowlists = child.allowlists;
    allowlists.append(&mut base.allowlists);
    base.allowlists = allowlists;
    base
}

impl Rule {
    fn override_by(&mut self, child: Self) {
        if !child.description.is_empty() {
            self.description = child.description;
        }
        if child.entropy != 0.0 {
            self.entropy = child.entropy;
        }
        if child.secret_group != 0 {
            self.secret_group = child.secret_group;
        }
        self.regex = child.regex.or_else(|| self.regex.take());
        self.path = child.path.or_else(|| self.path.take());
        self.keywords.extend(child.keywords);
        self.allowlists.extend(child.allowlists);
    }
}

/// Tells rules that only make sense over a base that is not here.
pub(super) fn tell_baseless(rule: &Rule, uses_builtin: bool, differences: &mut Differences) {
    if uses_builtin {
        differences.warn(
            &place(&rule.id),
            "regex",
            "the rule changes one of gitleaks' own, which is not here; the built-in rules are not changed",
        );
    } else {
        let message = "the rule has neither regex nor path, which gitleaks refuses; it is left out";
        differences.error(&place(&rule.id), "regex", message);
    }
}
