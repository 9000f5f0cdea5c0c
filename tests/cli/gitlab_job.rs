//! The job for GitLab, run as a runner runs it: its script, in a job's environment.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use crate::harness::Outcome;
use crate::repository::{Repository, hidden_part, secret_line};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const NONE: &str = "0000000000000000000000000000000000000000";

#[derive(Debug, Deserialize)]
struct Job {
    script: Vec<String>,
    artifacts: Artifacts,
}

#[derive(Debug, Deserialize)]
struct Artifacts {
    when: String,
    reports: BTreeMap<String, String>,
}

fn job() -> Job {
    let text = std::fs::read_to_string(format!("{ROOT}/docs/ci/gitlab.yml")).unwrap();
    let mut jobs: BTreeMap<String, Job> = serde_saphyr::from_str(&text).unwrap();
    jobs.remove("keysift").unwrap()
}

/// Runs the job with these variables where the program was installed by an earlier one.
fn run(repository: &Repository, variables: &[(&str, &str)]) -> Outcome {
    let installed = repository.place.path().join(".keysift/bin");
    std::fs::create_dir_all(&installed).unwrap();
    let program = installed.join("keysift");
    if !program.exists() {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_keysift"), program).unwrap();
    }
    let git = repository.git_command(&repository.place.path());
    let mut command = Command::new("bash");
    command
        .args(["-eo", "pipefail", "-c", &job().script.join("\n")])
        .current_dir(repository.place.path())
        .env_clear();
    for (name, value) in git.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command
        .env("CI_DEFAULT_BRANCH", "main")
        .env("KEYSIFT_SOURCE", "")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    repository.place.outcome(command.spawn().unwrap())
}

/// The job's report, which GitLab's schema takes.
fn report(repository: &Repository) -> Value {
    let name = &job().artifacts.reports["secret_detection"];
    let report: Value = serde_json::from_str(&repository.place.read(name)).unwrap();
    let schema =
        format!("{ROOT}/crates/keysift-report/tests/schemas/gitlab-secret-detection-15.2.1.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    report
}

#[test]
fn the_job_scans_what_comes_in_and_its_report_is_valid() {
    // GitLab takes the report of a job that failed, too.
    assert_eq!(job().artifacts.when, "always");
    let repository = Repository::with_commit();
    repository.commit("b.txt", &secret_line(1));
    repository.commit("c.txt", "two\n");
    let id = |revision: &str| repository.git(["rev-parse", revision]).trim().to_owned();
    let [base, bad, head] = [id("HEAD~2"), id("HEAD~1"), id("HEAD")];
    repository.git(["update-ref", "refs/remotes/origin/main", &base]);
    for (before, merge_base, count) in [
        // A merge request, a push, a push after the secret, a new branch.
        (NONE, &*base, 1),
        (&*base, "", 1),
        (&*bad, "", 0),
        (NONE, "", 1),
    ] {
        let variables = [
            ("CI_COMMIT_SHA", &*head),
            ("CI_COMMIT_BEFORE_SHA", before),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", merge_base),
        ];
        run(&repository, &variables)
            .exits(count)
            .hides(&hidden_part(1));
        let report = report(&repository);
        let vulnerabilities = report["vulnerabilities"].as_array().unwrap();
        assert_eq!(vulnerabilities.len(), count as usize, "{variables:?}");
        if count == 1 {
            assert_eq!(vulnerabilities[0]["location"]["file"], "b.txt");
            assert_eq!(vulnerabilities[0]["location"]["commit"]["sha"], bad);
        }
    }
}
