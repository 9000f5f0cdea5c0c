//! Packs that Git would not write: what they claim is not believed, and what is sound in them is scanned.

use keysift::Skip;
use keysift_tests::packs::{BLOB, PackEntry, REF_DELTA, write_pack};

use super::git;
use super::harness::{every, secrets, token};

/// A delta that copies all of a base and puts something behind it.
fn appending(base_bytes: usize, new: &[u8]) -> Vec<u8> {
    let (base, made) = (base_bytes as u8, (base_bytes + new.len()) as u8);
    let mut delta = vec![base, made, 0x90, base, new.len() as u8];
    delta.extend(new);
    delta
}

#[test]
fn what_a_pack_claims_is_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    git(directory.path(), &["init", "-q"]);
    let text = format!("{} ", token(1));
    let base = text.len();
    let more = token(2);
    let ring = appending(base, b"x");
    let mut bomb = vec![base as u8, 0xff, 0xff, 0xff, 0xff, 0x7f];
    bomb.extend([0x90, base as u8].repeat(1000));
    let entry = PackEntry::new;
    let mut huge = entry(7, BLOB, None, b"small");
    huge.claimed = 1 << 40;
    let entries = [
        entry(1, BLOB, None, text.as_bytes()),
        entry(2, REF_DELTA, Some(1), &appending(base, more.as_bytes())),
        entry(3, REF_DELTA, Some(4), &ring),
        entry(4, REF_DELTA, Some(3), &ring),
        entry(5, REF_DELTA, Some(99), &ring),
        entry(6, REF_DELTA, Some(1), &bomb),
        huge,
        entry(8, REF_DELTA, Some(8), &ring),
        entry(9, REF_DELTA, Some(7), &ring),
        entry(10, 5, None, b"of no type that there is"),
    ];
    write_pack(&directory.path().join(".git/objects/pack"), &entries).unwrap();
    let (sink, summary) = every(directory.path());
    assert_eq!(secrets(&sink), [1, 2].map(token).into());
    assert!(summary.is_incomplete());
    assert_eq!(summary.skipped.get(&Skip::Unreadable), Some(&8));
    for id in 3..=10_u8 {
        let id = format!("{id:02x}").repeat(20);
        let is_named = |name: &String| name.ends_with(&id);
        assert!(
            sink.unscanned
                .iter()
                .any(|unscanned| is_named(&unscanned.name)),
            "{id}"
        );
    }
}
