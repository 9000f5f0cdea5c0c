//! `keysift baseline check`.

use std::io::{self, Write as _};
use std::time::SystemTime;

use keysift::Day;
use keysift::baseline::{Baseline, Status};

use crate::args::CheckArgs;
use crate::exit::Exit;

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let baseline = Baseline::open(&args.file)?;
    let mut out = io::stdout().lock();
    let name = keysift_report::escape(args.file.as_os_str().as_encoded_bytes());
    let faults = baseline.faults(Day::of(SystemTime::now()));
    for fault in &faults {
        writeln!(out, "{name}: {}", keysift_report::escape(fault.as_bytes()))?;
    }
    if !faults.is_empty() {
        writeln!(
            out,
            "`keysift baseline update` puts lines in order; a line past its day is for you to decide on"
        )?;
        return Ok(Exit::Findings);
    }
    let count = |status: Status| {
        baseline
            .entries
            .iter()
            .filter(|it| it.status == status)
            .count()
    };
    writeln!(
        out,
        "{name}: in order: {} accepted, {} real, {} unreviewed",
        count(Status::Accepted),
        count(Status::Real),
        count(Status::Unreviewed)
    )?;
    Ok(Exit::Clean)
}
