//! `keysift man`: the manual page, commands and all.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::args::Args;
use crate::exit::Exit;

pub(crate) fn run() -> anyhow::Result<Exit> {
    let mut command = Args::command();
    command.build();
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        section(sub, &mut page)?;
        for leaf in sub
            .get_subcommands()
            .filter(|leaf| leaf.get_name() != "help")
        {
            section(leaf, &mut page)?;
        }
    }
    man.render_extra_section(&mut page)?;
    io::stdout().lock().write_all(&page)?;
    Ok(Exit::Clean)
}

/// A command as a section of the page.
fn section(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone());
    let name = command
        .get_bin_name()
        .unwrap_or_else(|| command.get_name())
        .to_uppercase();
    writeln!(page, ".SH \"{name}\"")?;
    let mut part = Vec::new();
    man.render_synopsis_section(&mut part)?;
    man.render_description_section(&mut part)?;
    man.render_options_section(&mut part)?;
    // The sections of a command become sub-sections of the page.
    let part = String::from_utf8_lossy(&part).replace("\n.SH ", "\n.SS ");
    page.write_all(
        part.strip_prefix(".SH ")
            .map_or_else(|| part.clone(), |rest| format!(".SS {rest}"))
            .as_bytes(),
    )
}
