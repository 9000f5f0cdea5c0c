//! Reports of hostile blobs under hostile paths: nothing that a terminal obeys, and no secret.

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use keysift_core::{
    Blob, Commit, Confidence, Finding, Origin, Scanner, ScannerOptions, Sink, Skip, Summary, Tag,
    Unscanned,
};
use keysift_report::{Format, ReportOptions, formats, is_printable};
use keysift_tests::rules;

use crate::input::Input;

const MAX_BLOB_BYTES: usize = 16 << 10;

/// A shorter secret may stand in a report by chance.
const MIN_SECRET_BYTES: usize = 12;

/// A writer whose bytes are looked at afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("because nothing panics while it is held")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(format: &Format, options: &ReportOptions, findings: &[Finding], path: &str) -> String {
    let out = Shared::default();
    let mut sink = (format.open)(Box::new(out.clone()), options);
    let told = (|| {
        sink.begin()?;
        let (dropped, kept): (Vec<Finding>, Vec<Finding>) = findings
            .iter()
            .cloned()
            .partition(|finding| finding.dropped.is_some());
        if !kept.is_empty() {
            let _ = sink.findings(&kept)?;
        }
        if !dropped.is_empty() {
            sink.dropped(&dropped, &kept)?;
        }
        sink.unscanned(&Unscanned::new(path, Skip::Unreadable).message(path))?;
        sink.finish(&Summary::default())
    })();
    told.expect("because memory can be written to");
    let bytes = out.0.lock().expect("because nothing panicked").clone();
    String::from_utf8(bytes).expect("a report is text")
}

/// A file, or what Git has, called by the same text everywhere.
fn origin(flags: u8, path: &str) -> Origin {
    let file = OsString::from(path).into();
    let commit = || {
        Arc::new(Commit {
            date: None,
            id: path.to_owned(),
            author: path.to_owned(),
            email: path.to_owned(),
        })
    };
    match flags >> 5 {
        0 => Origin::CommitMessage(commit()),
        1 => Origin::Committed {
            commit: commit(),
            path: file,
        },
        2 => Origin::Staged {
            path: file,
            stage: 2,
        },
        3 => Origin::Note {
            commit: commit(),
            reference: path.to_owned(),
        },
        4 => Origin::TagMessage(Arc::new(Tag {
            date: None,
            name: path.to_owned(),
            id: path.to_owned(),
            tagger: path.to_owned(),
            email: path.to_owned(),
        })),
        5 => Origin::Member {
            archive: Arc::new(Origin::File(file.clone())),
            path: file,
        },
        _ => Origin::File(file),
    }
}

/// The first bytes are the path, the rest is the blob.
///
/// # Panics
/// If a report holds a secret or a character that is no text.
pub fn report(bytes: &[u8]) {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
        let options = ScannerOptions {
            min_confidence: Confidence::Low,
            explain: true,
            ..ScannerOptions::default()
        };
        Scanner::new(rules::hard(), options).expect("because the set is not empty")
    });
    let mut input = Input::new(bytes);
    let flags = input.byte();
    let length = usize::from(input.byte());
    let path = String::from_utf8_lossy(input.take(length)).into_owned();
    let blob = input.rest(MAX_BLOB_BYTES);
    let origin = Arc::new(origin(flags, &path));
    let mut findings = Vec::new();
    SCANNER.scan(
        &mut SCANNER.scratch(),
        Blob {
            origin: &origin,
            bytes: blob,
            changed: None,
        },
        &mut |finding| findings.push(finding),
    );
    let options = ReportOptions {
        width: (flags & 1 == 1).then(|| usize::from(flags >> 2) * 4),
        explain: flags & 2 == 2,
        ..ReportOptions::default()
    };
    for format in formats() {
        let text = written(format, &options, &findings, &path);
        // Lines of CSV end with both (RFC 4180); nothing else has a carriage return.
        let line_ends = if format.name == "csv" { "\r\n" } else { "\n" };
        let lines = text.replace(line_ends, "");
        let stray = lines.chars().find(|c| *c != '\n' && !is_printable(*c));
        assert!(stray.is_none(), "{}: {stray:?} in a report", format.name);
        let is_told = |secret: &[u8]| {
            let secret = str::from_utf8(secret).unwrap_or_default();
            secret.len() >= MIN_SECRET_BYTES && text.contains(secret) && !path.contains(secret)
        };
        assert!(
            !findings
                .iter()
                .any(|finding| is_told(finding.secret.expose())),
            "{}: a secret in a report",
            format.name
        );
    }
}
