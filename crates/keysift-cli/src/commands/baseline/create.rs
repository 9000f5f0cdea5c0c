//! `keysift baseline create`.

use std::io::{self, Write as _};

use keysift::baseline::{Baseline, Scanned};

use super::scan;
use crate::args::CreateArgs;
use crate::exit::{Exit, Hint};
use crate::say;

pub(crate) fn run(args: &CreateArgs) -> anyhow::Result<Exit> {
    let scanned = if args.history {
        Scanned::History
    } else {
        Scanned::Files
    };
    let settings = scan::settings(&args.scan, scanned)?;
    let path = super::path(&args.scan, &settings)?;
    if path.exists() {
        let message = format!("{}: the baseline exists", path.display());
        let hint = "`keysift baseline update` brings it up to date and keeps its reasons";
        return Err(Hint::new(message, hint).into());
    }
    let mut baseline = Baseline::with_new_key(scanned);
    let outcome = scan::run(&args.scan, &settings, &baseline, &path, false)?;
    baseline.update(outcome.found, &args.scan.reason, |_| true);
    baseline.write(&path)?;
    let name = keysift_report::escape(path.as_os_str().as_encoded_bytes());
    let count = baseline.entries.len();
    writeln!(
        io::stdout().lock(),
        "{name}: written, {count} to review with `keysift baseline audit`"
    )?;
    say(&format!(
        "hint: `{name} merge=union` in .gitattributes lets two branches add the same place\n"
    ));
    Ok(if outcome.summary.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}
