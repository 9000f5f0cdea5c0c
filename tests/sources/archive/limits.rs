//! Limits, and archives that are bombs.

use keysift_core::Skip;
use keysift_source::ArchiveOptions;
use keysift_tests::archives::{self, Entry, Zip, deflate, gzip, tar};

use crate::harness::{opened, within};

const TEXT: &[u8] = b"a text that no compression hides from this test";

#[test]
fn an_archive_in_too_many_others_is_scanned_as_it_is() {
    let options = ArchiveOptions {
        max_depth: 2,
        ..ArchiveOptions::default()
    };
    let two = tar("b", &tar("c", TEXT));
    assert_eq!(within(&two, options).unscanned, []);
    let three = tar("a", &tar("b", &tar("c", TEXT)));
    let seen = within(&three, options);
    assert_eq!(seen.of("<stdin>!a!b"), [tar("c", TEXT)]);
    assert_eq!(
        seen.unscanned,
        [("<stdin>!a!b".to_owned(), Skip::ArchiveDepth)]
    );
    let none = ArchiveOptions {
        max_depth: 0,
        ..options
    };
    assert_eq!(within(&two, none).of("<stdin>"), [two]);
}

#[test]
fn members_beyond_their_number_are_told() {
    let mut builder = ::tar::Builder::new(Vec::new());
    for name in ["a", "b", "c"] {
        archives::append(&mut builder, name, TEXT);
    }
    let options = ArchiveOptions {
        max_members: 2,
        ..ArchiveOptions::default()
    };
    let seen = within(&builder.into_inner().unwrap(), options);
    assert_eq!(seen.names(), ["<stdin>!a", "<stdin>!b"]);
    assert_eq!(
        seen.unscanned,
        [("<stdin>".to_owned(), Skip::ArchiveMembers)]
    );
}

#[test]
fn the_sum_of_all_levels_is_bounded() {
    let options = ArchiveOptions {
        max_bytes: 4_000,
        ..ArchiveOptions::default()
    };
    let inner = gzip(&TEXT.repeat(50));
    let zip = Zip::default()
        .deflated("a", &inner)
        .deflated("b", &inner)
        .deflated("c", &inner);
    let seen = within(&zip.end(), options);
    assert_eq!(seen.of("<stdin>!a!a"), [TEXT.repeat(50)]);
    assert_eq!(seen.skips(), [Skip::ArchiveBytes]);
    assert!(seen.of("<stdin>!c!c").is_empty());
    let sum: usize = seen.given.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(sum < 3 * 4_000, "{sum}");
}

#[test]
fn a_bomb_is_put_out_on_every_level() {
    let zeros = vec![0; 80 << 20];
    for bomb in [
        gzip(&zeros),
        gzip(&gzip(&zeros)),
        archives::seven_zip(&zeros),
        Zip::default().deflated("a", &zeros).end(),
    ] {
        let seen = opened(&bomb);
        assert_eq!(seen.skips(), [Skip::ArchiveRatio]);
        let sum: usize = seen.given.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(sum <= 72 << 20, "{sum}");
    }
}

#[test]
fn equal_lines_are_no_bomb() {
    let lines = b"an equal line\n".repeat(1 << 20);
    assert_eq!(opened(&gzip(&lines)).unscanned, []);
}

#[test]
fn entries_that_overlap_are_read_once() {
    let kernel = deflate(&vec![0; 1 << 20]);
    let entry = Entry {
        name: "kernel",
        flags: 0,
        method: 8,
        data: &kernel,
        extra: b"",
        is_listed: true,
    };
    let mut zip = Zip::default().entry(entry);
    // A thousand entries of the directory that all name the one.
    zip.directory = zip.directory.repeat(1000);
    let seen = opened(&zip.end());
    assert_eq!(seen.of("<stdin>!kernel").len(), 1);
    assert_eq!(seen.unscanned, []);
}

#[test]
fn a_dictionary_that_is_a_lie_takes_no_memory() {
    // The filter's one byte of properties says that the dictionary has 4 GiB.
    let mut bytes = archives::xz(TEXT);
    let at = bytes.windows(2).position(|pair| pair == [0x21, 1]).unwrap();
    bytes[at + 2] = 40;
    let crc = crc32fast::hash(&bytes[12..20]);
    bytes[20..24].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(opened(&bytes).skips(), [Skip::ArchiveMemory]);
}
