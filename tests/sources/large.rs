//! Files that are too large to be one blob.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use keysift_core::{Blob, Origin, Skip, Unscanned};
use keysift_source::{FileOptions, Files, MapPolicy, Source, Visitor, WHOLE_FILE_BYTES};

use crate::harness::{options, threads, tree, visit_tree};

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8).collect()
}

#[test]
fn the_length_decides_between_blob_and_stream() {
    let tree = tree(&[]);
    fs::write(tree.path().join("whole"), bytes(WHOLE_FILE_BYTES)).unwrap();
    fs::write(tree.path().join("larger"), bytes(WHOLE_FILE_BYTES + 1)).unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.blobs.len(), 1);
    assert_eq!(seen.streams.len(), 1);
    assert!(seen.blobs.values().all(|it| *it == bytes(WHOLE_FILE_BYTES)));
    assert!(
        seen.streams
            .values()
            .all(|it| *it == bytes(WHOLE_FILE_BYTES + 1))
    );
}

#[test]
fn a_limit_leaves_out_what_is_larger() {
    let tree = tree(&["12345", "123456"]);
    let options = FileOptions {
        max_file_bytes: Some(5),
        ..options()
    };
    let seen = visit_tree(tree.path(), options);
    assert_eq!(seen.names(), ["12345"]);
    assert_eq!(seen.skipped(Skip::TooLarge), ["123456"]);
}

#[test]
#[expect(unsafe_code, reason = "maps are unsafe to switch on")]
fn a_mapped_file_is_one_blob_whatever_its_length() {
    let tree = tree(&["small", "empty"]);
    fs::write(tree.path().join("empty"), b"").unwrap();
    fs::write(tree.path().join("large"), bytes(WHOLE_FILE_BYTES + 1)).unwrap();
    fs::write(tree.path().join("utf-16"), b"\xFF\xFEk\0").unwrap();
    let read = visit_tree(tree.path(), options());
    let options = FileOptions {
        // SAFETY: nobody else knows the directory.
        map: unsafe { MapPolicy::at_least(0) },
        ..options()
    };
    let mapped = visit_tree(tree.path(), options);
    let all = |seen: crate::harness::Seen| {
        let mut all = seen.blobs;
        all.extend(seen.streams);
        all
    };
    assert!(mapped.names().contains(&"large"));
    assert_eq!(all(mapped), all(read));
}

/// Counts bytes, in pieces of 1 MiB.
struct Counter<'a>(&'a AtomicU64);

impl Visitor for Counter<'_> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        panic!("{} came whole", blob.origin);
    }

    fn stream(&mut self, _: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>> {
        let mut piece = vec![0; 1 << 20];
        loop {
            match reader.read(&mut piece)? {
                0 => return Ok(ControlFlow::Continue(())),
                read => self.0.fetch_add(read as u64, Ordering::Relaxed),
            };
        }
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        panic!("{unscanned:?}");
    }
}

/// The most memory this process ever had, in bytes, where the system tells.
fn peak_bytes() -> Option<u64> {
    let mut status = String::new();
    File::open("/proc/self/status")
        .ok()?
        .read_to_string(&mut status)
        .ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}

#[test]
fn a_sparse_file_of_5_gb_is_streamed_in_bounded_memory() {
    const LENGTH: u64 = 5 << 30;
    // In memory, holes cost nothing to read; on a disk, they fill the system's cache with zeros first.
    let tree = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let file = File::create(tree.path().join("sparse")).unwrap();
    file.set_len(LENGTH).unwrap();
    let count = AtomicU64::new(0);
    let count_ref = &count;
    let files = Files::new(vec![tree.path().to_owned()], options());
    files
        .visit(threads(1), &AtomicBool::new(false), &move || {
            Box::new(Counter(count_ref))
        })
        .unwrap();
    assert_eq!(count.into_inner(), LENGTH);
    // Other tests run in this process meanwhile, and keep some files.
    assert!(peak_bytes().is_none_or(|peak| peak < 512 << 20));
}
