//! `keysift baseline`: making, updating, auditing and checking baselines.

mod audit;
mod check;
mod create;
mod scan;
mod update;

use std::path::PathBuf;

use keysift::baseline::FILE_NAME;

use crate::args::{BaselineCommand, BaselineScanArgs};
use crate::exit::Exit;
use crate::settings::Settings;

pub(crate) fn run(command: BaselineCommand) -> anyhow::Result<Exit> {
    match command {
        BaselineCommand::Create(args) => create::run(&args),
        BaselineCommand::Update(args) => update::run(&args),
        BaselineCommand::Audit(args) => audit::run(&args),
        BaselineCommand::Check(args) => check::run(&args),
    }
}

/// The baseline's file: as it was typed, as the configuration names it, or as it is called by default.
fn path(args: &BaselineScanArgs, settings: &Settings) -> anyhow::Result<PathBuf> {
    let path = settings.baseline_path(&args.engine.config)?;
    Ok(path.unwrap_or_else(|| FILE_NAME.into()))
}
