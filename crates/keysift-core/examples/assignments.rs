//! Writes the assignments in texts with the features that the model sees, for training and evaluation.
//!
//! Reads JSON lines with `id` and `text` from standard input, or, with `--files`, the paths of files. Writes one JSON
//! line for each literal that the model judges: `id`, `line` (1-based in the text), `start` and `end` (bytes in the text), `kind`, `syntax`,
//! `name`, `value` and `features`. With `--names` it writes the features' names and ends.

use std::io::{self, BufRead, BufWriter, Write};

use keysift_core::assign::{self, FEATURE_NAMES, NameKind, Nature};
use serde_json::{Value, json};

#[expect(
    clippy::disallowed_methods,
    reason = "a tool for training, which reads the files it is told"
)]
fn main() -> io::Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let mut out = BufWriter::new(io::stdout().lock());
    if paths.first().is_some_and(|first| first == "--names") {
        return writeln!(out, "{}", json!(FEATURE_NAMES));
    }
    for line in io::stdin().lock().lines() {
        let line = line?;
        if paths.first().is_some_and(|first| first == "--files") {
            write(&mut out, &json!(line), &std::fs::read(&line)?)?;
            continue;
        }
        let record: Value = serde_json::from_str(&line)?;
        let text = record["text"].as_str().unwrap_or_default();
        write(&mut out, &record["id"], text.as_bytes())?;
    }
    out.flush()
}

fn write(out: &mut impl Write, id: &Value, bytes: &[u8]) -> io::Result<()> {
    for candidate in assign::candidates(bytes) {
        if candidate.nature != Nature::Literal || candidate.kind == NameKind::Address {
            continue;
        }
        let text = |span: keysift_core::Span| {
            String::from_utf8_lossy(&bytes[span.start..span.end]).into_owned()
        };
        let line = 1 + bytes[..candidate.value.start]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let record = json!({
            "id": id,
            "line": line,
            "start": candidate.value.start,
            "end": candidate.value.end,
            "kind": candidate.kind,
            "syntax": format!("{:?}", candidate.syntax),
            "name": text(candidate.name),
            "value": text(candidate.value),
            "features": candidate.features,
        });
        writeln!(out, "{record}")?;
    }
    Ok(())
}
