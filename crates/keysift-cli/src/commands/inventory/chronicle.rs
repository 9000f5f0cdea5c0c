//! What a history says round its findings: of people, of removals, of what stood there before, of programs that helped.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use keysift::Commit;
use keysift::source::git::{Committer, FileVersion, HeadLine, Held, History};
use keysift_registry::{Context, Contributor, Placeholder, Recorder, Removal};

/// Adds to the context what the history says of what was recorded.
pub(super) fn add(
    context: &mut Context,
    history: &History,
    recorder: &Recorder,
    should_interrupt: &AtomicBool,
) {
    context.contributors = contributors(history.committers(should_interrupt));
    context.directory_contributors = directories(history, recorder, should_interrupt);
    context.written = written(history, recorder, should_interrupt);
    context.removals = removals(history, recorder, should_interrupt);
    context.placeholders = placeholders(history, recorder, should_interrupt);
    context.assisted = history.assisted_by(&recorder.introducing_commits());
}

fn contributors(committers: Vec<Committer>) -> Vec<Contributor> {
    let committers = committers.into_iter();
    committers
        .map(|committer| Contributor {
            name: committer.name,
            email: committer.email,
            last_active_at: committer.last_active_at,
            recent_commits: committer.recent_commits,
        })
        .collect()
}

fn directories(
    history: &History,
    recorder: &Recorder,
    should_interrupt: &AtomicBool,
) -> HashMap<String, Vec<Contributor>> {
    let directories: Vec<&str> = recorder.directories().into_iter().collect();
    let committers = history.committers_of(&directories, should_interrupt);
    let names = directories.into_iter().map(str::to_owned);
    names
        .zip(committers.into_iter().map(contributors))
        .collect()
}

fn written(
    history: &History,
    recorder: &Recorder,
    should_interrupt: &AtomicBool,
) -> HashMap<(String, u64), Commit> {
    let lines: Vec<HeadLine> = recorder
        .lines()
        .into_iter()
        .map(|(path, line)| HeadLine {
            path: path.to_owned(),
            line,
        })
        .collect();
    let commits = history.blame(&lines, should_interrupt);
    let lines = lines.into_iter().zip(commits);
    lines
        .filter_map(|(line, commit)| Some(((line.path, line.line), commit?)))
        .collect()
}

fn removals(
    history: &History,
    recorder: &Recorder,
    should_interrupt: &AtomicBool,
) -> HashMap<usize, Removal> {
    let past = recorder.past();
    let held: Vec<Held<'_>> = past
        .iter()
        .map(|past| Held {
            path: past.path,
            commits: past.commits.clone(),
        })
        .collect();
    let taken = history.taken_out(&held, should_interrupt);
    let past = past.iter().zip(taken);
    past.filter_map(|(past, taken)| {
        let taken = taken?;
        let removal = Removal {
            commit: taken.commit,
            at: taken.at,
        };
        Some((past.exposure, removal))
    })
    .collect()
}

fn placeholders(
    history: &History,
    recorder: &Recorder,
    should_interrupt: &AtomicBool,
) -> HashMap<usize, Placeholder> {
    let introductions = recorder.introductions();
    let versions: Vec<FileVersion> = introductions
        .iter()
        .map(|introduction| FileVersion {
            commit: introduction.commit.to_owned(),
            path: introduction.path.to_owned(),
        })
        .collect();
    let mut found = HashMap::new();
    let mut judge = |number: usize, text: &[u8]| {
        let introduction = &introductions[number];
        if let Some(placeholder) = Placeholder::in_text(text, introduction.name) {
            found.insert(introduction.exposure, placeholder);
        }
    };
    history.before(&versions, &mut judge, should_interrupt);
    found
}
