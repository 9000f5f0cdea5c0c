//! Made-up blobs: pieces of secrets, near misses, words, noise, in any order.

use keysift_core::RuleSet;
use proptest::collection::vec;
use proptest::prelude::*;

/// A piece of a blob.
fn piece(secrets: Vec<Vec<u8>>, words: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let whole = proptest::sample::select(secrets.clone());
    let cut = (
        proptest::sample::select(secrets.clone()),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(secret, index)| secret[..index.index(secret.len())].to_vec());
    let flipped = (
        proptest::sample::select(secrets),
        any::<prop::sample::Index>(),
        any::<u8>(),
    )
        .prop_map(|(mut secret, index, byte)| {
            let at = index.index(secret.len());
            secret[at] = byte;
            secret
        });
    let separators = proptest::sample::select(vec![
        &b"\n"[..],
        b" ",
        b"=",
        b"\"",
        b": ",
        b"\n# keysift:allow\n",
        b" # keysift:allow hard-folded\n",
        b" harmless ",
        b"\r\n",
        b"",
    ]);
    prop_oneof![
        4 => whole,
        2 => cut,
        2 => flipped,
        4 => proptest::sample::select(words),
        5 => separators.prop_map(<[u8]>::to_vec),
        2 => vec(proptest::sample::select(b"abq0z_ \n".to_vec()), 0..24),
        1 => vec(any::<u8>(), 0..12),
        1 => (1_usize..1400).prop_map(|length| vec![b'.'; length]),
        1 => (1_usize..80).prop_map(|times| b"qway-".repeat(times)),
    ]
}

/// Blobs of up to `pieces` pieces that the rules have something to say of.
pub fn blob(rules: &RuleSet, pieces: usize) -> impl Strategy<Value = Vec<u8>> + use<> {
    let secrets: Vec<Vec<u8>> = rules
        .iter()
        .flat_map(|rule| (0..3).filter_map(|seed| rule.sample_secret(seed)))
        .filter(|secret| !secret.is_empty())
        .collect();
    let examples = rules.iter().flat_map(|rule| {
        let examples = rule.expanded_examples().unwrap_or_default();
        examples.r#match.into_iter().map(String::into_bytes)
    });
    let keywords = rules
        .iter()
        .flat_map(|rule| rule.keywords.iter().map(|word| word.clone().into_bytes()));
    let words: Vec<Vec<u8>> = examples
        .chain(keywords)
        .chain(
            [
                "zzkey=",
                "<q>",
                "</q>",
                "@qqhost",
                "qtok: ",
                "qPaSs = ",
                "qhead",
                "qtail",
                ".end",
                "qid8305 ",
                "\n\nqid6127",
            ]
            .map(|word| word.as_bytes().to_vec()),
        )
        .collect();
    vec(piece(secrets, words), 0..pieces).prop_map(|pieces| pieces.concat())
}

/// Base64 of some bytes, padded.
pub fn to_base64(plain: &[u8]) -> Vec<u8> {
    const CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let unit = |three: &[u8]| {
        let byte = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let mut four = [18, 12, 6, 0].map(|shift| CHARS[(bits >> shift & 63) as usize]);
        four[three.len() + 1..].fill(b'=');
        four
    };
    plain.chunks(3).flat_map(unit).collect()
}

/// The hexadecimal digits of some bytes.
pub fn to_hex(plain: &[u8]) -> Vec<u8> {
    let digits = plain.iter().map(|byte| format!("{byte:02x}").into_bytes());
    digits.flatten().collect()
}

/// Blobs of up to `pieces` pieces in which something that the rules have to say of is hidden, also twice.
pub fn hidden(rules: &RuleSet, pieces: usize) -> impl Strategy<Value = Vec<u8>> + use<> {
    let inner = || blob(rules, 5);
    let piece = prop_oneof![
        4 => inner().prop_map(|bytes| to_base64(&bytes)),
        2 => inner().prop_map(|bytes| to_hex(&bytes)),
        1 => inner().prop_map(|bytes| to_hex(&bytes).to_ascii_uppercase()),
        2 => (inner(), inner()).prop_map(|(a, b)| to_base64(&[to_base64(&a), b" ".to_vec(), to_hex(&b)].concat())),
        1 => inner().prop_map(|bytes| to_base64(&bytes).chunks(64).collect::<Vec<_>>().join(&b"\n"[..])),
        2 => blob(rules, 2),
        3 => proptest::sample::select(vec![&b"\n"[..], b" ", b"/", b"A-", b": "]).prop_map(<[u8]>::to_vec),
    ];
    vec(piece, 0..pieces).prop_map(|pieces| pieces.concat())
}
