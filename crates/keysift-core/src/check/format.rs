//! Checksums and structure, by the formats that the rule names.

use keysift_facts::{Failure, Input, Validity};

use super::{Reason, Subject, Verdict};

/// A wrong checksum or structure drops the match; a doubt lowers its confidence.
pub(super) fn check(subject: &Subject<'_>) -> Verdict {
    let mut confidence = subject.rule.confidence;
    for format in &subject.rule.checks {
        let bytes = match format.input {
            Input::Secret => subject.secret_bytes(),
            Input::Match => &subject.hay[subject.matched.range()],
        };
        match format.check(bytes) {
            Validity::Doubtful(_) => confidence = confidence.lowered(),
            Validity::Invalid(Failure::Checksum, _) => return Verdict::Drop(Reason::Checksum),
            Validity::Invalid(..) => return Verdict::Drop(Reason::Structure),
            _ => {}
        }
    }
    Verdict::Keep(confidence)
}
