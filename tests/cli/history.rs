//! `keysift git`: the whole history.

use std::fs;

use crate::repository::{Repository, hidden_part, secret_line};

#[test]
fn a_secret_is_found_wherever_the_repository_still_holds_it_and_that_is_said() {
    let repository = Repository::with_commit();
    repository.commit("gone.txt", &secret_line(1));
    let bad = repository.git(["rev-parse", "--short=12", "HEAD"]);
    repository.commit("gone.txt", "one\n");
    repository.commit("kept.txt", &secret_line(2));
    repository.stage("never.txt", &secret_line(3));
    repository.git(["rm", "-q", "--cached", "never.txt"]);
    let outcome = repository.run(["git"]).exits(1);
    let outcome = outcome
        .says(&format!("{}:gone.txt", bad.trim()))
        .says("not in HEAD since ")
        .says("HEAD leads to it")
        .says("kept.txt")
        .says("still in HEAD")
        .says("unreachable: no reference leads to it");
    for seed in 1..=3 {
        assert!(!outcome.stdout.contains(&hidden_part(seed)));
    }
}

#[test]
fn references_choose_what_of_a_history_is_scanned() {
    let repository = Repository::with_commit();
    repository.git(["switch", "-q", "-c", "side"]);
    repository.commit("a.env", &secret_line(1));
    repository.git(["switch", "-q", "main"]);
    repository.run(["git"]).exits(1).says("a.env");
    repository
        .run(["git", "--refs", "refs/heads/main"])
        .exits(0)
        .says("nothing found");
    repository
        .run(["git", "--refs", "refs/heads/*"])
        .exits(1)
        .says("not in HEAD; refs/heads/side leads to it");
}

#[test]
fn what_chooses_of_a_history_does_not_go_with_what_is_staged() {
    let repository = Repository::with_commit();
    repository
        .run(["git", "--staged", "--refs", "HEAD"])
        .exits(2);
    repository.run(["git", "--whole-files"]).exits(2);
}

#[test]
fn what_an_earlier_run_scanned_is_not_reported_again_and_that_is_said() {
    let repository = Repository::with_commit();
    repository.commit("a.env", &secret_line(1));
    let since_last = ["git", "--since-last"];
    repository.run(since_last).exits(1).says("a.env");
    repository
        .run(since_last)
        .exits(0)
        .says("nothing came in since the last sweep")
        .says("known  scanned by an earlier sweep, which reported what it held");
    repository.commit("b.env", &secret_line(2));
    repository
        .run(since_last)
        .exits(1)
        .says("b.env")
        .hides("a.env");
    let verified = ["git", "--since-last", "--verify-state"];
    repository
        .run(verified)
        .exits(1)
        .says("a.env")
        .says("b.env");
    // Other rules: everything again, and said so.
    repository
        .run(["git", "--since-last", "--disable", "aws-*"])
        .exits(1)
        .says("a.env")
        .says("what earlier sweeps remembered was not used, and everything was scanned");
    let states = repository.home().join(".local/state/keysift/histories");
    assert_eq!(fs::read_dir(states).unwrap().count(), 1);
    let outside = repository.place.outside().join("state");
    let outside = outside.display().to_string();
    repository
        .run(["git", "--since-last", "--state", &outside])
        .exits(1)
        .says("a.env");
    assert!(fs::metadata(outside).unwrap().is_file());
    for wrong in [
        &["git", "--state", "x"][..],
        &["git", "--verify-state"],
        &["git", "--since-last", "--since", "2026-01-01"],
        &["git", "--since-last", "--staged"],
    ] {
        repository.run(wrong.iter().copied()).exits(2);
    }
}

#[test]
fn several_repositories_are_scanned_into_one_report() {
    let repository = Repository::with_commit();
    let outside = repository.place.outside().to_owned();
    for name in ["one", "two"] {
        fs::create_dir_all(outside.join("all").join(name)).unwrap();
        let directory = outside.join("all").join(name);
        repository.git_in(&directory, ["init", "-q", "-b", "main"]);
        fs::write(directory.join(format!("{name}.env")), secret_line(1)).unwrap();
        repository.git_in(&directory, ["add", "."]);
        repository.git_in(&directory, ["commit", "-q", "-m", "change"]);
    }
    repository
        .run_in(&outside, ["git", "all"])
        .exits(1)
        .says("all/one: ")
        .says("all/two: ")
        .says("2 findings in 2 files");
    let json = repository.run_in(&outside, ["git", "all", "--format", "json"]);
    let json = json.exits(1).json();
    assert_eq!(json["findings"][0]["repository"], "all/one");
    assert_eq!(json["findings"][0]["path"], "all/one/one.env");
    repository
        .run_in(&outside, ["git", "all/one", "all/three"])
        .exits(3)
        .says("all/three")
        .says("one.env");
    repository.run_in(&outside, ["git", "all/three"]).exits(2);
    repository
        .run_in(&outside, ["git", "all", "--since-last", "--state", "x"])
        .exits(2)
        .warns("leave --state out");
    repository
        .run_in(&outside, ["git", "all/one", "all/two", "--staged"])
        .exits(2)
        .warns("run keysift once for each");
}

#[test]
fn a_url_is_cloned_into_the_cache_and_fetched_anew_the_next_time() {
    let repository = Repository::with_commit();
    repository.commit("a.env", &secret_line(1));
    let url = format!("file://{}", repository.place.path().display());
    let run = |args: &[&str]| {
        let outside = repository.place.outside().to_owned();
        repository.run_in(&outside, ["git"].iter().chain(args).copied())
    };
    run(&[&url])
        .exits(1)
        .says("a.env")
        .warns("is fetched over the network into the cache");
    repository.commit("b.env", &secret_line(2));
    run(&[&url]).exits(1).says("b.env");
    let cached = repository.home().join(".cache/keysift/repositories");
    assert_eq!(fs::read_dir(cached).unwrap().count(), 1);
    let missing = format!("{url}-missing");
    run(&[&missing]).exits(2).warns("could not be cloned");
    let login = ["https://us", "er:pa", "ss@host.example/a.git"].concat();
    run(&[&login])
        .exits(2)
        .warns("let one of Git's credential helpers give it")
        .hides(&["er:pa", "ss"].concat());
    run(&["http://host.example/a.git"])
        .exits(2)
        .warns("https://, ssh://");
    run(&["--staged", &url]).exits(2).warns("clone it first");
}

#[test]
fn progress_is_told_to_programs_and_memory_can_be_bounded() {
    let repository = Repository::with_commit();
    repository.commit("a.env", &secret_line(1));
    let args = [
        "git",
        "--progress",
        "json=../progress",
        "--max-memory",
        "64M",
    ];
    repository.run(args).exits(1).says("a.env");
    let told = fs::read_to_string(repository.place.outside().join("progress")).unwrap();
    let last: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(last["phase"], "over");
    assert_eq!(last["objects"], 4);
    assert_eq!(last["expected_objects"], 4);
    repository
        .run(["git", "--progress", "json"])
        .exits(1)
        .warns("\"phase\":\"over\"");
    repository
        .run(["git", "--progress", "jsn"])
        .exits(2)
        .warns("'json'");
    repository
        .run(["git", "--max-memory", "1M"])
        .exits(2)
        .warns("64M");
}
