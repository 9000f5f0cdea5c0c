//! Lists the rule files, so that a new one needs no line of code.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?;
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let folder = Path::new(&root).join("builtin");
    println!("cargo::rerun-if-changed={}", folder.display());

    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?
            .file_name()
            .into_string()
            .map_err(|_| io::ErrorKind::InvalidData)?;
        if name.ends_with(".toml") {
            names.push(name);
        }
    }
    names.sort();

    let mut code = String::from("&[\n");
    for name in names {
        let path = folder.join(&name);
        writeln!(
            code,
            "    (\"rules/builtin/{name}\", include_str!({path:?})),"
        )
        .map_err(io::Error::other)?;
    }
    code.push_str("]\n");
    fs::write(Path::new(&out).join("files.rs"), code)
}
