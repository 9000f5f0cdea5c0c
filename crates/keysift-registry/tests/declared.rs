//! What files declare, from the file to the policy that is not met.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use keysift_core::{Sink, Summary};
use keysift_registry::declared::Reader;
use keysift_registry::{
    Context, KeySource, PolicyConfig, Recorded, Recorder, Registry, SourceKind, Stamp,
};

const WORKFLOW: &str = "name: CI
permissions: write-all
jobs:
  deploy:
    env: {NPM_TOKEN: '${{ secrets.NPM_TOKEN }}', DB_PASSWORD: q7Wm2xZ9}
    steps: [{uses: vendor/action@main}]
";

const SERVERS: &str =
    r#"{"mcpServers": {"files": {"command": "npx", "args": ["-y", "files-server"]}}}"#;

fn record(registry: &mut Registry, files: &[(&str, &str)], at: i64) -> Recorded {
    let mut recorder = Recorder::new(registry.key(), "/srv/shop");
    let reader = Reader::new("/srv/shop", "shop");
    for (path, text) in files {
        reader.take_file(path, text.as_bytes());
    }
    assert_eq!(reader.finish(&mut recorder), []);
    let Ok(()) = recorder.finish(&Summary::default());
    let stamp = Stamp {
        at,
        actor: "test".to_owned(),
    };
    let source = (SourceKind::Tree, "shop");
    registry
        .record(source, &recorder, &Context::default(), &stamp)
        .unwrap()
}

#[test]
fn declarations_become_identities_that_policies_judge() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeySource::File(folder.path().join("key"));
    let mut registry = Registry::open_or_create(&folder.path().join("db"), &key).unwrap();
    let files = [
        (".github/workflows/ci.yml", WORKFLOW),
        (".mcp.json", SERVERS),
    ];
    let first = record(&mut registry, &files, 1_700_000_000);
    assert_eq!(first.new_identities, 3);
    let again = record(&mut registry, &files, 1_700_000_100);
    assert!(again.is_unchanged, "{again:?}");

    let cards = registry.cards().unwrap();
    let card = |uid: &str| cards.iter().find(|card| card.uid == uid).unwrap();
    let job = card("gha:job:shop/.github/workflows/ci.yml#deploy");
    let held: Vec<(&str, &str)> = job
        .held
        .iter()
        .map(|held| (&*held.name, &*held.holding))
        .collect();
    assert_eq!(held, [("DB_PASSWORD", "literal"), ("NPM_TOKEN", "managed")]);
    let server = card("mcp:shop/.mcp.json#files");
    let edge = &server.edges[0];
    assert!(edge.is_incoming && edge.other.starts_with("agent:Claude Code:"));

    let checked = PolicyConfig::default().check(&cards, 1_700_000_200);
    let of = |uid: &str| -> Vec<&str> {
        let violations = checked.violations.iter();
        let own = violations.filter(|violation| violation.uid == uid);
        own.map(|violation| violation.policy.id).collect()
    };
    for policy in ["overprivileged", "third-party-unpinned"] {
        assert!(
            of(&job.uid).contains(&policy),
            "{policy}: {:?}",
            of(&job.uid)
        );
    }
    assert!(of(&server.uid).contains(&"third-party-unpinned"));
    let totals = registry.totals(&cards, 1_700_000_200).unwrap();
    assert_eq!(totals.secretless_percent, Some(50));
    assert!(registry.verify().is_ok());

    let without = record(&mut registry, &files[..1], 1_700_000_300);
    assert!(!without.is_unchanged);
    let cards = registry.cards().unwrap();
    let server = cards
        .iter()
        .find(|card| card.uid == "mcp:shop/.mcp.json#files")
        .unwrap();
    assert!(server.declarations.is_empty() && server.edges.is_empty());
}
