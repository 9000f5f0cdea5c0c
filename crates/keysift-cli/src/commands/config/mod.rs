//! `keysift config`: what a configuration says, what is wrong with one, and the beginning of one.

mod check;
mod init;
mod reference;
mod schema;
mod show;

use crate::args::ConfigCommand;
use crate::exit::Exit;

pub(crate) fn run(command: ConfigCommand) -> anyhow::Result<Exit> {
    match command {
        ConfigCommand::Show(args) => show::run(&args),
        ConfigCommand::Check(args) => check::run(&args),
        ConfigCommand::Init(args) => init::run(&args),
        ConfigCommand::Schema => schema::run(),
        ConfigCommand::Reference => reference::run(),
    }
}
