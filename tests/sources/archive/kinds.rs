//! Every kind of archive, alone and in one another.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use keysift_source::{ArchiveOptions, Archives, Stdin, WHOLE_FILE_BYTES};
use keysift_tests::archives::{self, KINDS, gzip, tar};

use crate::harness::{opened, opened_file, visit, visit_until};

const TEXT: &[u8] = b"a text that no compression hides from this test";

/// Bytes that do not shrink.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn every_kind_is_opened_in_every_other_and_in_a_third() {
    for (first, make_first) in KINDS {
        for (second, make_second) in KINDS {
            for (third, make_third) in KINDS {
                let bytes = make_first(&make_second(&make_third(TEXT)));
                let seen = opened(&bytes);
                let what = format!("{third} in {second} in {first}");
                assert_eq!(seen.unscanned, [], "{what}");
                let found = seen.given.iter().filter(|(_, bytes)| bytes == TEXT);
                assert_eq!(found.count(), 1, "{what}: {:?}", seen.names());
                assert!(
                    !seen.given.iter().any(|(_, given)| *given == bytes),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn a_member_that_is_large_is_a_stream() {
    let long = [noise(3 * WHOLE_FILE_BYTES), TEXT.to_vec()].concat();
    for (kind, make) in KINDS {
        for seen in [opened(&make(&long)), opened_file("file", &make(&long))] {
            assert_eq!(seen.unscanned, [], "{kind}");
            assert_eq!(seen.streams, 1, "{kind}");
            assert!(seen.given.iter().any(|(_, bytes)| *bytes == long), "{kind}");
        }
    }
}

#[test]
fn members_are_called_by_the_archive_and_their_name() {
    let tar = tar("d/b.txt", TEXT);
    assert_eq!(opened_file("a.tar", &tar).names(), ["a.tar!d/b.txt"]);
    assert_eq!(opened_file("a.tgz", &gzip(&tar)).names(), ["a.tgz!d/b.txt"]);
    assert_eq!(
        opened_file("a.txt.gz", &gzip(TEXT)).names(),
        ["a.txt.gz!a.txt"]
    );
    let nested = archives::tar("b.tar.gz", &gzip(&tar));
    let names = ["a.tar!b.tar.gz!d/b.txt"];
    assert_eq!(opened_file("a.tar", &nested).names(), names);
    assert_eq!(opened(&tar).names(), ["<stdin>!d/b.txt"]);
}

#[test]
fn compressed_files_one_behind_the_other_are_one_content() {
    let (first, second) = TEXT.split_at(20);
    for (kind, make) in KINDS {
        if ["7z", "tar", "zip"].contains(kind) {
            continue;
        }
        let seen = opened(&[make(first), make(second)].concat());
        assert_eq!(
            seen.given,
            [("<stdin>!content".to_owned(), TEXT.to_vec())],
            "{kind}"
        );
        assert_eq!(seen.unscanned, [], "{kind}");
    }
}

#[test]
fn what_a_zstd_may_skip_is_scanned() {
    let length = (TEXT.len() as u32).to_le_bytes();
    let skipped = [&b"\x50\x2A\x4D\x18"[..], &length, TEXT].concat();
    let seen = opened(&[skipped, archives::zstd(b"more")].concat());
    assert!(seen.holds(TEXT));
    assert!(seen.holds(b"more"));
    assert_eq!(seen.unscanned, []);
}

#[test]
fn what_is_behind_an_archive_is_scanned_too() {
    let behind = [gzip(b"first"), tar("second", TEXT)].concat();
    let seen = opened(&behind);
    assert!(seen.holds(b"first"));
    assert!(seen.holds(TEXT));
    let seen = opened(&[gzip(b"first"), TEXT.to_vec()].concat());
    assert_eq!(seen.of("<stdin>"), [TEXT]);
}

#[test]
fn text_that_looks_like_an_archive_is_text() {
    let ustar = [&[b'a'; 257][..], b"ustar  and more", &[b'0'; 400]].concat();
    for text in [
        &b"PK zip"[..],
        b"BZh9 is bzip2",
        b"7z",
        b"(\xB5",
        b"",
        &ustar,
    ] {
        let seen = opened(text);
        assert_eq!(seen.given, [("<stdin>".to_owned(), text.to_vec())]);
        assert_eq!(seen.unscanned, []);
    }
}

#[test]
fn a_member_in_utf_16_is_decoded() {
    let text: Vec<u8> = "\u{feff}key"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(opened(&gzip(&text)).of("<stdin>!content"), [b"key"]);
}

#[test]
fn a_visitor_and_an_interrupt_end_the_visit_among_members() {
    let mut builder = ::tar::Builder::new(Vec::new());
    for name in ["a", "b", "c"] {
        archives::append(&mut builder, name, TEXT);
    }
    let bytes = builder.into_inner().unwrap();
    let count = AtomicUsize::new(0);
    let source = Archives::new(Stdin::new(&*bytes), ArchiveOptions::default());
    let seen = visit_until(&source, &AtomicBool::new(false), &|| {
        if count.fetch_add(1, Ordering::Relaxed) == 1 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!(seen.names(), ["<stdin>!a", "<stdin>!b"]);
    let asked = AtomicBool::new(false);
    let source = Archives::new(Stdin::new(&*bytes), ArchiveOptions::default());
    let seen = visit_until(&source, &asked, &|| {
        asked.store(true, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert_eq!(seen.names(), ["<stdin>!a"]);
    assert_eq!(seen.unscanned, []);
}

#[test]
fn a_fault_of_the_source_is_the_sources_to_tell() {
    struct Faulty;
    impl std::io::Read for Faulty {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    for (kind, make) in KINDS {
        let bytes = make(&noise(200_000));
        let cut = &bytes[..100_000];
        let reader = std::io::Read::chain(cut, Faulty);
        let seen = visit(&Archives::new(
            Stdin::new(reader),
            ArchiveOptions::default(),
        ));
        let told = [("<stdin>".to_owned(), keysift_core::Skip::Unreadable)];
        assert_eq!(seen.unscanned, told, "{kind}");
    }
}
