//! Writes the seeds of every target as files, for a fuzzer to begin with: `seeds <folder>`, one folder a target in it.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder: PathBuf = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "tests/fuzz/corpus".into())
        .into();
    for (name, _) in keysift_fuzz::TARGETS {
        let target = folder.join(name);
        fs::create_dir_all(&target)?;
        for (number, seed) in keysift_fuzz::seeds::seeds(name).iter().enumerate() {
            fs::write(target.join(format!("seed-{number:04}")), seed)?;
        }
    }
    Ok(())
}
