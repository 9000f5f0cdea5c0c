//! Sweeps every object of a repository and tells what it came to, for measuring and for comparing.
//!
//! `sweep REPOSITORY [inherit|whole|read] [THREADS]`: `inherit` scans what each delta inserts, `whole` every blob in full,
//! and `read` nothing. The digest is of every match, whatever its order: it must be the same for `inherit` and `whole`.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use keysift::source::git::{
    self, Base, History, HistoryOptions, Object, ObjectKind, ObjectVisitor,
};
use keysift::{Scanner, ScannerOptions, Scratch, Trace, Unscanned, Verdict};

struct Sweep<'s> {
    scanner: &'s Scanner,
    scratch: Scratch,
    mode: &'s str,
    objects: u64,
    blobs: u64,
    bytes: u64,
    matches: u64,
    kept: u64,
    digest: u64,
    unscanned: Vec<Unscanned>,
}

impl ObjectVisitor for Sweep<'_> {
    type Kept = Trace;

    fn object(
        &mut self,
        object: &Object<'_>,
        base: Option<Base<'_, Trace>>,
        kept: &mut Trace,
    ) -> ControlFlow<()> {
        match (self.mode, base) {
            ("read", _) => {}
            ("inherit", Some(base)) => {
                let scratch = &mut self.scratch;
                self.scanner
                    .trace_patch(scratch, object.text, base.parts, base.kept, kept);
            }
            _ => self.scanner.trace(&mut self.scratch, object.text, kept),
        }
        if object.is_repeated {
            return ControlFlow::Continue(());
        }
        self.objects += 1;
        self.blobs += u64::from(object.kind == ObjectKind::Blob);
        self.bytes += object.text.len() as u64;
        for found in kept.matches() {
            self.matches += 1;
            self.kept += u64::from(matches!(found.verdict, Verdict::Keep(_)));
            let mut hasher = DefaultHasher::new();
            let place = (found.span, found.secret, format!("{:?}", found.verdict));
            (object.id.as_slice(), found.rule, place).hash(&mut hasher);
            self.digest = self.digest.wrapping_add(hasher.finish());
        }
        ControlFlow::Continue(())
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        self.unscanned.push(unscanned);
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("which repository?")?;
    let mode = arguments.get(1).map_or("inherit", |mode| mode);
    let threads: usize = arguments.get(2).map_or(Ok(1), |threads| threads.parse())?;
    let threads = NonZeroUsize::new(threads).ok_or("at least one thread")?;
    let scanner = Scanner::new(keysift::builtin_rules()?, ScannerOptions::default())?;
    let repository = git::open(path.as_ref(), &git::RepositoryOptions::default())?;
    let history = History::new(repository, HistoryOptions::default());
    let began = Instant::now();
    let make = || Sweep {
        scanner: &scanner,
        scratch: scanner.scratch(),
        mode,
        objects: 0,
        blobs: 0,
        bytes: 0,
        matches: 0,
        kept: 0,
        digest: 0,
        unscanned: Vec::new(),
    };
    let sweeps = history.visit(threads, &AtomicBool::new(false), &make)?;
    let elapsed = began.elapsed();
    let sum = |of: fn(&Sweep<'_>) -> u64| sweeps.iter().map(of).fold(0, u64::wrapping_add);
    println!(
        "{mode} {threads}: {} objects, {} blobs, {} bytes, {} matches, {} kept, {} candidates, {} windows, digest {:016x}, {} unscanned, {:.3} s",
        sum(|sweep| sweep.objects),
        sum(|sweep| sweep.blobs),
        sum(|sweep| sweep.bytes),
        sum(|sweep| sweep.matches),
        sum(|sweep| sweep.kept),
        sum(|sweep| sweep.scratch.counters.candidates),
        sum(|sweep| sweep.scratch.counters.windows),
        sum(|sweep| sweep.digest),
        sum(|sweep| sweep.unscanned.len() as u64),
        elapsed.as_secs_f64(),
    );
    for unscanned in sweeps.iter().flat_map(|sweep| &sweep.unscanned).take(20) {
        println!("{unscanned:?}");
    }
    Ok(())
}
