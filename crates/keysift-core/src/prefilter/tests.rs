//! Every prefilter against the oracle that tries every literal at every place.

use std::ops::{Range, RangeInclusive};

use proptest::prelude::*;

use super::*;

const CHOICES: [PrefilterChoice; 6] = [
    PrefilterChoice::Fastest,
    PrefilterChoice::Avx512,
    PrefilterChoice::Avx2,
    PrefilterChoice::Neon,
    PrefilterChoice::Grams,
    PrefilterChoice::Automaton,
];

fn naive(literals: &[Literal], hay: &[u8], range: Range<usize>) -> Vec<(u32, usize)> {
    let mut found = Vec::new();
    for (id, literal) in literals.iter().enumerate() {
        for start in range.clone() {
            if start + literal.len() <= range.end && stands_at(literal, hay, start) {
                found.push((id as u32, start));
            }
        }
    }
    found.sort_unstable();
    found
}

/// What a prefilter finds, sorted; it has to give each literal's occurrences in their order.
fn found(prefilter: &dyn Prefilter, hay: &[u8], range: Range<usize>) -> Vec<(u32, usize)> {
    let mut all = Vec::new();
    prefilter.find(hay, range, &mut |id, start| all.push((id.0, start)));
    all.sort_by_key(|(id, _)| *id);
    assert!(all.is_sorted(), "{} is out of order", prefilter.name());
    all
}

/// Bytes of which a few stand often, so that literals meet them.
pub(super) fn bytes(length: RangeInclusive<usize>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        20 => prop::sample::select(b"aAbBk_ \n".to_vec()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, length)
}

/// Literals of each length that an anchor may have, and longer.
pub(super) fn literals() -> impl Strategy<Value = Vec<Literal>> {
    let unit = |(byte, any_case): (u8, bool)| {
        if any_case {
            Unit::any_case(byte)
        } else {
            Unit::exact(byte)
        }
    };
    let literal = prop_oneof![4 => bytes(3..=4), 2 => bytes(3..=16), 1 => bytes(17..=20)]
        .prop_flat_map(|bytes| {
            let cases = prop::collection::vec(any::<bool>(), bytes.len());
            (Just(bytes), cases)
        })
        .prop_map(move |(bytes, cases)| bytes.into_iter().zip(cases).map(unit).collect());
    prop::collection::vec(literal, 1..60).prop_map(|mut literals: Vec<Literal>| {
        literals.sort_unstable_by_key(|literal: &Literal| literal.key());
        literals.dedup();
        literals
    })
}

/// A layout of any numbers whatever, too few or too many.
fn any_layout() -> impl Strategy<Value = Layout> {
    let numbers = |length| prop::collection::vec(any::<u8>(), 0..length);
    (any::<u32>(), numbers(80), numbers(80), numbers(200)).prop_map(
        |(multiplier, offsets, buckets, classes)| Layout {
            multiplier,
            offsets,
            buckets,
            classes,
        },
    )
}

/// A haystack with whole literals in it, and a range of it.
fn hay_and_range(literals: &[Literal]) -> impl Strategy<Value = (Vec<u8>, Range<usize>)> + use<> {
    let literals: Vec<Vec<u8>> = literals
        .iter()
        .map(|literal| literal.iter().map(|unit| unit.byte).collect())
        .collect();
    let planted = (prop::sample::select(literals), any::<prop::sample::Index>());
    let planted = prop::collection::vec(planted, 0..8);
    let ends = [any::<prop::sample::Index>(), any::<prop::sample::Index>()];
    (bytes(0..=300), planted, ends, any::<bool>()).prop_map(|(mut hay, planted, ends, whole)| {
        for (literal, at) in planted {
            let at = at.index(hay.len() + 1);
            let end = hay.len().min(at + literal.len());
            hay.splice(at..end, literal);
        }
        let ends = ends.map(|end| end.index(hay.len() + 1));
        let range = if whole {
            0..hay.len()
        } else {
            ends[0].min(ends[1])..ends[0].max(ends[1])
        };
        (hay, range)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_implementation_finds_what_the_oracle_finds(
        (literals, (hay, range)) in literals()
            .prop_flat_map(|literals| (Just(literals.clone()), hay_and_range(&literals))),
    ) {
        let layout = Layout::of(&literals);
        let expected = naive(&literals, &hay, range.clone());
        for choice in CHOICES {
            let prefilter = build(choice, &literals, &layout);
            prop_assert_eq!(&found(&*prefilter, &hay, range.clone()), &expected, "{}", prefilter.name());
        }
    }

    #[test]
    fn a_layout_of_any_numbers_finds_the_same(
        (literals, (hay, range)) in literals()
            .prop_flat_map(|literals| (Just(literals.clone()), hay_and_range(&literals))),
        layout in any_layout(),
    ) {
        let expected = naive(&literals, &hay, range.clone());
        for choice in CHOICES {
            let prefilter = build(choice, &literals, &layout);
            prop_assert_eq!(&found(&*prefilter, &hay, range.clone()), &expected, "{}", prefilter.name());
        }
    }
}

/// Long enough for several chunks, and with more survivors than wait at once.
#[test]
fn long_haystacks_full_of_literals_lose_nothing() {
    let exact = |text: &str| text.bytes().map(Unit::exact).collect();
    let folded = |text: &str| text.bytes().map(Unit::any_case).collect();
    let literals: Vec<Literal> = vec![
        exact("AbA"),
        exact("AbAb"),
        folded("abab"),
        folded("bab_"),
        exact("aaaaaaaa"),
        folded("token"),
        exact("://"),
    ];
    let mut state = 7_u64;
    let mut hay = Vec::new();
    for _ in 0..6000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        hay.push(b"aAbB_:/token"[(state >> 33) as usize % 12]);
    }
    hay.extend([b'a'; 3000]);
    let layout = Layout::of(&literals);
    for choice in CHOICES {
        let prefilter = build(choice, &literals, &layout);
        for range in [0..hay.len(), 1..hay.len() - 1, 17..29, 5..5, 100..103] {
            assert_eq!(
                found(&*prefilter, &hay, range.clone()),
                naive(&literals, &hay, range),
                "{}",
                prefilter.name()
            );
        }
    }
}
