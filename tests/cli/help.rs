//! What the program says of itself.

use crate::harness::{Outcome, Place, is_golden};

pub(crate) const COMMANDS: [&[&str]; 48] = [
    &["baseline"],
    &["baseline", "audit"],
    &["baseline", "check"],
    &["baseline", "create"],
    &["baseline", "update"],
    &["config"],
    &["config", "check"],
    &["config", "init"],
    &["config", "reference"],
    &["config", "schema"],
    &["config", "show"],
    &["scan"],
    &["git"],
    &["explain"],
    &["hook"],
    &["hook", "install"],
    &["hook", "uninstall"],
    &["hook", "status"],
    &["hook", "run"],
    &["rules"],
    &["rules", "list"],
    &["rules", "show"],
    &["rules", "test"],
    &["rules", "check"],
    &["rules", "checks"],
    &["rules", "cost"],
    &["inventory"],
    &["inventory", "update"],
    &["inventory", "list"],
    &["inventory", "show"],
    &["inventory", "summary"],
    &["inventory", "diff"],
    &["inventory", "export"],
    &["inventory", "approve"],
    &["inventory", "assign"],
    &["inventory", "retire"],
    &["inventory", "review"],
    &["inventory", "waive"],
    &["inventory", "merge"],
    &["inventory", "unite"],
    &["inventory", "verify"],
    &["check"],
    &["plan"],
    &["plan", "rotate"],
    &["plan", "retire"],
    &["import"],
    &["completions"],
    &["man"],
];

fn run(command: &[&str], flag: &str) -> Outcome {
    let outcome = Place::new()
        .run(command.iter().copied().chain([flag]))
        .exits(0);
    assert_eq!(outcome.stderr, "");
    outcome
}

#[test]
fn help_is_what_its_goldens_hold() {
    is_golden("help.txt", &run(&[], "--help").stdout);
    is_golden("help-scan.txt", &run(&["scan"], "--help").stdout);
}

#[test]
fn every_command_has_help() {
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            run(command, flag).says(&format!("Usage: keysift {}", command.join(" ")));
        }
    }
}

#[test]
fn help_tells_the_exit_codes_where_there_is_more_than_one() {
    for command in [&[][..], &["scan"], &["git"]] {
        run(command, "--help")
            .says("Exit codes:\n  0  nothing was found\n  1  findings\n  2  wrong usage")
            .says("\n  3  incomplete");
    }
    run(&[], "-h").says("Exit codes:\n");
    run(&["rules", "test"], "--help").says("The exit code is 1 when an example fails.");
    run(&["rules", "check"], "--help").says("The exit code is 2 when one cannot be used.");
}

/// What is written behind `--enable` in help must be there.
#[test]
fn rules_that_help_names_exist() {
    let help = run(&["scan"], "--help").stdout;
    let words: Vec<&str> = help.split_whitespace().collect();
    let named = words
        .windows(2)
        .filter(|pair| pair[0] == "--enable" && pair[1] != "<RULE>");
    let place = Place::new();
    for pair in named {
        let rule = pair[1].trim_matches('\'');
        place.run(["rules", "list", "--enable", rule]).exits(0);
    }
}

#[test]
fn no_help_has_a_line_that_is_too_wide() {
    for command in [&[][..]].iter().chain(&COMMANDS) {
        let help = run(command, "--help").stdout;
        let wide = help.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{command:?}");
    }
}

#[test]
fn every_command_has_a_version() {
    assert_eq!(run(&[], "--version").stdout, "keysift [version]\n");
    assert_eq!(run(&[], "-V").stdout, "keysift [version]\n");
    for command in COMMANDS {
        run(command, "--version").says(" [version]\n");
    }
}

#[test]
fn completions_are_printed_for_every_shell() {
    for (shell, part) in [
        ("bash", "complete -F _keysift"),
        ("zsh", "#compdef keysift"),
        ("fish", "complete -c keysift"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[keysift]"),
    ] {
        let script = run(&["completions"], shell);
        assert!(script.stdout.contains(part), "{shell}: {}", script.stdout);
        assert!(script.stdout.contains("show-secrets"), "{shell}");
    }
}

#[test]
fn the_manual_page_tells_of_every_command() {
    let page = Place::new().run(["man"]).exits(0).stdout;
    let first = page.lines().next().unwrap();
    assert!(
        first.starts_with(".TH") || first.starts_with(".ie"),
        "{first}"
    );
    assert!(page.contains("\n.TH keysift 1"), "{page}");
    for section in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "KEYSIFT SCAN",
        "KEYSIFT RULES LIST",
    ] {
        let plain = format!(".SH {section}\n");
        let quoted = format!(".SH \"{section}\"\n");
        assert!(page.contains(&plain) || page.contains(&quoted), "{section}");
    }
    for command in COMMANDS {
        let name = format!("KEYSIFT {}", command.join(" ").to_uppercase());
        assert!(page.contains(&name), "{name}");
    }
    assert!(page.contains("Exit codes:"));
}
