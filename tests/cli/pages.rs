//! What the pages under `docs` and the README say of commands holds.

use std::path::{Path, PathBuf};

use crate::harness::{ACME, Place};
use crate::help::COMMANDS;
use crate::repository::{Repository, secret_line};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every page, by its path from the top.
fn pages() -> Vec<(String, String)> {
    let docs = root().join("docs").read_dir().unwrap();
    let names = docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = names.filter(|name| name.ends_with(".md"));
    let pages = pages.map(|name| format!("docs/{name}"));
    let mut all: Vec<String> = pages.chain(["README.md".to_owned()]).collect();
    all.sort();
    all.into_iter()
        .map(|page| {
            let text = std::fs::read_to_string(root().join(&page)).unwrap();
            (page, text)
        })
        .collect()
}

/// The commands in a page's blocks of `sh`, without comments and redirections.
fn commands(text: &str) -> Vec<String> {
    let blocks = text.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let commands = lines.map(|line| {
        let line = line.split(" #").next().unwrap_or_default();
        line.split(" > ")
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
fn every_command_of_these_pages_runs() {
    for (page, least) in [
        ("baseline", 5),
        ("configuration", 3),
        ("install", 3),
        ("start", 8),
        ("troubleshooting", 2),
    ] {
        let repository = Repository::with_commit();
        repository
            .place
            .write("src/a.txt", format!("key = {}\n", ACME[0]));
        let allowed = secret_line(1).replace('\n', " # keysift:allow\n");
        let config = format!("{}{allowed}", "key = 1\n".repeat(11));
        repository.place.write("src/config.py", config);
        let text = std::fs::read_to_string(root().join(format!("docs/{page}.md"))).unwrap();
        let commands = commands(&text);
        assert!(commands.len() >= least, "{page} has commands");
        for command in commands {
            let args: Vec<&str> = command.split_whitespace().skip(1).collect();
            let outcome = repository.run(args.iter().copied());
            // An audit needs a terminal, and what is explained is allowed.
            let wanted = match args[..] {
                ["baseline", "audit", ..] => 2,
                ["explain", ..] => 1,
                _ => 0,
            };
            assert_eq!(
                outcome.code,
                Some(wanted),
                "{page}: {command}: {outcome:#?}"
            );
        }
    }
}

/// The command and the options that a text between backticks names.
fn named(text: &str) -> (Vec<&str>, Vec<&str>) {
    let words: Vec<&str> = text.split_whitespace().skip(1).collect();
    let length = (0..=2.min(words.len()))
        .rev()
        .find(|length| *length == 0 || COMMANDS.contains(&&words[..*length]))
        .unwrap_or(0);
    let options = words
        .iter()
        .take_while(|word| **word != "--")
        .filter(|word| word.starts_with("--") && **word != "--");
    let options = options.map(|option| option.split(['=', '[']).next().unwrap_or(option));
    (words[..length].to_vec(), options.collect())
}

/// In a text as well as in a block: the command exists, and has the options that stand behind it.
#[test]
fn every_command_that_a_page_names_exists() {
    let place = Place::new();
    let mut count = 0;
    for (page, text) in pages() {
        let blocks = commands(&text);
        let spans: Vec<String> = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|span| span.starts_with("keysift ") && !span.contains('\n'))
            .map(str::to_owned)
            .collect();
        for command in blocks.iter().chain(&spans) {
            let (verb, options) = named(command);
            let first = command.split_whitespace().nth(1).unwrap();
            let is_option = first.starts_with('-');
            let is_word = first.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(
                is_option || !is_word || !verb.is_empty(),
                "{page}: {command}: no such command"
            );
            let help = place.run(verb.iter().copied().chain(["--help"])).exits(0);
            for option in options {
                let is_there = help
                    .stdout
                    .split(|c: char| c.is_whitespace() || c == ',')
                    .any(|word| word.split(['=', '[']).next() == Some(option));
                assert!(is_there, "{page}: {command}: {option} is not there");
            }
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

/// Each page is in the index, and what pages link to is there.
#[test]
fn every_link_leads_somewhere() {
    let index = std::fs::read_to_string(root().join("docs/README.md")).unwrap();
    for (page, text) in pages() {
        let name = page.rsplit('/').next().unwrap();
        let is_listed = index.contains(&format!("({name})"));
        assert!(
            is_listed || name == "README.md",
            "{page} is not in the index"
        );
        let folder = root().join(&page).parent().unwrap().to_owned();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            let is_path = !target.is_empty()
                && !target.contains("://")
                && target.bytes().all(|byte| byte.is_ascii_graphic());
            assert!(
                !is_path || folder.join(target).exists(),
                "{page}: {target} is not there"
            );
        }
    }
}
