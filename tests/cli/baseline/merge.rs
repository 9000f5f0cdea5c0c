//! Baselines of two branches, merged by Git.

use super::baseline;
use crate::harness::{ACME_RULES, builtin};
use crate::repository::Repository;
use keysift::RuleSet;

/// So many made-up secrets of our rule, each the same in every run.
fn secrets(count: u64) -> Vec<String> {
    let rules = RuleSet::parse("acme.toml", ACME_RULES).unwrap();
    let rule = rules.get("acme-api-key").unwrap();
    let secret = |seed| String::from_utf8(rule.sample_secret(seed).unwrap()).unwrap();
    (0..count).map(secret).collect()
}

/// A repository with a baseline of twenty secrets, and two branches that add three each.
fn branches(attributes: &str, first: u64) -> Repository {
    let _ = builtin();
    let repository = Repository::new();
    let place = &repository.place;
    place.write("../acme.toml", ACME_RULES);
    let secrets = secrets(first + 6);
    let write = |index: u64| {
        let text = format!("key = {}\n", secrets[index as usize]);
        place.write(format!("src/{index}.txt"), text);
    };
    place.write(".gitattributes", attributes);
    place.write("src/nothing.txt", "nothing\n");
    (0..first).for_each(write);
    baseline(place, "create", &["src"]).exits(0);
    // The key is random, and with it where lines go: a fixed one makes each run the same.
    let text = place.read("keysift.baseline");
    let key = text.lines().nth(1).unwrap().to_owned();
    place.write(
        "keysift.baseline",
        text.replace(&key, "# key 00112233445566778899aabbccddeeff"),
    );
    baseline(place, "update", &["src"]).exits(0);
    repository.git(["add", "."]);
    repository.git(["commit", "-q", "-m", "Add a baseline"]);
    repository.git(["checkout", "-q", "-b", "other"]);
    (first..first + 3).for_each(write);
    baseline(place, "update", &["src"]).exits(0).says("3 added");
    repository.git(["add", "."]);
    repository.git(["commit", "-q", "-m", "Add three"]);
    repository.git(["checkout", "-q", "main"]);
    (first + 3..first + 6).for_each(write);
    baseline(place, "update", &["src"]).exits(0).says("3 added");
    repository.git(["add", "."]);
    repository.git(["commit", "-q", "-m", "Add three others"]);
    repository
}

/// Asserts that the merged baseline is the one that a scan of the merged tree would make.
fn is_whole(repository: &Repository, count: usize) {
    let place = &repository.place;
    let update = baseline(place, "update", &["src"]).exits(0);
    update.says(&format!("0 added, 0 gone, {count} kept"));
    place.run(["baseline", "check"]).exits(0);
    let args = [
        "scan",
        "--rules",
        "../acme.toml",
        "--enable",
        "acme-*",
        "--baseline",
        "keysift.baseline",
        "src",
    ];
    place.run(args).exits(0);
}

#[test]
fn git_merges_what_two_branches_added() {
    let repository = branches("", 40);
    repository.git(["merge", "-q", "-m", "Merge", "other"]);
    repository.place.run(["baseline", "check"]).exits(0);
    is_whole(&repository, 46);
}

#[test]
fn with_the_attribute_even_an_empty_one_merges() {
    let repository = branches("keysift.baseline merge=union\n", 0);
    repository.git(["merge", "-q", "-m", "Merge", "other"]);
    is_whole(&repository, 6);
}
