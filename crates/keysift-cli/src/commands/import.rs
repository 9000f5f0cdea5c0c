//! `keysift import`: files of other scanners, written as keysift's own.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use keysift::import::{self, Import, Kind, Trust, Weight};

use crate::args::ImportArgs;
use crate::exit::{Exit, Hint};
use crate::{rules, say};

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<Exit> {
    let kind = args.from.as_deref().and_then(Kind::from_name);
    let mut exit = Exit::Clean;
    for path in &args.files {
        let import = import::import_file(path, kind, Trust::Named)?;
        rules::tell(&import, Weight::Note);
        write(path, &import, args)?;
        say(&format!("{}\n", summary(path, &import)));
        if import
            .differences()
            .iter()
            .any(|difference| difference.weight == Weight::Error)
        {
            exit = Exit::Usage;
        }
    }
    Ok(exit)
}

/// Writes what a file gave: rules, and what is allowed for rules that are not in it.
fn write(path: &Path, import: &Import, args: &ImportArgs) -> anyhow::Result<()> {
    let rules = import.rules_text();
    let allow = import.config_for_others();
    let Some(folder) = &args.output else {
        io::stdout().lock().write_all(rules.as_bytes())?;
        if !allow.is_empty() {
            say(
                "what is allowed for rules that are not in the file is written with --output alone\n",
            );
        }
        return Ok(());
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{}-rules.toml", stem.trim_start_matches('.'));
    fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let mut config = String::new();
    if !rules.is_empty() {
        write_new(&folder.join(&name), &rules)?;
        config = format!("rules.files = [{}]\n\n", serde_json::to_string(&name)?);
    }
    if !allow.is_empty() {
        write_new(&folder.join("keysift.toml"), &(config + &allow))?;
    }
    Ok(())
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!("{}: the file is there already", path.display());
            Err(Hint::new(message, "move it away, or give another --output").into())
        }
        written => {
            written.with_context(|| format!("{}: cannot be written", path.display()))?;
            let name = keysift_report::escape(path.as_os_str().as_encoded_bytes());
            say(&format!("wrote {name}\n"));
            Ok(())
        }
    }
}

fn summary(path: &Path, import: &Import) -> String {
    let of = |weight| {
        import
            .differences()
            .iter()
            .filter(|difference| difference.weight == weight)
            .count()
    };
    format!(
        "{}: {} file, {} rules, {} accepted findings; {} errors, {} warnings, {} notes",
        keysift_report::escape(path.display().to_string().as_bytes()),
        import.kind(),
        import.rule_count(),
        import.accepted_count(),
        of(Weight::Error),
        of(Weight::Warning),
        of(Weight::Note),
    )
}
