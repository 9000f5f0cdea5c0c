//! `keysift hook run`: what a hook does when Git calls it.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufWriter, IsTerminal as _, Read as _};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context as _;
use keysift::baseline::Extent;
use keysift::source::Source;
use keysift::source::git::hook::Hook;
use keysift::source::git::{
    self, ChangeOptions, Known, MessageFile, PushedRef, Range, Repository, RepositoryOptions,
    Revisions, Staged,
};
use keysift::{Order, ScanOptions};
use keysift_report::{Color, ReportOptions, Stopped};

use crate::args::{BudgetArgs, OnTimeout, RunArgs};
use crate::commands::engine::{self, Nothing, interrupted_by_signals};
use crate::commands::scan;
use crate::exit::{Exit, Hint};
use crate::say;
use crate::settings::Settings;

pub(super) fn run(args: &RunArgs) -> anyhow::Result<Exit> {
    let hook = Hook::from_name(&args.hook).context("no such hook")?;
    let stopped = match hook {
        Hook::PreCommit => Stopped::Commit,
        Hook::CommitMsg => Stopped::Message,
        Hook::PrePush => Stopped::Push,
        _ => Stopped::Receive,
    };
    if stopped != Stopped::Receive
        && let Some(variable) = skipping_variable()
    {
        say(&format!(
            "keysift: {hook} was skipped by {variable}; nothing was checked\n"
        ));
        return Ok(Exit::Clean);
    }
    let repository = git::open(Path::new("."), &RepositoryOptions::default())?;
    let settings = Settings::of_repository(&args.engine.config, &repository)?;
    let Some(source) = source(hook, repository, args)? else {
        return Ok(Exit::Clean);
    };
    let source = scan::opened(source, settings.archives(&args.archives));
    let should_interrupt = interrupted_by_signals()?;
    let is_late = deadline(&args.budget, &should_interrupt);
    let (scanner, screen) = engine::scanner(&args.engine, &settings, false)?;
    let screen = settings.with_baseline(screen, &args.engine.config, Extent::Changes)?;
    let mut sink = keysift_report::blocked(
        Box::new(BufWriter::new(io::stderr())),
        stopped,
        &report_options(),
    );
    let options = ScanOptions::default()
        .threads(settings.threads(&args.engine))
        .screen(Some(screen))
        .order(Order::ByOrigin);
    let summary = keysift::scan(&scanner, &*source, &mut sink, &options, &should_interrupt)?;
    // The program ends here: giving the memory back piece by piece takes a noticeable part of a hook's time.
    mem::forget(scanner);
    // A scan that was ready in time may see the flag all the same.
    if summary.is_interrupted && is_late.load(Ordering::Relaxed) {
        let is_let_in =
            args.budget.on_timeout == OnTimeout::Allow && summary.counters.findings == 0;
        let (policy, exit) = if is_let_in {
            ("the push is let in unchecked from there", Exit::Clean)
        } else {
            ("the push is refused", Exit::Incomplete)
        };
        say(&format!(
            "keysift: the time budget of {hook} was used up; {policy}\n"
        ));
        return Ok(exit);
    }
    Ok(engine::outcome(
        &summary,
        args.engine.exit_zero_incomplete,
        Nothing::IsFine,
    ))
}

fn report_options() -> ReportOptions {
    let is_terminal = io::stderr().is_terminal();
    let has_color = is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    ReportOptions {
        color: if has_color {
            Color::Always
        } else {
            Color::Never
        },
        width: if is_terminal {
            terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into())
        } else {
            None
        },
        ..ReportOptions::default()
    }
}

/// What the hook has to scan; `None` when it is nothing.
fn source(
    hook: Hook,
    repository: Repository,
    args: &RunArgs,
) -> anyhow::Result<Option<Box<dyn Source>>> {
    let argument = |index: usize, what: &str| -> anyhow::Result<&OsStr> {
        let given = args.arguments.get(index).map(|argument| &**argument);
        given.ok_or_else(|| {
            let hint = format!("Git gives it: `keysift hook run {hook} -- \"$@\"`");
            Hint::new(format!("{hook}: {what} is missing"), hint).into()
        })
    };
    let text = |index: usize, what: &str| -> anyhow::Result<String> {
        Ok(argument(index, what)?.to_string_lossy().into_owned())
    };
    let pushed = |refs: Vec<PushedRef>, known: Known| -> Option<Box<dyn Source>> {
        if refs.iter().all(|changed| changed.new.is_none()) {
            return None;
        }
        let revisions = Revisions::Pushed { refs, known };
        Some(Box::new(Range::new(
            repository.clone(),
            revisions,
            ChangeOptions::default(),
        )))
    };
    Ok(match hook {
        Hook::PreCommit => Some(Box::new(Staged::new(repository, ChangeOptions::default()))),
        Hook::CommitMsg => {
            let path = PathBuf::from(argument(0, "the message's file")?);
            // Git tells its hooks so that no editor was opened.
            let was_edited = env::var_os("GIT_EDITOR").is_none_or(|editor| editor != ":");
            Some(Box::new(MessageFile::new(&repository, path, was_edited)))
        }
        Hook::PrePush => {
            let remote = text(0, "the remote's name")?;
            pushed(
                PushedRef::of_pre_push(&told_by_git()?)?,
                Known::Remote(remote),
            )
        }
        Hook::PreReceive => pushed(
            PushedRef::of_pre_receive(&told_by_git()?)?,
            Known::References,
        ),
        _ => {
            let name = text(0, "the reference")?;
            let (old, new) = (text(1, "the old id")?, text(2, "the new id")?);
            pushed(vec![PushedRef::new(&name, &old, &new)?], Known::References)
        }
    })
}

/// What Git writes on a hook's standard input.
fn told_by_git() -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    io::stdin()
        .read_to_end(&mut bytes)
        .context("standard input: cannot be read")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The variable that asks for the hook to be skipped.
fn skipping_variable() -> Option<&'static str> {
    let skip = env::var_os("SKIP").unwrap_or_default();
    if skip
        .to_string_lossy()
        .split(',')
        .any(|name| name.trim() == "keysift")
    {
        return Some("SKIP");
    }
    let reason = env::var_os("KEYSIFT_SKIP")?;
    (!reason.is_empty()).then_some("KEYSIFT_SKIP")
}

/// Ends the scan when its time is used up; gives a flag that says so then.
fn deadline(budget: &BudgetArgs, should_interrupt: &Arc<AtomicBool>) -> Arc<AtomicBool> {
    let is_late = Arc::new(AtomicBool::new(false));
    if let Some(time) = budget.time_budget {
        let (late, interrupt) = (Arc::clone(&is_late), Arc::clone(should_interrupt));
        // It ends with the program.
        thread::spawn(move || {
            thread::sleep(time);
            late.store(true, Ordering::Relaxed);
            interrupt.store(true, Ordering::Relaxed);
        });
    }
    is_late
}
