//! Works the built-in rules out, so that a start of the program need not.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use keysift_core::RuleSet;

fn main() -> Result<(), Box<dyn Error>> {
    let mut rules = RuleSet::new();
    for (file, text) in keysift_rules::FILES {
        rules.merge(RuleSet::parse(file, text)?)?;
    }
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&out).join("builtin.rules"), rules.prepare()?)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
