//! The commands of `docs/baseline.md` and `docs/configuration.md` do what the pages say.

use crate::harness::{ACME, Place};

/// The commands in the page's blocks of `sh`, without comments.
fn commands(page: &str) -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let commands = lines.map(|line| {
        line.split(" #")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    });
    commands
        .filter(|line| line.starts_with("keysift "))
        .collect()
}

#[test]
fn every_command_of_the_pages_runs() {
    for page in ["baseline.md", "configuration.md"] {
        let place = Place::new();
        place.write(".git/HEAD", "ref: refs/heads/main\n");
        place.write("src/a.txt", format!("key = {}\n", ACME[0]));
        let commands = commands(page);
        assert!(commands.len() >= 3, "{page} has commands");
        for command in commands {
            let args: Vec<&str> = command.split_whitespace().skip(1).collect();
            let outcome = place.run(args);
            let needs_a_terminal = command.contains(" audit");
            assert_eq!(
                outcome.code == Some(0),
                !needs_a_terminal,
                "{command}: {outcome:#?}"
            );
        }
    }
}
