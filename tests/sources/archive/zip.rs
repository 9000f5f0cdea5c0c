//! zip, with all that may be odd in it.

use keysift_core::Skip;
use keysift_tests::archives::{Entry, Zip, bzip2, deflate, xz, zstd};

use crate::harness::{Seen, opened};

const TEXT: &[u8] = b"a text that no compression hides from this test";

fn entry(name: &str) -> Entry<'_> {
    Entry {
        name,
        flags: 0,
        method: 0,
        data: TEXT,
        extra: b"",
        is_listed: true,
    }
}

fn one(entry: Entry<'_>) -> Seen {
    opened(&Zip::default().entry(entry).end())
}

/// LZMA as zip has it, which the maker of xz cannot make: the text in an LZMA file, its header put differently.
fn lzma(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let options = lzma_rust2::LzmaOptions::with_preset(0);
    let mut writer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    writer.write_all(bytes).unwrap();
    let file = writer.finish().unwrap();
    [&[9, 20, 5, 0], &file[..5], &file[13..]].concat()
}

#[test]
fn each_method_is_decoded() {
    for (method, data) in [
        (0, TEXT.to_vec()),
        (8, deflate(TEXT)),
        (12, bzip2(TEXT)),
        (14, lzma(TEXT)),
        (93, zstd(TEXT)),
        (95, xz(TEXT)),
    ] {
        let flags = if method == 14 { 2 } else { 0 };
        let seen = one(Entry {
            method,
            flags,
            data: &data,
            ..entry("a")
        });
        assert_eq!(seen.of("<stdin>!a"), [TEXT], "{method}");
        assert_eq!(seen.unscanned, [], "{method}");
    }
}

#[test]
fn a_length_behind_the_data_is_found() {
    let cunning = [TEXT, b"PK\x07\x08\0\0\0\0\x01\0\0\0\x01\0\0\0", TEXT].concat();
    for (method, text, data) in [
        (0, TEXT, TEXT.to_vec()),
        (0, &*cunning, cunning.clone()),
        (8, TEXT, deflate(TEXT)),
        (93, TEXT, zstd(TEXT)),
    ] {
        let bytes = Zip::default()
            .entry(Entry {
                method,
                flags: 8,
                data: &data,
                ..entry("a")
            })
            .entry(entry("b"))
            .end();
        let seen = opened(&bytes);
        assert_eq!(seen.of("<stdin>!a"), [text], "{method}");
        assert_eq!(seen.of("<stdin>!b"), [TEXT], "{method}");
        assert_eq!(seen.unscanned, [], "{method}");
    }
}

#[test]
fn members_that_the_directory_hides_or_names_twice_are_scanned() {
    let hidden = Entry {
        is_listed: false,
        ..entry("hidden")
    };
    let bytes = Zip::default()
        .entry(entry("a"))
        .entry(hidden)
        .entry(entry("a"))
        .end();
    let seen = opened(&bytes);
    assert_eq!(seen.of("<stdin>!a"), [TEXT, TEXT]);
    assert_eq!(seen.of("<stdin>!hidden"), [TEXT]);
    let second = Zip::default().entry(entry("second")).end();
    let seen = opened(&[bytes, second].concat());
    assert_eq!(seen.of("<stdin>!second"), [TEXT]);
    assert_eq!(seen.unscanned, []);
}

#[test]
fn comments_and_extra_fields_are_scanned() {
    let mut zip = Zip::default().entry(Entry {
        extra: b"\xFE\xCA\x05\0extra",
        ..entry("a")
    });
    zip.comment = b"the comment".to_vec();
    let seen = opened(&zip.end());
    assert!(seen.holds(b"extra"));
    assert!(seen.holds(b"the comment"));
    assert_eq!(seen.unscanned, []);
}

#[test]
fn bytes_between_members_are_scanned_and_told() {
    let mut zip = Zip::default().entry(entry("a"));
    zip.bytes.extend(b"what hides here?");
    let seen = opened(&zip.entry(entry("b")).end());
    assert!(seen.holds(b"what hides here?"));
    assert_eq!(seen.of("<stdin>!b"), [TEXT]);
    assert_eq!(seen.skips(), [Skip::DamagedArchive]);
}

#[test]
fn zeros_and_signatures_of_android_between_members_are_no_damage() {
    for between in [&b"\0\0\0"[..], b"sizes and certificates APK Sig Block 42"] {
        let mut zip = Zip::default().entry(entry("a"));
        zip.bytes.extend(between);
        let seen = opened(&zip.entry(entry("b")).end());
        assert_eq!(seen.unscanned, []);
        assert_eq!(seen.of("<stdin>!b"), [TEXT]);
    }
}

#[test]
fn bytes_that_a_member_hides_behind_its_end_are_scanned() {
    let data = [deflate(b"shown"), TEXT.to_vec()].concat();
    let seen = one(Entry {
        method: 8,
        data: &data,
        ..entry("a")
    });
    assert_eq!(seen.of("<stdin>!a"), [&b"shown"[..], TEXT]);
}

#[test]
fn what_is_encrypted_or_of_an_unknown_method_is_scanned_as_it_is_and_told() {
    let encrypted = Entry {
        flags: 1,
        ..entry("a")
    };
    let unknown = Entry {
        method: 98,
        ..entry("a")
    };
    for (odd, skip) in [(encrypted, Skip::Encrypted), (unknown, Skip::UnknownMethod)] {
        let seen = opened(&Zip::default().entry(odd).entry(entry("b")).end());
        assert_eq!(seen.of("<stdin>!a"), [TEXT]);
        assert_eq!(seen.of("<stdin>!b"), [TEXT]);
        assert_eq!(seen.unscanned, [("<stdin>!a".to_owned(), skip)]);
    }
}

#[test]
fn a_damaged_member_does_not_hide_the_next() {
    let seen = opened(
        &Zip::default()
            .entry(Entry {
                method: 8,
                data: b"\xFF\xFF no deflate",
                ..entry("a")
            })
            .entry(entry("b"))
            .end(),
    );
    assert!(seen.holds(b" no deflate"));
    assert_eq!(seen.of("<stdin>!b"), [TEXT]);
    assert_eq!(
        seen.unscanned,
        [("<stdin>!a".to_owned(), Skip::DamagedArchive)]
    );
}

#[test]
fn lengths_of_large_files_are_read() {
    let mut bytes = Zip::default().entry(Entry {
        extra: &[
            &b"\x01\0\x10\0"[..],
            &47_u64.to_le_bytes(),
            &47_u64.to_le_bytes(),
        ]
        .concat(),
        ..entry("a")
    });
    bytes.bytes[18..26].fill(0xFF);
    let seen = opened(&bytes.entry(entry("b")).end());
    assert_eq!(TEXT.len(), 47);
    assert_eq!(seen.of("<stdin>!a"), [TEXT]);
    assert_eq!(seen.of("<stdin>!b"), [TEXT]);
    assert_eq!(seen.unscanned, []);
}

#[test]
fn a_directory_is_no_member() {
    let directory = Entry {
        data: b"",
        ..entry("d/")
    };
    let seen = opened(&Zip::default().entry(directory).entry(entry("d/a")).end());
    assert_eq!(seen.names(), ["<stdin>!d/a", "<stdin>"]);
}
