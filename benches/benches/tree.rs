//! A whole scan of a generated tree, from directory to findings.

use std::fs;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keysift::source::{FileOptions, Files};
use keysift::{Collect, Rule, ScanOptions, Scanner, ScannerOptions};
use keysift_benches::leaky_code;

const FILES: usize = 2000;
const FILE_BYTES: usize = 8 << 10;
/// Every so many files one has a secret.
const ONE_IN: usize = 50;

fn scan_a_tree(c: &mut Criterion) {
    let rules = keysift::builtin_rules().expect("the rules parse");
    let is_checked =
        |rule: &&Arc<Rule>| rule.checks.iter().any(|format| format.name == "npm-token");
    let rule = Arc::clone(
        rules
            .iter()
            .find(is_checked)
            .expect("a rule has the check npm-token"),
    );
    let folder = tempfile::tempdir().expect("a folder can be made");
    for number in 0..FILES {
        let inner = folder.path().join(format!("d{}", number % 40));
        fs::create_dir_all(&inner).expect("a folder can be made");
        let secrets = usize::from(number % ONE_IN == 0);
        let text = leaky_code(FILE_BYTES, secrets, &rule, number as u64);
        fs::write(inner.join(format!("f{number}.rs")), text).expect("a file can be written");
    }
    let scanner = Scanner::new(rules, ScannerOptions::default()).expect("there are rules");
    let mut group = c.benchmark_group("tree");
    group
        .throughput(Throughput::Bytes((FILES * FILE_BYTES) as u64))
        .sample_size(20);
    for threads in [1, 2] {
        let options = ScanOptions::default().threads(NonZeroUsize::new(threads));
        group.bench_function(format!("{threads} threads"), |b| {
            b.iter(|| {
                let source = Files::new(vec![folder.path().to_owned()], FileOptions::default());
                let mut sink = Collect::default();
                keysift::scan(
                    &scanner,
                    &source,
                    &mut sink,
                    &options,
                    &AtomicBool::new(false),
                )
                .expect("the tree can be scanned");
                assert_eq!(sink.findings.len(), FILES / ONE_IN);
            });
        });
    }
    group.finish();
}

criterion_group!(tree, scan_a_tree);
criterion_main!(tree);
