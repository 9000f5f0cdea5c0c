//! `keysift hook install`.

use std::env;
use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Parser as _;
use keysift::source::git::hook::{self, Hook, Installed, Manager};

use super::place;
use crate::args::{Args, BudgetArgs, InstallArgs, OnTimeout};
use crate::exit::{Exit, Hint};

pub(super) fn run(args: &InstallArgs) -> anyhow::Result<Exit> {
    let (place, repository) = place(&args.place)?;
    let mut hooks = args.place.named();
    if hooks.is_empty() {
        let is_bare = repository.is_some_and(|repository| repository.is_bare());
        hooks.push(if is_bare {
            Hook::PreReceive
        } else {
            Hook::PreCommit
        });
    }
    if args.budget.time_budget.is_some() && !hooks.iter().any(|hook| is_for_servers(*hook)) {
        let hint = "add --pre-receive or --update";
        return Err(Hint::new("a time budget is for the hooks of a server", hint).into());
    }
    let options: Vec<(Hook, Vec<String>)> = hooks
        .iter()
        .map(|hook| Ok((*hook, options(args, *hook)?)))
        .collect::<anyhow::Result<_>>()?;
    let program = env::current_exe().context("the program does not know where it lies")?;
    let mut out = io::stdout().lock();
    for (hook, options) in options {
        let file = place.file(hook);
        let file = keysift_report::escape(file.as_os_str().as_encoded_bytes());
        match hook::install(&place, hook, &program, &options)? {
            Installed::New => writeln!(out, "{hook}: installed in {file}")?,
            Installed::Added => writeln!(out, "{hook}: added to {file}")?,
            Installed::Chained(kept) => {
                let kept = keysift_report::escape(kept.as_os_str().as_encoded_bytes());
                writeln!(
                    out,
                    "{hook}: installed in {file}; the hook that was there is kept as {kept} and runs first"
                )?;
            }
            _ => writeln!(out, "{hook}: was installed in {file} already")?,
        }
        if let Some(manager) = place.manager() {
            out.write_all(advice(manager, hook, &options).as_bytes())?;
        }
    }
    Ok(Exit::Clean)
}

fn is_for_servers(hook: Hook) -> bool {
    matches!(hook, Hook::PreReceive | Hook::Update)
}

/// The options that are written into a hook, which must be ones that it takes when it runs.
fn options(args: &InstallArgs, hook: Hook) -> anyhow::Result<Vec<String>> {
    let mut options = args.options.clone();
    if is_for_servers(hook) {
        options.extend(budget(&args.budget));
    }
    let typed = ["keysift", "hook", "run", hook.name()];
    let typed = typed.into_iter().chain(options.iter().map(String::as_str));
    let hint = format!("`keysift hook run {hook} --help` lists the options of a hook");
    match Args::try_parse_from(typed) {
        Ok(parsed) if parsed.has_hook_arguments() => {
            Err(Hint::new("what Git gives a hook cannot be written into it", hint).into())
        }
        Ok(_) => Ok(options),
        Err(error) => {
            let told = error.to_string();
            let first = told.lines().next().unwrap_or_default();
            let first = first.strip_prefix("error: ").unwrap_or(first);
            Err(Hint::new(format!("{hook}: {first}"), hint).into())
        }
    }
}

fn budget(args: &BudgetArgs) -> Vec<String> {
    let Some(budget) = args.time_budget else {
        return Vec::new();
    };
    let policy = match args.on_timeout {
        OnTimeout::Refuse => "refuse",
        OnTimeout::Allow => "allow",
    };
    vec![
        format!("--time-budget={}ms", budget.as_millis()),
        format!("--on-timeout={policy}"),
    ]
}

/// What to know of a program that looks after hooks as well.
fn advice(manager: Manager, hook: Hook, options: &[String]) -> String {
    match manager {
        Manager::Lefthook => {
            let options = options.iter().map(|option| hook::quoted(option) + " ");
            let command = format!(
                "keysift hook run {hook} {}-- {{0}}",
                options.collect::<String>()
            );
            let command = keysift_report::escape(command.as_bytes()).replace('\'', "''");
            format!(
                "note: `lefthook install` writes its hooks anew and moves ours away; this in lefthook.yml stays:\n\
                 {hook}:\n  commands:\n    keysift:\n      run: '{command}'\n"
            )
        }
        Manager::PreCommit => {
            "note: the framework pre-commit can run keysift itself: see the README on .pre-commit-config.yaml\n"
                .to_owned()
        }
        _ => String::new(),
    }
}
