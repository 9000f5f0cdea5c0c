//! Turns published example values into lines of `src/check/published.tsv`.
//!
//! Reads `value<TAB>provider<TAB>source` from standard input; writes `digest<TAB>provider<TAB>source`, sorted.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut lines = BTreeSet::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if let Some((value, rest)) = line.split_once('\t') {
            lines.insert(format!(
                "{}\t{rest}",
                keysift_core::published_digest(value.as_bytes())
            ));
        }
    }
    let mut out = io::stdout().lock();
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}
