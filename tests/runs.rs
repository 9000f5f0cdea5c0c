//! Ways to scan a blob: whole, in pieces, as a patch. All must tell the same.

use std::sync::Arc;

use keysift_core::{
    Blob, Confidence, Finding, Match, Origin, Part, PrefilterChoice, RuleError, RuleSet, Scanner,
    ScannerOptions, Scratch, Span, Trace,
};

/// A scanner that tells everything, dropped matches included.
///
/// # Errors
/// An empty set.
pub fn scanner(rules: RuleSet, prefilter: PrefilterChoice) -> Result<Scanner, RuleError> {
    let options = ScannerOptions {
        prefilter,
        min_confidence: Confidence::Low,
        explain: true,
        ..ScannerOptions::default()
    };
    Scanner::new(rules, options)
}

/// A finding, without what never differs.
pub fn told(finding: &Finding) -> String {
    format!(
        "{} {:?} {:?} {:?} {:?}-{:?} {:?} {} {:?} {:?} {:?} {:?}",
        finding.rule.id,
        finding.span,
        finding.secret_span,
        finding.via,
        finding.start,
        finding.end,
        finding.dropped,
        finding.fingerprint,
        finding.excerpt,
        finding.confidence,
        finding.parts,
        finding.facts,
    )
}

/// What a blob in memory tells.
pub fn scan(scanner: &Scanner, bytes: &[u8]) -> Vec<String> {
    let origin = Arc::new(Origin::Stdin);
    let mut all = Vec::new();
    scanner.scan(
        &mut scanner.scratch(),
        Blob {
            origin: &origin,
            bytes,
            changed: None,
        },
        &mut |finding| all.push(told(&finding)),
    );
    all
}

/// What a blob tells that comes in pieces of these sizes, over and over.
///
/// # Panics
/// If the stream does not count the bytes that it was given.
pub fn scan_in_pieces(
    scanner: &Scanner,
    bytes: &[u8],
    sizes: &[usize],
    batch_bytes: usize,
) -> Vec<String> {
    let origin = Arc::new(Origin::Stdin);
    let mut all = Vec::new();
    let mut scratch = scanner.scratch();
    let mut stream = scanner.stream(&origin).batch_bytes(batch_bytes);
    let mut rest = bytes;
    let mut sizes = sizes.iter().copied().cycle();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(1).clamp(1, rest.len());
        stream.push(&mut scratch, &rest[..size], &mut |finding| {
            all.push(told(&finding))
        });
        rest = &rest[size..];
    }
    let length = stream.finish(&mut scratch, &mut |finding| all.push(told(&finding)));
    assert_eq!(length, bytes.len() as u64);
    all
}

/// The matches that are not hidden, as the oracle tells them.
pub fn named(scanner: &Scanner, matches: &[Match]) -> Vec<(String, Span, Span)> {
    matches
        .iter()
        .filter(|found| found.via().is_empty())
        .map(|found| {
            (
                scanner.rule(found.rule).id.clone(),
                found.span,
                found.secret,
            )
        })
        .collect()
}

/// The matches of a blob cut into parts at these offsets, each part searched by itself.
pub fn matches_cut(scanner: &Scanner, bytes: &[u8], cuts: &[usize]) -> Vec<Match> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| (*cut).min(bytes.len())).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    let mut scratch = scanner.scratch();
    cuts.windows(2)
        .flat_map(|cut| scanner.matches_between(&mut scratch, bytes, cut[0]..cut[1]))
        .collect()
}

/// A patch of `base` and the blob that it makes: of each copy its start, its length and what is inserted behind it.
pub fn patched(base: &[u8], copies: &[(usize, usize, &[u8])]) -> (Vec<Part>, Vec<u8>) {
    let mut parts = Vec::new();
    let mut made = Vec::new();
    for (from, length, insert) in copies {
        let from = (*from).min(base.len());
        let length = (*length).min(base.len() - from);
        parts.push(Part::Copy(Span::new(from, from + length)));
        made.extend_from_slice(&base[from..from + length]);
        parts.push(Part::Insert(insert.len()));
        made.extend_from_slice(insert);
    }
    (parts, made)
}

/// The trace of a blob that is scanned in full.
pub fn trace(scanner: &Scanner, scratch: &mut Scratch, bytes: &[u8]) -> Trace {
    let mut trace = Trace::default();
    scanner.trace(scratch, bytes, &mut trace);
    trace
}

/// The matches of a blob that is scanned as a patch of a blob whose trace is known.
pub fn matches_of_patch(
    scanner: &Scanner,
    scratch: &mut Scratch,
    (bytes, parts): (&[u8], &[Part]),
    base: &Trace,
) -> Vec<Match> {
    let mut trace = Trace::default();
    scanner.trace_patch(scratch, bytes, parts, base, &mut trace);
    trace.matches().to_vec()
}
