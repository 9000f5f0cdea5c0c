//! tar: dialects, links, devices, and images of containers.

use keysift_core::Skip;
use keysift_tests::archives::{append, gzip, tar};
use tar::{Builder, EntryType, Header};

use crate::harness::opened;

const TEXT: &[u8] = b"a text that no compression hides from this test";

fn header(kind: EntryType, name: &str, bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    let field = &mut header.as_mut_bytes()[..100];
    field[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(bytes);
    header.set_cksum();
    header
}

/// A header and its data, filled up.
fn entry(header: &Header, data: &[u8]) -> Vec<u8> {
    let padding = vec![0; data.len().next_multiple_of(512) - data.len()];
    [header.as_bytes(), data, &padding].concat()
}

#[test]
fn long_names_are_read_in_both_ways() {
    let long = "long/".repeat(60) + "name";
    assert_eq!(
        opened(&tar(&long, TEXT)).of(&format!("<stdin>!{long}")),
        [TEXT]
    );
    let mut builder = Builder::new(Vec::new());
    let records = [("path", long.as_bytes()), ("comment", &b"a remark"[..])];
    builder.append_pax_extensions(records).unwrap();
    append(&mut builder, "short", TEXT);
    append(&mut builder, "next", TEXT);
    let seen = opened(&builder.into_inner().unwrap());
    assert_eq!(seen.of(&format!("<stdin>!{long}")), [TEXT]);
    assert_eq!(seen.of("<stdin>!next"), [TEXT]);
    assert!(seen.holds(b"a remark"));
    assert_eq!(seen.unscanned, []);
}

#[test]
fn names_are_names_wherever_they_point() {
    let bytes = entry(&header(EntryType::Regular, "../../etc/passwd", 47), TEXT);
    assert_eq!(opened(&bytes).of("<stdin>!../../etc/passwd"), [TEXT]);
}

#[test]
fn a_header_without_magic_is_known_by_its_sum() {
    let mut header = Header::new_old();
    header.set_path("a").unwrap();
    header.set_size(47);
    header.set_cksum();
    assert_eq!(opened(&entry(&header, TEXT)).of("<stdin>!a"), [TEXT]);
}

#[test]
fn links_are_texts_and_devices_are_told() {
    let mut link = header(EntryType::Symlink, "link", 0);
    link.set_link_name_literal("https://name:word@host")
        .unwrap();
    link.set_cksum();
    let bytes = [
        entry(&link, b""),
        entry(&header(EntryType::Char, "device", 0), b""),
        entry(&header(EntryType::Directory, "directory", 0), b""),
        entry(&header(EntryType::Regular, "file", 47), TEXT),
    ]
    .concat();
    let seen = opened(&bytes);
    assert_eq!(seen.of("<stdin>!link"), [b"https://name:word@host"]);
    assert_eq!(seen.of("<stdin>!file"), [TEXT]);
    assert_eq!(
        seen.unscanned,
        [("<stdin>!device".to_owned(), Skip::Special)]
    );
    assert_eq!(seen.given.len(), 2);
}

#[test]
fn a_sparse_file_is_scanned_as_it_lies() {
    let mut sparse = header(EntryType::GNUSparse, "sparse", 47);
    sparse.as_mut_bytes()[482] = 1;
    sparse.set_cksum();
    let mut map = [0; 1024];
    map[504] = 1;
    let bytes = [
        &sparse.as_bytes()[..],
        &map,
        TEXT,
        &[0; 512 - 47],
        &entry(&header(EntryType::Regular, "next", 47), TEXT),
    ]
    .concat();
    let seen = opened(&bytes);
    assert_eq!(seen.of("<stdin>!sparse"), [TEXT]);
    assert_eq!(seen.of("<stdin>!next"), [TEXT]);
    assert_eq!(seen.unscanned, []);
}

#[test]
fn tars_one_behind_the_other_are_all_read() {
    let seen = opened(&[tar("a", TEXT), tar("b", TEXT)].concat());
    assert_eq!(seen.names(), ["<stdin>!a", "<stdin>!b"]);
}

#[test]
fn lengths_that_are_lies_take_no_memory() {
    let huge = u64::MAX / 2;
    for kind in [
        EntryType::Regular,
        EntryType::GNULongName,
        EntryType::XHeader,
    ] {
        let seen = opened(&entry(&header(kind, "a", huge), TEXT));
        assert!(seen.holds(TEXT), "{kind:?}");
        assert_eq!(seen.skips(), [Skip::DamagedArchive], "{kind:?}");
    }
}

#[test]
fn what_follows_a_damaged_header_is_scanned_as_it_is() {
    let bytes = [tar("a", TEXT)[..1024].to_vec(), b"no header ".repeat(60)].concat();
    let seen = opened(&bytes);
    assert_eq!(seen.of("<stdin>!a"), [TEXT]);
    assert_eq!(seen.of("<stdin>"), [b"no header ".repeat(60)]);
    assert_eq!(
        seen.unscanned,
        [("<stdin>".to_owned(), Skip::DamagedArchive)]
    );
}

#[test]
fn a_file_that_a_later_layer_of_an_image_takes_away_is_scanned() {
    let mut image = Builder::new(Vec::new());
    append(&mut image, "blobs/sha256/1", &gzip(&tar("etc/key", TEXT)));
    append(&mut image, "blobs/sha256/2", &tar("etc/.wh.key", b""));
    append(&mut image, "manifest.json", b"[]");
    let seen = opened(&image.into_inner().unwrap());
    assert_eq!(seen.of("<stdin>!blobs/sha256/1!etc/key"), [TEXT]);
    assert_eq!(seen.of("<stdin>!blobs/sha256/2!etc/.wh.key"), [b""]);
    assert_eq!(seen.unscanned, []);
}
