//! Files of other scanners that have a say in a scan.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keysift::config::Tree;
use keysift::import::{self, Kind, SilenceScreen};
use keysift::{Rule, RuleSet, Screen};

use crate::args::ConfigArgs;
use crate::{rules, say};

/// What they say.
#[derive(Debug)]
pub(crate) struct Others {
    rules: RuleSet,
    screen: Arc<SilenceScreen>,
    /// Whether `--baseline` names a file of another scanner.
    pub(crate) have_baseline: bool,
}

impl Others {
    /// Reads the files at the top of each tree, unless what is scanned has no say, and a baseline of another scanner.
    pub(crate) fn read(args: &ConfigArgs, trees: &[Tree]) -> anyhow::Result<Self> {
        let mut others = import::Others::default();
        if args.config_only.is_none() && !args.no_config {
            let mut tops: Vec<&Path> = trees.iter().map(Tree::top).collect();
            tops.sort_unstable();
            tops.dedup();
            for top in tops {
                others.discover(top)?;
            }
        }
        let baseline = args.baseline.as_ref().filter(|path| is_of_another(path));
        if let Some(path) = baseline {
            others.accept(path)?;
        }
        for warning in &others.warnings {
            say(&format!("{}\n", keysift_report::escape(warning.as_bytes())));
        }
        Ok(Self {
            rules: others.rules,
            screen: Arc::new(others.screen),
            have_baseline: baseline.is_some(),
        })
    }

    /// Adds their rules, but those of files that `named` names as well: these are there already.
    pub(crate) fn add_rules(&self, all: &mut RuleSet, named: &[PathBuf]) -> anyhow::Result<()> {
        let named: Vec<PathBuf> = named
            .iter()
            .filter_map(|it| it.canonicalize().ok())
            .collect();
        let is_named = |rule: &Rule| {
            let file = Path::new(&rule.file).canonicalize();
            file.is_ok_and(|file| named.contains(&file))
        };
        let mut more = self.rules.clone();
        let known: Vec<String> = more
            .iter()
            .filter(|rule| is_named(rule))
            .map(|rule| rule.id.clone())
            .collect();
        more.retain_ids(|id| !known.iter().any(|known| known == id));
        rules::add(all, more)
    }

    /// What keeps findings from being reported.
    pub(crate) fn screen(&self) -> Arc<dyn Screen> {
        Arc::clone(&self.screen) as Arc<dyn Screen>
    }

    /// Says how many findings each file has kept from being reported.
    pub(crate) fn tell(&self) {
        for (name, count) in self.screen.counts().filter(|(_, count)| *count > 0) {
            let name = keysift_report::escape(name.as_bytes());
            let findings = if count == 1 { "finding" } else { "findings" };
            say(&format!("{name}: {count} {findings} not reported\n"));
        }
    }
}

/// Whether a baseline is another scanner's. One that cannot be read is left for its reader to complain of.
fn is_of_another(path: &Path) -> bool {
    import::kind_of_file(path).is_some_and(Kind::is_baseline)
}
