//! The laws of locality: every way to scan a blob tells the same.

use std::sync::LazyLock;

use keysift_core::{PrefilterChoice, RuleSet, Scanner};
use keysift_tests::oracle::Oracle;
use keysift_tests::{rules, runs};

use crate::input::Input;

/// The oracle tries every rule at every byte, so that a longer blob would make a slow fuzzer.
const MAX_ORACLE_BYTES: usize = 6 << 10;

/// A blob of this length goes through a stream in several batches.
const MAX_BLOB_BYTES: usize = 64 << 10;

/// Every prefilter; a machine that lacks one has another under its name.
const CHOICES: [PrefilterChoice; 6] = [
    PrefilterChoice::Fastest,
    PrefilterChoice::Avx512,
    PrefilterChoice::Avx2,
    PrefilterChoice::Neon,
    PrefilterChoice::Grams,
    PrefilterChoice::Automaton,
];

/// The same rules behind each prefilter. They share the compiled patterns.
#[derive(Debug)]
pub(crate) struct Scanners {
    all: [Scanner; CHOICES.len()],
}

impl Scanners {
    pub(crate) fn new(rules: &RuleSet) -> Self {
        let scanner = |prefilter| {
            runs::scanner(rules.clone(), prefilter).expect("because the set is not empty")
        };
        Self {
            all: CHOICES.map(scanner),
        }
    }

    /// Panics unless every prefilter, a stream, a blob cut in parts and a patch all tell what the whole blob does.
    ///
    /// # Panics
    /// If they differ.
    pub(crate) fn compare(&self, plan: &Plan<'_>, blob: &[u8]) {
        let scanner = &self.all[plan.prefilter];
        let whole = runs::scan(scanner, blob);
        for other in &self.all {
            let name = other.prefilter_name();
            assert_eq!(runs::scan(other, blob), whole, "{name} differs");
        }
        let streamed = runs::scan_in_pieces(scanner, blob, &plan.pieces, plan.batch_bytes);
        assert_eq!(streamed, whole, "a stream differs from the whole");

        let mut scratch = scanner.scratch();
        let matches = scanner.matches(&mut scratch, blob);
        let cut = runs::matches_cut(scanner, blob, &plan.cuts);
        assert_eq!(cut, matches, "a blob in parts differs from the whole");

        let known = runs::trace(scanner, &mut scratch, blob);
        assert_eq!(known.matches(), matches, "a trace differs from the whole");
        let (parts, made) = runs::patched(blob, &plan.copies);
        let by_patch = runs::matches_of_patch(scanner, &mut scratch, (&made, &parts), &known);
        let in_full = scanner.matches(&mut scratch, &made);
        assert_eq!(by_patch, in_full, "a patch differs from the whole");
    }

    /// Panics unless the engine matches what the oracle matches.
    ///
    /// # Panics
    /// If they differ.
    pub(crate) fn compare_with(&self, oracle: &Oracle, blob: &[u8]) {
        let expected = oracle.matches(blob);
        for scanner in &self.all {
            let matches = scanner.matches(&mut scanner.scratch(), blob);
            let found = runs::named(scanner, &matches);
            assert_eq!(found, expected, "{}", scanner.prefilter_name());
        }
    }
}

/// How a blob is scanned, read from the front of an input.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    prefilter: usize,
    batch_bytes: usize,
    pieces: Vec<usize>,
    cuts: Vec<usize>,
    /// Start, length, and what is inserted behind.
    copies: Vec<(usize, usize, &'a [u8])>,
}

impl<'a> Plan<'a> {
    pub(crate) fn read(input: &mut Input<'a>) -> Self {
        let flags = input.byte();
        let count = |shift: u32| usize::from(flags >> shift & 3);
        Self {
            prefilter: usize::from(input.byte()) % CHOICES.len(),
            batch_bytes: input.number(),
            pieces: (0..=count(2)).map(|_| input.number()).collect(),
            cuts: (0..count(4)).map(|_| input.number()).collect(),
            copies: (0..=count(6))
                .map(|_| {
                    let (from, length) = (input.number(), input.number());
                    let inserted = usize::from(input.byte() % 40);
                    (from, length, input.take(inserted))
                })
                .collect(),
        }
    }
}

/// Rules that are hard on the engine, against the oracle and in every way to scan.
///
/// # Panics
/// If two ways tell different things.
pub fn scan(bytes: &[u8]) {
    static HARD: LazyLock<(Scanners, Oracle)> = LazyLock::new(|| {
        let rules = rules::hard();
        let oracle = Oracle::new(rules.iter().map(|rule| &**rule));
        (Scanners::new(&rules), oracle)
    });
    let (scanners, oracle) = &*HARD;
    let mut input = Input::new(bytes);
    let plan = Plan::read(&mut input);
    let blob = input.rest(MAX_ORACLE_BYTES);
    scanners.compare_with(oracle, blob);
    scanners.compare(&plan, blob);
}

/// The built-in rules, in every way to scan.
///
/// # Panics
/// If two ways tell different things.
pub fn scan_builtin(bytes: &[u8]) {
    static BUILTIN: LazyLock<Scanners> = LazyLock::new(|| Scanners::new(&rules::builtin()));
    let mut input = Input::new(bytes);
    let plan = Plan::read(&mut input);
    BUILTIN.compare(&plan, input.rest(MAX_BLOB_BYTES));
}
