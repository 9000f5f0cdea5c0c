//! No secret is in anything that the inventory writes.

use std::path::{Path, PathBuf};

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

use super::organisation::{Organisation, planted};

/// How a secret may look where it must not be.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let mut forms = vec![bytes.to_vec()];
    let digests: [Vec<u8>; 4] = [
        Md5::digest(bytes).to_vec(),
        Sha1::digest(bytes).to_vec(),
        Sha256::digest(bytes).to_vec(),
        blake3::hash(bytes).as_bytes().to_vec(),
    ];
    forms.extend(digests.iter().map(|digest| digest[..16].to_vec()));
    for raw in std::iter::once(bytes.to_vec()).chain(digests) {
        // A digest cut to 16 bytes tells as much as a whole one.
        let cut = &raw[..raw.len().min(16)];
        for encoding in [HEXLOWER, HEXUPPER] {
            forms.push(encoding.encode(cut).into_bytes());
        }
        for encoding in [BASE64, BASE64URL] {
            let encoded = encoding.encode(&raw);
            forms.push(encoded.trim_end_matches('=').as_bytes()[..encoded.len().min(20)].to_vec());
        }
    }
    forms
}

/// The rare part of a secret: what is left without a prefix that all of its kind have and what a report may show.
fn rare(name: &str, secret: &str) -> String {
    match name {
        "password" => secret.to_owned(),
        // A URL shows its host.
        "slack" => secret.rsplit('/').next().unwrap()[..18].to_owned(),
        _ => secret[secret.len() / 3..secret.len() - 4].to_owned(),
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn no_secret_is_in_the_registry_its_journal_its_exports_or_a_message() {
    let organisation = Organisation::new();
    let mut written: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, outcome: crate::harness::Outcome| {
        written.push((
            name.to_owned(),
            [outcome.stdout, outcome.stderr].concat().into_bytes(),
        ));
    };
    for outcome in organisation.update() {
        add("update", outcome.exits(0));
    }
    // A tree as well: its places are other ones.
    for name in ["mobile", "website", "tools"] {
        add(
            "update of a tree",
            organisation
                .keysift(&["inventory", "update", name])
                .exits(0),
        );
    }
    let runs: &[&[&str]] = &[
        &["inventory", "list"],
        &["inventory", "list", "--format", "json"],
        &["inventory", "summary", "--format", "json"],
        &["inventory", "export"],
        &["inventory", "export", "--format", "csv"],
        &["inventory", "export", "--format", "ics"],
        &["inventory", "verify", "--journal"],
        &["inventory", "show", "db:"],
        &["inventory", "diff", "1"],
        &["inventory", "diff", "1", "--format", "sarif"],
        &["plan", "rotate", "aws:key:"],
        &["plan", "retire", "slack:"],
        &["check"],
        &["check", "--format", "json"],
    ];
    for run in runs {
        add(&run.join(" "), organisation.keysift(run));
    }
    let table = organisation.place.path().join("inventory.parquet");
    organisation
        .keysift(&[
            "inventory",
            "export",
            "--format",
            "parquet",
            "--output",
            &table.display().to_string(),
        ])
        .exits(0);
    written.push(("parquet".to_owned(), std::fs::read(&table).unwrap()));
    let connection = organisation.registry();
    for suffix in ["", "-wal", "-shm", ".key"] {
        let path = PathBuf::from(format!("{}{suffix}", connection.display()));
        if path.exists() {
            written.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    let mut at_home = Vec::new();
    files(&organisation.place.outside().join("home"), &mut at_home);
    for path in at_home {
        written.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    assert!(
        written
            .iter()
            .all(|(name, bytes)| !bytes.is_empty() || name == "check"),
        "something said nothing"
    );
    for (name, secret) in planted() {
        for form in forms(&secret)
            .into_iter()
            .chain(forms(&rare(name, &secret)))
        {
            for (place, bytes) in &written {
                assert!(!holds(bytes, &form), "{name} is in {place}");
            }
        }
    }
}

/// The test above can fail: the repositories do hold what it looks for.
#[test]
fn what_is_looked_for_is_there_to_be_found() {
    let organisation = Organisation::new();
    let mut found = Vec::new();
    files(&organisation.place.path(), &mut found);
    let all: Vec<Vec<u8>> = found
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    for (name, secret) in planted() {
        // What was taken out again is compressed in Git's objects.
        let is_current = !matches!(name, "npm-old" | "aws");
        let part = rare(name, &secret);
        assert_eq!(
            all.iter().any(|bytes| holds(bytes, part.as_bytes())),
            is_current,
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_registry_and_its_key_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let organisation = Organisation::new();
    organisation.update_one("tools").exits(0);
    let key = PathBuf::from(format!("{}.key", organisation.registry().display()));
    for path in [organisation.registry(), key.clone()] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    organisation
        .keysift(&["inventory", "list"])
        .exits(2)
        .warns("others than its owner may read")
        .warns("chmod 600");
}

#[test]
fn a_wrong_or_lost_key_is_noticed_before_anything_is_written() {
    let organisation = Organisation::new();
    organisation.update_one("tools").exits(0);
    let before = std::fs::read(organisation.registry()).unwrap();
    let other = organisation.place.path().join("other.key");
    std::fs::write(&other, [7; 32]).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    organisation
        .keysift(&[
            "inventory",
            "update",
            "mobile",
            "--registry-key",
            "other.key",
        ])
        .exits(2)
        .warns("the key is not this registry's");
    std::fs::remove_file(organisation.place.path().join("registry.db.key")).unwrap();
    organisation
        .keysift(&["inventory", "update", "mobile"])
        .exits(2)
        .warns("the registry's key is not there");
    assert_eq!(std::fs::read(organisation.registry()).unwrap(), before);
    organisation.place.write("short.key", "short");
    organisation
        .keysift(&["inventory", "list", "--registry-key", "short.key"])
        .exits(2);
}
