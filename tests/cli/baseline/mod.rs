//! Baselines, seen from outside.

#[cfg(unix)]
mod audit;
mod merge;
mod scans;
mod update;

use crate::harness::{ACME, Place};

/// What makes a command look for made-up secrets of our own alone.
pub(crate) const OURS: [&str; 4] = ["--rules", "../acme.toml", "--enable", "acme-*"];

/// A repository's directory with a secret in each of two files.
pub(crate) fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write("a/one.txt", format!("key = {}\n", ACME[0]));
    place.write("two.txt", format!("key = {}\n", ACME[1]));
    place
}

/// Runs `keysift baseline COMMAND` with our rules.
pub(crate) fn baseline(place: &Place, command: &str, args: &[&str]) -> crate::harness::Outcome {
    let arguments = ["baseline", command].into_iter().chain(OURS);
    place.run(arguments.chain(args.iter().copied()))
}

/// Puts another status, last day and reason into the lines that hold `part`.
pub(crate) fn decide(place: &Place, part: &str, decision: &str) {
    let text = place.read("keysift.baseline");
    let line = |line: &str| {
        if line.starts_with('#') || !line.contains(part) {
            return format!("{line}\n");
        }
        let fields: Vec<&str> = line.splitn(6, ' ').collect();
        format!("{} {decision}\n", fields[..3].join(" "))
    };
    place.write(
        "keysift.baseline",
        text.lines().map(line).collect::<String>(),
    );
}
