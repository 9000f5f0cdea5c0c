//! Archives cut short and with bits that flipped: nothing panics, and nothing is lost in silence.

use keysift_tests::archives::KINDS;

use crate::harness::opened;

const TEXT: &[u8] = b"a text that no compression hides from this test";

#[test]
fn an_archive_cut_anywhere_gives_its_text_or_says_so() {
    for (kind, make) in KINDS {
        for (inner, make_inner) in KINDS {
            let bytes = make(&make_inner(TEXT));
            for length in 0..bytes.len() {
                let cut = &bytes[..length];
                let seen = opened(cut);
                let is_as_it_is = seen.of("<stdin>") == [cut];
                assert!(
                    seen.holds(TEXT) || !seen.unscanned.is_empty() || is_as_it_is,
                    "{inner} in {kind}, cut to {length} of {}: {seen:?}",
                    bytes.len()
                );
            }
        }
    }
}

#[test]
fn a_bit_that_flips_does_not_end_the_visit() {
    for (kind, make) in KINDS {
        let bytes = make(&TEXT.repeat(3));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                let seen = opened(&flipped);
                assert!(
                    !seen.given.is_empty() || !seen.unscanned.is_empty(),
                    "{kind}, bit {bit} of {at}"
                );
            }
        }
    }
}
