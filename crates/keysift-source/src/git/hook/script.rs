//! The text of a hook.

use super::Hook;

/// The second line of each of our hooks, by which they are known.
const MARK: &str = "# Made by `keysift hook install`; `keysift hook uninstall` takes it away.";

/// The hooks that a directory for all repositories passes on to a repository's own.
///
/// Not those whose being there alone changes what Git does (`push-to-checkout`, `proc-receive`, `fsmonitor-watchman`), nor
/// `reference-transaction`, which runs three times for each reference that changes.
pub(super) const PASSED_ON: &[&str] = &[
    "applypatch-msg",
    "commit-msg",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "sendemail-validate",
    "update",
];

/// Which hook runs before ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    /// The one that was here before.
    Beside,
    /// The repository's own, which a directory for all repositories hides; and the one that was here before.
    OfRepository,
}

/// Whether a hook's text is ours.
pub(super) fn is_ours(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n')
        .take(2)
        .any(|line| line.strip_suffix(b"\r").unwrap_or(line) == MARK.as_bytes())
}

/// The script that runs the hooks from before, and then `program` with these options.
///
/// Each runs with the arguments and the input that Git gave. The first that fails ends it.
pub(super) fn of(hook: Hook, program: &str, arguments: &[String], previous: Previous) -> String {
    let mut text = format!("#!/bin/sh\n{MARK}\n");
    text.push_str(&before(hook.name(), hook.reads_input(), previous));
    let program = quoted(program);
    let run = run(hook, arguments);
    text.push_str(&format!(
        "program={program}\n\
         command -v \"$program\" >/dev/null 2>&1 || program=keysift\n\
         if ! command -v \"$program\" >/dev/null 2>&1; then\n\
         \techo \"keysift: the program is not there, so nothing was checked; install it, or remove $0\" >&2\n\
         \texit 1\n\
         fi\n"
    ));
    if hook.reads_input() {
        text.push_str(&format!("printf '%s\\n' \"$input\" | \"$program\" {run}\n"));
    } else {
        text.push_str(&format!("exec \"$program\" {run}\n"));
    }
    text
}

/// What makes the program do what a hook does.
pub(super) fn run(hook: Hook, options: &[String]) -> String {
    let options: String = options
        .iter()
        .map(|option| format!(" {}", quoted(option)))
        .collect();
    format!("hook run {hook}{options} -- \"$@\"")
}

/// The script that runs a repository's own hook, for hooks that are not ours.
pub(super) fn passing_on(name: &str) -> String {
    let reads_input = matches!(
        name,
        "pre-push" | "pre-receive" | "post-receive" | "post-rewrite"
    );
    format!(
        "#!/bin/sh\n{MARK}\n{}",
        before(name, reads_input, Previous::OfRepository)
    )
}

/// The part that runs the hooks from before.
///
/// The framework pre-commit runs a hook that it found in its place, and says so in a variable: were it asked to run
/// again from there, it would refuse.
fn before(name: &str, reads_input: bool, previous: Previous) -> String {
    let give = if reads_input {
        "printf '%s\\n' \"$input\" | "
    } else {
        ""
    };
    let read = if reads_input { "input=$(cat)\n" } else { "" };
    let beside = format!(
        "if [ -x \"$0.before-keysift\" ] && [ -z \"$PRE_COMMIT_RUNNING_LEGACY\" ]; then\n\
         \t{give}\"$0.before-keysift\" \"$@\" || exit $?\n\
         fi\n"
    );
    let own = format!(
        "own=$(git rev-parse --git-common-dir)/hooks/{name}\n\
         if [ -x \"$own\" ] && ! [ \"$own\" -ef \"$0\" ]; then\n\
         \t{give}\"$own\" \"$@\" || exit $?\n\
         fi\n"
    );
    match previous {
        Previous::Beside => format!("{read}{beside}"),
        Previous::OfRepository => format!("{read}{own}{beside}"),
    }
}

/// A word for the shell, in single quotes.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_scripts_are_known_and_others_are_not() {
        for hook in Hook::ALL {
            for previous in [Previous::Beside, Previous::OfRepository] {
                assert!(is_ours(
                    of(*hook, "/usr/bin/keysift", &[], previous).as_bytes()
                ));
            }
        }
        assert!(is_ours(
            passing_on("post-commit").replace('\n', "\r\n").as_bytes()
        ));
        assert!(!is_ours(b"#!/bin/sh\nexec keysift hook run pre-commit\n"));
        assert!(!is_ours(b""));
    }

    #[test]
    fn a_path_cannot_leave_its_quotes() {
        let text = of(
            Hook::PreCommit,
            "/it's/$(id)/keysift",
            &[],
            Previous::Beside,
        );
        assert!(text.contains(r"program='/it'\''s/$(id)/keysift'"), "{text}");
    }

    #[test]
    fn every_hook_of_ours_is_passed_on() {
        assert!(PASSED_ON.is_sorted());
        assert!(
            Hook::ALL
                .iter()
                .all(|hook| PASSED_ON.contains(&hook.name()))
        );
    }
}
