//! `keysift inventory merge`: what other registries know.

use keysift_registry::Merged;

use super::{open, stamp, table};
use crate::args::MergeArgs;
use crate::exit::Exit;
use crate::say;

pub(super) fn run(args: &MergeArgs) -> anyhow::Result<Exit> {
    let mut registry = open(&args.registry)?;
    let stamp = stamp(&args.registry, &args.by)?;
    for other in &args.others {
        let merged = registry.merge(other, &stamp)?;
        say(&format!(
            "{}: {}\n",
            super::text(&other.display().to_string()),
            told(&merged)
        ));
    }
    Ok(Exit::Clean)
}

fn told(merged: &Merged) -> String {
    let mut parts = Vec::new();
    if merged.is_unchanged {
        parts.push("nothing new".to_owned());
    } else {
        parts.extend([
            table::count(merged.sources, "source", "sources"),
            table::count(merged.new_identities, "new identity", "new identities"),
            table::count(merged.new_credentials, "new credential", "new credentials"),
            table::count(merged.new_exposures, "new place", "new places"),
            table::count(merged.decisions, "decision", "decisions"),
        ]);
    }
    if merged.united > 0 {
        parts.push(format!(
            "{} a part of another one",
            table::count(merged.united, "identity is", "identities are")
        ));
    }
    if merged.disputed > 0 {
        parts.push(format!(
            "{} decided differently here, which stays",
            table::count(merged.disputed, "identity is", "identities are")
        ));
    }
    parts.join(", ")
}
