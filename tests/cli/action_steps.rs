//! The steps of `action.yml`, run as a runner runs them: in a workflow's environment, from the inputs alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::harness::Outcome;
use crate::repository::{Repository, hidden_part, secret_line};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[derive(Debug, Deserialize)]
struct Action {
    inputs: BTreeMap<String, Input>,
    outputs: BTreeMap<String, Output>,
    runs: Runs,
}

#[derive(Debug, Deserialize)]
struct Input {
    default: String,
}

#[derive(Debug, Deserialize)]
struct Output {
    value: String,
}

#[derive(Debug, Deserialize)]
struct Runs {
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    id: Option<String>,
    #[serde(rename = "if")]
    condition: Option<String>,
    run: Option<String>,
    uses: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    with: BTreeMap<String, String>,
}

/// What a run of the action did.
struct Ran {
    /// The last step with a script.
    scan: Outcome,
    /// The actions that were used, with what they were given.
    used: Vec<(String, BTreeMap<String, String>)>,
    /// The values of expressions when it was over.
    values: BTreeMap<String, String>,
    outputs: BTreeMap<String, Output>,
}

/// A runner of one action in a checked-out repository.
struct Runner<'a> {
    repository: &'a Repository,
    values: BTreeMap<String, String>,
    has_failed: bool,
}

impl Runner<'_> {
    /// A text in which expressions are replaced by their values.
    fn filled(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${{") {
            let (expression, behind) = behind.split_once("}}").unwrap();
            out.push_str(before);
            out.push_str(&self.value(expression.trim()));
            rest = behind;
        }
        out + rest
    }

    fn value(&self, expression: &str) -> String {
        if let Some(text) = expression.strip_prefix('\'') {
            return text.strip_suffix('\'').unwrap().to_owned();
        }
        let is_known = ["inputs.", "steps.", "runner."]
            .iter()
            .any(|known| expression.starts_with(known));
        assert!(is_known, "{expression}");
        self.values.get(expression).cloned().unwrap_or_default()
    }

    /// Whether a step runs, by its condition.
    fn holds(&self, condition: Option<&str>) -> bool {
        let mut parts: Vec<&str> = condition
            .into_iter()
            .flat_map(|all| all.split("&&"))
            .map(str::trim)
            .collect();
        let is_always = parts.first() == Some(&"always()");
        if is_always {
            parts.remove(0);
        }
        let holds = |part: &&str| match part.split_once(" == ") {
            Some((left, right)) => self.value(left) == self.value(right),
            None => {
                let (left, right) = part.split_once(" != ").unwrap();
                self.value(left) != self.value(right)
            }
        };
        (is_always || !self.has_failed) && parts.iter().all(holds)
    }

    fn directory(&self, name: &str) -> PathBuf {
        let path = self.repository.place.outside().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    /// Runs a step's script, and takes in what it put out.
    fn run(&mut self, step: &Step, script: &str) -> Outcome {
        let temporary = self.directory("runner");
        let output = temporary.join("output");
        std::fs::write(&output, "").unwrap();
        let git = self.repository.git_command(&self.repository.place.path());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(self.repository.place.path())
            .env_clear();
        for (name, value) in git.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        // A Cargo that installs what is built already, and says how it was asked to.
        let tools = self.directory("tools");
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let paths = [tools].into_iter().chain(std::env::split_paths(&paths));
        command
            .env("PATH", std::env::join_paths(paths).unwrap())
            .env("GITHUB_ACTION_PATH", ROOT)
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_EVENT_NAME", "push")
            .env("GITHUB_EVENT_PATH", temporary.join("event.json"))
            .env("RUNNER_TEMP", &temporary)
            .envs(
                step.env
                    .iter()
                    .map(|(name, text)| (name, self.filled(text))),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let outcome = self.repository.place.outcome(command.spawn().unwrap());
        for line in std::fs::read_to_string(&output).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            let id = step.id.as_deref().unwrap();
            let name = format!("steps.{id}.outputs.{name}");
            self.values.insert(name, value.to_owned());
        }
        self.has_failed |= outcome.code != Some(0);
        outcome
    }
}

/// Runs the action on a push of the last commit, with these inputs; the others have their defaults.
fn act(repository: &Repository, inputs: &[(&str, &str)]) -> Ran {
    let text = std::fs::read_to_string(format!("{ROOT}/action.yml")).unwrap();
    let action: Action = serde_saphyr::from_str(&text).unwrap();
    let mut runner = Runner {
        repository,
        values: BTreeMap::new(),
        has_failed: false,
    };
    for (name, input) in action.inputs {
        let given = inputs.iter().find(|(given, _)| *given == name);
        let value = given.map_or(input.default, |(_, value)| (*value).to_owned());
        runner.values.insert(format!("inputs.{name}"), value);
    }
    let temporary = runner.directory("runner");
    let temporary = temporary.display().to_string();
    runner.values.insert("runner.temp".to_owned(), temporary);
    let id = |revision: &str| repository.git(["rev-parse", revision]).trim().to_owned();
    let event = format!(
        r#"{{"before":"{}","after":"{}","repository":{{"default_branch":"main"}}}}"#,
        id("HEAD~1"),
        id("HEAD")
    );
    std::fs::write(runner.directory("runner").join("event.json"), event).unwrap();
    let cargo = "for word; do last=$word; done\n\
                 echo \"cargo $*\"\nmkdir -p \"$last/bin\"\n";
    let cargo = format!(
        "{cargo}ln -sf '{}' \"$last/bin/keysift\"\n",
        env!("CARGO_BIN_EXE_keysift")
    );
    runner.directory("tools");
    repository.script("../tools/cargo", &cargo);
    let (mut scan, mut used) = (None, Vec::new());
    for step in &action.runs.steps {
        if !runner.holds(step.condition.as_deref()) {
            continue;
        }
        if let Some(script) = &step.run {
            scan = Some(runner.run(step, script));
        }
        if let Some(action) = &step.uses {
            let with = step.with.iter();
            let with = with.map(|(name, text)| (name.clone(), runner.filled(text)));
            used.push((action.clone(), with.collect()));
        }
    }
    Ran {
        scan: scan.unwrap(),
        used,
        values: runner.values,
        outputs: action.outputs,
    }
}

impl Ran {
    /// The output of this name, as a workflow sees it.
    fn output(&self, name: &str) -> &str {
        let value = &self.outputs[name].value;
        let expression = value
            .trim_start_matches("${{")
            .trim_end_matches("}}")
            .trim();
        &self.values[expression]
    }
}

fn pushed(text: &str) -> Repository {
    let repository = Repository::with_commit();
    repository.commit("b.txt", text);
    repository
}

#[test]
fn without_inputs_the_program_is_built_cached_and_fails_the_job() {
    let repository = pushed(&secret_line(1));
    let ran = act(&repository, &[]);
    assert_eq!(ran.output("exit-code"), "1");
    ran.scan
        .exits(1)
        .says("::error ")
        .says("b.txt")
        .hides(&hidden_part(1));
    let [(cache, with)] = &ran.used[..] else {
        panic!("{:?}", ran.used);
    };
    assert!(cache.starts_with("actions/cache@"));
    assert!(with["path"].ends_with("/runner/keysift"));
    // The key tells one version of this repository from another.
    let digest = with["key"].rsplit('-').next().unwrap();
    assert_eq!(digest.len(), 32, "{digest}");
    assert!(digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let built = Path::new(&with["path"]).join("bin/keysift");
    assert!(built.exists());
}

#[test]
fn a_program_that_is_there_is_used_and_nothing_is_built() {
    let repository = pushed("two\n");
    let program = env!("CARGO_BIN_EXE_keysift");
    let ran = act(&repository, &[("program", program)]);
    ran.scan.exits(0);
    assert!(ran.used.is_empty());
    assert!(!repository.place.outside().join("runner/keysift").exists());
}

#[test]
fn a_report_is_uploaded_also_when_the_job_fails() {
    let program = ("program", env!("CARGO_BIN_EXE_keysift"));
    for (text, fail, exit, code) in [
        (&*secret_line(1), "true", 1, "1"),
        (&*secret_line(1), "false", 0, "1"),
        ("two\n", "true", 0, "0"),
    ] {
        let repository = pushed(text);
        let inputs = [program, ("sarif", "out.sarif"), ("fail", fail)];
        let ran = act(&repository, &inputs);
        assert_eq!(ran.output("exit-code"), code);
        ran.scan.exits(exit);
        let [(upload, with)] = &ran.used[..] else {
            panic!("{:?}", ran.used);
        };
        assert!(upload.contains("upload-sarif@"));
        let text = repository.place.read(&with["sarif_file"]);
        let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), usize::from(code == "1"));
    }
    // There is nothing to upload where nothing could be scanned.
    let inputs = [program, ("sarif", "out.sarif"), ("range", "nowhere..HEAD")];
    let ran = act(&pushed("two\n"), &inputs);
    ran.scan.exits(2);
    assert!(ran.used.is_empty());
}
