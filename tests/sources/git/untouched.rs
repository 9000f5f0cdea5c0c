//! Nothing is ever written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::harness::Repo;

type Listing = BTreeMap<PathBuf, (SystemTime, u32, Vec<u8>)>;

fn list(directory: &Path, listing: &mut Listing) {
    use std::os::unix::fs::MetadataExt;

    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let bytes = if metadata.is_file() {
            fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        let times = (metadata.modified().unwrap(), metadata.mode(), bytes);
        listing.insert(path.clone(), times);
        if metadata.is_dir() {
            list(&path, listing);
        }
    }
}

#[test]
fn a_repository_is_as_it_was_before() {
    let repo = Repo::new();
    for number in 0..5 {
        repo.add(&format!("d/{number}"), format!("{number}\n"));
        repo.commit(&format!("c{number}"));
    }
    repo.git(["gc", "-q"]);
    repo.add("d/0", "0\nstaged\n");
    repo.write("d/1", "not staged\n");
    repo.git(["tag", "-m", "tagged", "v1"]);
    let mut before = Listing::new();
    list(repo.path(), &mut before);
    assert_eq!(repo.staged().blobs.len(), 1);
    assert_eq!(repo.range("HEAD~4..HEAD").files().len(), 4);
    assert_eq!(repo.range("HEAD").blobs.len(), 3);
    let mut after = Listing::new();
    list(repo.path(), &mut after);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    assert!(before == after);
}
