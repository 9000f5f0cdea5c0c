//! `keysift config init`: a file with every key, commented out.

use std::fs::File;
use std::io::{self, Write as _};

use anyhow::Context as _;
use keysift::config::{FILE_NAME, Key, Kind, SCHEMA};

use super::reference::wanted;
use crate::args::ConfigInitArgs;
use crate::exit::{Exit, Hint};

/// How wide comments are.
const WIDTH: usize = 98;

pub(crate) fn run(args: &ConfigInitArgs) -> anyhow::Result<Exit> {
    let text = text();
    if args.print {
        io::stdout().lock().write_all(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let path = args.directory.join(FILE_NAME);
    let name = path.display().to_string();
    let mut file = match File::options().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let hint = "`keysift config init --print` shows what it would hold";
            return Err(Hint::new(format!("{name}: the file exists"), hint).into());
        }
        Err(error) => return Err(error).with_context(|| format!("{name}: cannot be written")),
    };
    file.write_all(text.as_bytes())
        .with_context(|| format!("{name}: cannot be written"))?;
    let name = keysift_report::escape(name.as_bytes());
    writeln!(
        io::stdout().lock(),
        "{name}: written; nothing in it is in force until you take a # away"
    )?;
    Ok(Exit::Clean)
}

/// The file: keys of the top first, then each table.
fn text() -> String {
    let mut out = String::from(
        "# The configuration of keysift. Each key stands here with an example; docs/configuration.md says more.\n\
         # `keysift config check` says what is wrong with this file, `keysift config show` what is in force.\n",
    );
    let is_table = |key: &&Key| matches!(key.kind, Kind::Table(_) | Kind::Tables(_));
    for key in SCHEMA.iter().filter(|key| !is_table(key)) {
        write_key(&mut out, key);
    }
    for key in SCHEMA.iter().filter(is_table) {
        let (heading, keys) = match key.kind {
            Kind::Table(keys) => (format!("# [{}]", key.name), keys),
            Kind::Tables(keys) => (format!("# [[{}]]", key.name), keys),
            _ => continue,
        };
        out.push('\n');
        comment(&mut out, key.meaning);
        out.push_str(&heading);
        out.push('\n');
        keys.iter().for_each(|key| write_key(&mut out, key));
    }
    out
}

fn write_key(out: &mut String, key: &Key) {
    if key.example.is_empty() {
        return;
    }
    out.push('\n');
    let default = match (key.is_required, key.default) {
        (true, _) => "required".to_owned(),
        (false, default) => format!("default: {default}"),
    };
    comment(
        out,
        &format!("{} ({}; {default})", key.meaning, wanted(key.kind)),
    );
    out.push_str(&format!("# {} = {}\n", key.name, key.example));
}

fn comment(out: &mut String, text: &str) {
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.len() + word.len() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}
