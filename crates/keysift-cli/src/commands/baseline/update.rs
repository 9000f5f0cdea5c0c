//! `keysift baseline update`.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use keysift::baseline::{Baseline, Entry, Places, Scanned};

use super::scan;
use crate::args::BaselineScanArgs;
use crate::exit::Exit;
use crate::say;

pub(crate) fn run(args: &BaselineScanArgs) -> anyhow::Result<Exit> {
    let settings = scan::settings(args, Scanned::Files)?;
    let path = super::path(args, &settings)?;
    let mut baseline = Baseline::open(&path)?;
    let settings = match baseline.scanned {
        Scanned::Files => settings,
        Scanned::History => scan::settings(args, Scanned::History)?,
    };
    let outcome = scan::run(args, &settings, &baseline, &path, false)?;
    let is_complete = !outcome.summary.is_incomplete();
    let places = Places::new(Arc::clone(&settings.configuration), &path);
    let roots = args
        .paths
        .iter()
        .filter_map(|path| fs::canonicalize(path).ok());
    let roots: Vec<PathBuf> = roots.collect();
    let is_history = baseline.scanned == Scanned::History;
    let changes = baseline.update(outcome.found, &args.reason, |place| {
        is_complete && (is_history || places.is_below(place, &roots))
    });
    baseline.write(&path)?;
    let mut out = io::stdout().lock();
    let mut list = |sign: char, entries: &[Entry]| {
        entries.iter().try_for_each(|entry| {
            let line = format!("{sign} {} {}", entry.rule, entry.place);
            writeln!(out, "{}", keysift_report::escape(line.as_bytes()))
        })
    };
    list('+', &changes.added)?;
    list('-', &changes.gone)?;
    let (added, gone) = (changes.added.len(), changes.gone.len());
    writeln!(out, "{added} added, {gone} gone, {} kept", changes.kept)?;
    if !is_complete {
        say("not all could be scanned: nothing was taken out\n");
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Clean)
}
