//! The script of the GitHub Action, under made-up events, and the files by which others run keysift.

use std::process::{Command, Stdio};

use crate::harness::Outcome;
use crate::repository::{Repository, hidden_part, secret_line};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const NONE: &str = "0000000000000000000000000000000000000000";

/// Runs the script in the repository, or a clone of it, as a runner would.
fn act(repository: &Repository, event: &str, payload: &str, inputs: &[(&str, &str)]) -> Outcome {
    let outside = repository.place.outside();
    std::fs::write(outside.join("event.json"), payload).unwrap();
    std::fs::write(outside.join("output"), "").unwrap();
    let mut command: Command = repository.git_command(&repository.place.path());
    let git = command;
    command = Command::new("bash");
    command.arg(format!("{ROOT}/.ci/github.sh")).env_clear();
    for (name, value) in git.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
        .current_dir(repository.place.path())
        .env("GITHUB_EVENT_NAME", event)
        .env("GITHUB_EVENT_PATH", outside.join("event.json"))
        .env("GITHUB_OUTPUT", outside.join("output"))
        .env("KEYSIFT_PROGRAM", env!("CARGO_BIN_EXE_keysift"))
        .envs(inputs.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    repository.place.outcome(command.spawn().unwrap())
}

fn output(repository: &Repository) -> String {
    std::fs::read_to_string(repository.place.outside().join("output")).unwrap()
}

/// A branch whose first commit brings in a secret that its second takes away.
fn branch() -> (Repository, [String; 3]) {
    let repository = Repository::with_commit();
    repository.commit("b.txt", &secret_line(1));
    repository.commit("b.txt", "two\n");
    let id = |revision: &str| repository.git(["rev-parse", revision]).trim().to_owned();
    let ids = [id("HEAD~2"), id("HEAD~1"), id("HEAD")];
    repository.git(["update-ref", "refs/remotes/origin/main", &ids[0]]);
    (repository, ids)
}

fn push(before: &str, after: &str) -> String {
    format!(r#"{{"before":"{before}","after":"{after}","repository":{{"default_branch":"main"}}}}"#)
}

#[test]
fn a_pull_request_is_judged_by_all_its_commits() {
    let (repository, [base, _, head]) = branch();
    let payload =
        format!(r#"{{"pull_request":{{"base":{{"sha":"{base}"}},"head":{{"sha":"{head}"}}}}}}"#);
    act(&repository, "pull_request", &payload, &[])
        .exits(1)
        .says("::error ")
        .says("b.txt")
        .hides(&hidden_part(1));
    assert_eq!(output(&repository), "exit-code=1\n");
    // The merge that Actions checks out by default stands for a head that is not there.
    let payload = payload.replace(&head, &"1".repeat(40));
    act(&repository, "pull_request", &payload, &[]).exits(1);
    act(&repository, "pull_request_target", &payload, &[])
        .exits(2)
        .says("use the event pull_request");
}

#[test]
fn a_push_is_judged_by_what_it_brings_in() {
    let (repository, [base, bad, head]) = branch();
    let pushed = |before: &str, after: &str| act(&repository, "push", &push(before, after), &[]);
    pushed(&base, &head).exits(1).says("b.txt");
    pushed(&bad, &head).exits(0);
    assert_eq!(output(&repository), "exit-code=0\n");
    // A new branch, and a forced push away from commits that are gone.
    pushed(NONE, &head).exits(1).says("b.txt");
    pushed(&"1".repeat(40), &head).exits(1).says("b.txt");
    pushed(&head, NONE).exits(0).says("deletes a reference");
    // Of the first push nothing is known.
    repository.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    pushed(NONE, &head)
        .exits(0)
        .says("::warning title=keysift::")
        .says("fetch-depth: 0");
}

#[test]
fn a_merge_queue_is_judged_and_what_brings_in_nothing_says_so() {
    let (repository, [base, _, head]) = branch();
    let payload = format!(r#"{{"merge_group":{{"base_sha":"{base}","head_sha":"{head}"}}}}"#);
    act(&repository, "merge_group", &payload, &[]).exits(1);
    act(&repository, "schedule", "{}", &[])
        .exits(0)
        .says("the event schedule brings in nothing");
}

#[test]
fn inputs_choose_range_reports_and_failure() {
    let (repository, [base, _, head]) = branch();
    let range = format!("{base}..{head}");
    let inputs = [
        ("KEYSIFT_RANGE", &*range),
        ("KEYSIFT_FORMAT", "gitlab"),
        ("KEYSIFT_SARIF", "keysift.sarif"),
        ("KEYSIFT_ARGS", "--whole-files --threads 1"),
        ("KEYSIFT_FAIL", "false"),
    ];
    act(&repository, "schedule", "{}", &inputs)
        .exits(0)
        .says("\"scan\"")
        .says("--whole-files --threads 1");
    assert_eq!(output(&repository), "exit-code=1\n");
    let sarif: serde_json::Value =
        serde_json::from_str(&repository.place.read("keysift.sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let inputs = [
        ("KEYSIFT_RANGE", "nowhere..HEAD"),
        ("KEYSIFT_FAIL", "false"),
    ];
    act(&repository, "push", "{}", &inputs).exits(2);
    // An input is a word, never a command.
    let inputs = [
        ("KEYSIFT_RANGE", "$(touch ran)"),
        ("KEYSIFT_ARGS", "`touch ran`"),
    ];
    act(&repository, "push", "{}", &inputs).exits(2);
    assert!(!repository.place.path().join("ran").exists());
}

#[test]
fn a_shallow_checkout_is_told_what_to_fetch() {
    let (repository, [base, _, head]) = branch();
    let url = format!("file://{}", repository.place.path().display());
    let clone = Repository::new();
    clone.git(["fetch", "-q", "--depth", "1", &url, "main"]);
    clone.git(["reset", "-q", "--hard", "FETCH_HEAD"]);
    let payload =
        format!(r#"{{"pull_request":{{"base":{{"sha":"{base}"}},"head":{{"sha":"{head}"}}}}}}"#);
    act(&clone, "pull_request", &payload, &[])
        .exits(2)
        .warns("fetch-depth: 0");
}

/// Commands in the pages must be ones that the program has.
#[test]
fn the_commands_that_the_pages_show_can_be_run() {
    let mut count = 0;
    for page in ["README.md", "docs/hooks.md", "docs/ci.md"] {
        let text = std::fs::read_to_string(format!("{ROOT}/{page}")).unwrap();
        for block in text.split("```sh\n").skip(1) {
            let block = block.split("```").next().unwrap();
            let lines = block.lines().map(|line| line.split(" #").next().unwrap());
            for line in lines.filter(|line| {
                line.starts_with("keysift git ") || line.starts_with("keysift hook ")
            }) {
                let repository = Repository::with_commit();
                repository.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
                // What the pages name is elsewhere, and tests use no network.
                let url = format!("file://{}", repository.place.path().display());
                let words = line.split_whitespace().skip(1).map(|word| match word {
                    "/srv/git" => ".",
                    _ if word.starts_with("https://") => &url,
                    _ => word,
                });
                repository.run(words).exits(0);
                count += 1;
            }
        }
    }
    assert!(count >= 10, "{count}");
}

/// A colon in a text that is not quoted makes a file of no use, and says so nowhere here.
#[test]
fn texts_with_a_colon_are_quoted() {
    for name in ["action.yml", ".pre-commit-hooks.yaml", "docs/ci/gitlab.yml"] {
        let text = std::fs::read_to_string(format!("{ROOT}/{name}")).unwrap();
        for line in text.lines().filter(|line| !line.trim().starts_with('#')) {
            let Some((_, value)) = line.split_once(": ") else {
                continue;
            };
            let is_plain = !value.starts_with(['"', '\'']);
            assert!(!(is_plain && value.contains(": ")), "{name}: {line}");
        }
    }
}

/// The commands that the files run must be ones that the program has.
#[test]
fn the_commands_that_others_run_exist() {
    let read = |name: &str| std::fs::read_to_string(format!("{ROOT}/{name}")).unwrap();
    assert!(read("action.yml").contains("$GITHUB_ACTION_PATH/.ci/github.sh"));
    let hooks = read(".pre-commit-hooks.yaml");
    let entries: Vec<&str> = hooks
        .lines()
        .filter_map(|line| line.trim().strip_prefix("entry: "))
        .collect();
    assert_eq!(entries.len(), 2);
    let repository = Repository::with_commit();
    for entry in entries {
        let arguments = entry.split(' ').skip(1);
        repository.run(arguments).exits(0);
    }
}
