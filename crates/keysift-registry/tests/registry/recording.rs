//! What recording scans makes of identities.

use crate::place::{NOW, Place, stamp};
use keysift_core::{Commit, Sink as _, Skip, Summary};
use keysift_registry::{
    Context, Contributor, Grant, GrantLevel, Mailmap, Observed, OwnerBasis, OwnerHint,
    PolicyConfig, SourceKind, TimeBasis, diff,
};

fn key_id() -> String {
    ["AK", "IA", "Q7MADE2UP3KEYABC"].concat()
}

fn token(last: &str) -> String {
    ["acme_", "7f3k9q2m5x8w1z4v6t0r3n8", last].concat()
}

fn user() -> Observed {
    Observed {
        uid: "aws:iam-user:123456789012/backup".to_owned(),
        kind: "service-account".to_owned(),
        provider: "AWS".to_owned(),
        name: "backup".to_owned(),
        credentials: vec![key_id()],
        grants: vec![Grant {
            action: "s3:GetObject".to_owned(),
            resource: "*".to_owned(),
            level: GrantLevel::Read,
            ..Grant::default()
        }],
        owners: vec![OwnerHint {
            party: "platform".to_owned(),
            basis: OwnerBasis::IacTag,
        }],
        created_at: Some(NOW - 1_000_000),
        basis: TimeBasis::Export,
        last_used_at: Some(NOW - 40 * 86_400),
        path: "iam.tf".to_owned(),
        line: 3,
        ..Observed::default()
    }
}

#[test]
fn a_declaration_and_a_finding_of_one_principal_are_one_identity() {
    let place = Place::new();
    let mut registry = place.open();
    let text = format!("id = {}\n", key_id());
    let recorded = place.record(&mut registry, &[("a.env", &text)], vec![user()]);
    assert_eq!((recorded.new_identities, recorded.new_credentials), (1, 1));
    let cards = registry.cards().unwrap();
    assert_eq!(cards.len(), 1);
    let card = &cards[0];
    assert_eq!(card.uid, user().uid);
    assert_eq!(card.aliases, [format!("aws:key:{}", key_id())]);
    assert_eq!(card.created.basis, Some(TimeBasis::Export));
    assert_eq!(card.owner().unwrap().key, "platform");
    assert_eq!(card.declarations.len(), 1);
    let violations = PolicyConfig::default().violations(card, NOW);
    assert!(
        violations
            .iter()
            .any(|violation| violation.policy.id == "unused"),
        "{violations:?}"
    );
    assert!(
        place
            .record(&mut registry, &[("a.env", &text)], vec![user()])
            .is_unchanged
    );
    registry.verify().unwrap();
}

#[test]
fn what_was_two_identities_becomes_one_when_a_file_says_so() {
    let place = Place::new();
    let mut registry = place.open();
    let text = format!("id = {}\n", key_id());
    let role = || Observed {
        uid: "aws:role:backup".to_owned(),
        kind: "service-account".to_owned(),
        path: "role.tf".to_owned(),
        ..Observed::default()
    };
    place.record(&mut registry, &[("a.env", &text)], vec![role()]);
    assert_eq!(registry.cards().unwrap().len(), 2);
    let both = Observed {
        credentials: vec![key_id()],
        ..role()
    };
    let recorded = place.record(&mut registry, &[("a.env", &text)], vec![both.clone()]);
    assert_eq!(recorded.merged.len(), 1);
    let cards = registry.cards().unwrap();
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].credentials.len(), 1);
    assert!(
        place
            .record(&mut registry, &[("a.env", &text)], vec![both])
            .is_unchanged
    );
    registry.divide(&recorded.merged[0].0, &stamp()).unwrap();
    assert_eq!(registry.cards().unwrap().len(), 2);
}

#[test]
fn grants_that_widen_are_worse_and_those_that_narrow_are_not() {
    let place = Place::new();
    let mut registry = place.open();
    place.record(&mut registry, &[], vec![user()]);
    let mut wider = user();
    wider.grants.push(Grant {
        action: "*".to_owned(),
        resource: "*".to_owned(),
        level: GrantLevel::Admin,
        ..Grant::default()
    });
    place.record(&mut registry, &[], vec![wider]);
    let changes = diff(
        &registry.snapshot(Some(1)).unwrap(),
        &registry.snapshot(None).unwrap(),
    );
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0].is_worse && changes[0].detail == "allow * on *");
    let checked = PolicyConfig::default().check(&registry.cards().unwrap(), NOW);
    assert!(
        checked
            .violations
            .iter()
            .any(|violation| violation.policy.id == "overprivileged")
    );
    place.record(&mut registry, &[], vec![user()]);
    let changes = diff(
        &registry.snapshot(Some(2)).unwrap(),
        &registry.snapshot(Some(3)).unwrap(),
    );
    assert!(changes.len() == 1 && !changes[0].is_worse, "{changes:?}");
}

#[test]
fn a_value_that_takes_another_ones_place_in_a_tree_is_a_rotation() {
    let place = Place::new();
    let mut registry = place.open();
    let line = |last: &str| format!("token = {}\n", token(last));
    place.record(&mut registry, &[("a.env", &line("a"))], Vec::new());
    let recorded = place.record(&mut registry, &[("a.env", &line("b"))], Vec::new());
    assert_eq!((recorded.rotated, recorded.new_identities), (1, 0));
    let cards = registry.cards().unwrap();
    assert_eq!((cards.len(), cards[0].credentials.len()), (1, 2));
    assert_eq!(registry.rotations(&cards[0]).unwrap().len(), 1);
}

#[test]
fn two_values_in_one_slot_at_once_are_two_identities() {
    let place = Place::new();
    let mut registry = place.open();
    let lines = format!("token = {}\ntoken = {}\n", token("a"), token("b"));
    let recorded = place.record(&mut registry, &[("a.env", &lines)], Vec::new());
    assert_eq!((recorded.rotated, recorded.new_identities), (0, 2));
    // Nor is a third one a rotation: the slot does not say of which.
    let line = format!("token = {}\n", token("c"));
    let recorded = place.record(&mut registry, &[("a.env", &line)], Vec::new());
    assert_eq!(
        (
            recorded.rotated,
            recorded.new_identities,
            recorded.ended_exposures
        ),
        (0, 1, 2)
    );
}

#[test]
fn an_incomplete_scan_ends_nothing_and_one_that_did_not_end_is_refused() {
    let place = Place::new();
    let mut registry = place.open();
    let line = format!("token = {}\n", token("a"));
    place.record(&mut registry, &[("a.env", &line)], Vec::new());
    let mut recorder = place.recorder(&registry, []);
    let mut summary = Summary::default();
    summary.skipped.insert(Skip::Unreadable, 1);
    let Ok(()) = recorder.finish(&summary);
    let source = (SourceKind::Tree, "acme");
    let recorded = registry
        .record(source, &recorder, &Context::default(), &stamp())
        .unwrap();
    assert!(!recorded.is_complete && recorded.ended_exposures == 0);
    assert_eq!(registry.cards().unwrap()[0].current_exposures(), 1);
    let unended = keysift_registry::Recorder::new(registry.key(), "");
    let error = registry
        .record(source, &unended, &Context::default(), &stamp())
        .unwrap_err();
    assert_eq!(error.to_string(), "the scan did not end");
    registry.verify().unwrap();
}

#[test]
fn what_is_gone_and_comes_back_is_new_again() {
    let place = Place::new();
    let mut registry = place.open();
    let line = format!("token = {}\n", token("a"));
    place.record(&mut registry, &[("a.env", &line)], Vec::new());
    assert_eq!(
        place.record(&mut registry, &[], Vec::new()).ended_exposures,
        1
    );
    let cards = registry.cards().unwrap();
    assert_eq!((cards[0].current_exposures(), cards[0].risk), (0, 0));
    let recorded = place.record(&mut registry, &[("a.env", &line)], Vec::new());
    assert_eq!((recorded.new_exposures, recorded.new_credentials), (1, 0));
    let changes = diff(
        &registry.snapshot(Some(2)).unwrap(),
        &registry.snapshot(None).unwrap(),
    );
    assert!(changes.len() == 1 && changes[0].is_worse, "{changes:?}");
}

#[test]
fn a_name_beside_a_secret_that_is_the_secret_is_not_kept() {
    let place = Place::new();
    let mut registry = place.open();
    let text = format!("{} = {}\n", token("a"), token("a"));
    place.record(&mut registry, &[("a.env", &text)], Vec::new());
    drop(registry);
    let bytes = std::fs::read(place.path()).unwrap();
    let secret = token("a");
    assert!(
        !bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes())
    );
}

#[test]
fn whoever_wrote_the_line_of_a_declaration_may_own_it_and_bots_do_not() {
    let commit = |author: &str, email: &str| Commit {
        date: None,
        id: "c0ffee".repeat(7)[..40].to_owned(),
        author: author.to_owned(),
        email: email.to_owned(),
    };
    let contributor = |email: &str, recent_commits| Contributor {
        name: email.to_owned(),
        email: email.to_owned(),
        last_active_at: NOW,
        recent_commits,
    };
    let owners = |author: Commit| {
        let place = Place::new();
        let mut registry = place.open();
        let mut recorder = place.recorder(&registry, []);
        let declared = Observed {
            path: "infra/iam.tf".to_owned(),
            owners: Vec::new(),
            ..user()
        };
        recorder.declare([declared]);
        assert_eq!(
            recorder.directories().into_iter().collect::<Vec<_>>(),
            ["infra"]
        );
        let lines: Vec<_> = recorder.lines().into_iter().collect();
        assert_eq!(lines, [("infra/iam.tf", 3)]);
        let context = Context {
            mailmap: Mailmap::parse("Bob <bob@new> <bob@old>\n"),
            written: [(("infra/iam.tf".to_owned(), 3), author)].into(),
            contributors: vec![contributor("most@x", 9)],
            directory_contributors: [(
                "infra".to_owned(),
                vec![contributor("some@x", 2), contributor("few@x", 1)],
            )]
            .into(),
            ..Context::default()
        };
        registry
            .record((SourceKind::Git, "acme"), &recorder, &context, &stamp())
            .unwrap();
        let cards = registry.cards().unwrap();
        let owners = cards[0].owners.iter();
        owners
            .map(|owner| (owner.key.clone(), owner.basis, owner.confidence_percent))
            .collect::<Vec<_>>()
    };
    let committer = ("some@x".to_owned(), OwnerBasis::DirectoryCommitter, 50);
    assert_eq!(
        owners(commit("bob", "bob@old")),
        [
            ("bob@new".to_owned(), OwnerBasis::Blame, 60),
            committer.clone()
        ]
    );
    assert_eq!(owners(commit("renovate[bot]", "r@x")), [committer]);
}
