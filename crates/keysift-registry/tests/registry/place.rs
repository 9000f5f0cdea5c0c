//! Scans of made-up files into a registry of its own.

use std::path::PathBuf;
use std::sync::Arc;

use keysift_core::{Blob, Origin, RuleSet, Scanner, ScannerOptions, Sink as _, Summary};
use keysift_registry::{
    Context, KeySource, Observed, Recorded, Recorder, Registry, SourceKind, Stamp,
};

const RULES: &str = r#"
[[rule]]
id = "acme-key-id"
name = "Acme key id"
description = "An id of a key."
provider = "AWS"
kind = "api-key"
severity = "high"
confidence = "high"
pattern = '''\b(?P<secret>A(?:KIA)(?P<body>[A-Z2-7]{16}))\b'''
checks = ["aws-access-key-id"]
entropy = "none"
examples.match = ["id = {{secret}}", "key: {{secret}}"]
examples.reject = ["id = {{short}}", "id = {{long}}"]

[rule.remediation]
action = "revoke"
steps = "Take it away."

[[rule]]
id = "acme-token"
name = "Acme token"
description = "A token."
provider = "Acme"
kind = "api-key"
severity = "medium"
confidence = "high"
pattern = '''\b(?P<secret>acme_(?P<body>[0-9a-z]{24}))\b'''
entropy = "none"
examples.match = ["token = {{secret}}", "key: {{secret}}"]
examples.reject = ["token = {{short}}", "token = {{long}}"]

[rule.remediation]
action = "revoke"
steps = "Take it away."
"#;

/// The present of the tests: 2026-02-01.
pub(crate) const NOW: i64 = 1_769_904_000;

pub(crate) struct Place {
    directory: tempfile::TempDir,
    scanner: Scanner,
}

impl Place {
    pub(crate) fn new() -> Self {
        let rules = RuleSet::parse("acme.toml", RULES).unwrap();
        Self {
            directory: tempfile::tempdir().unwrap(),
            scanner: Scanner::new(rules, ScannerOptions::default()).unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("registry.db")
    }

    pub(crate) fn open(&self) -> Registry {
        let key = KeySource::Material(b"a key of a test, of enough bytes".to_vec());
        Registry::open_or_create(&self.path(), &key).unwrap()
    }

    /// A recorder that has seen these files.
    pub(crate) fn recorder<'f>(
        &self,
        registry: &Registry,
        files: impl IntoIterator<Item = (String, &'f str)>,
    ) -> Recorder {
        let mut recorder = Recorder::new(registry.key(), "");
        let mut scratch = self.scanner.scratch();
        for (path, text) in files {
            let origin = Arc::new(Origin::File(path.into()));
            let mut found = Vec::new();
            let blob = Blob {
                origin: &origin,
                bytes: text.as_bytes(),
                changed: None,
            };
            self.scanner
                .scan(&mut scratch, blob, &mut |finding| found.push(finding));
            if !found.is_empty() {
                let Ok(_) = recorder.findings(&found);
            }
        }
        let Ok(()) = recorder.finish(&Summary::default());
        recorder
    }

    /// Records a tree of these files and declarations.
    pub(crate) fn record(
        &self,
        registry: &mut Registry,
        files: &[(&str, &str)],
        observed: Vec<Observed>,
    ) -> Recorded {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), *text));
        let mut recorder = self.recorder(registry, files);
        recorder.declare(observed);
        registry
            .record(
                (SourceKind::Tree, "acme"),
                &recorder,
                &Context::default(),
                &stamp(),
            )
            .unwrap()
    }
}

pub(crate) fn stamp() -> Stamp {
    Stamp {
        at: NOW,
        actor: "test".to_owned(),
    }
}
