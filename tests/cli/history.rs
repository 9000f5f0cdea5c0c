//! `keysift git`: the whole history.

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
        .says("not in HEAD; HEAD leads to it")
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
