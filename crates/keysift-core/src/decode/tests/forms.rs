//! What is hidden by escapes and joints is what a naive decoder of the whole finds.

use super::super::token::{self, Notation, Token};
use super::*;

fn percent(plain: &[u8], which: fn(u8) -> bool) -> Vec<u8> {
    escaped(plain, which, |byte| format!("%{byte:02X}"))
}

fn escaped(plain: &[u8], which: fn(u8) -> bool, how: fn(u8) -> String) -> Vec<u8> {
    let one = |byte: &u8| match which(*byte) {
        true => how(*byte).into_bytes(),
        false => vec![*byte],
    };
    plain.iter().flat_map(one).collect()
}

/// In lines of so many characters that end with `=`.
fn printable(plain: &[u8], chars: usize, end: &[u8]) -> Vec<u8> {
    let plain = escaped(plain, |byte| byte == b'=', |byte| format!("={byte:02X}"));
    let lines: Vec<&[u8]> = plain.chunks(chars).collect();
    lines.join(&[b"=", end].concat()[..])
}

fn joined(plain: &[u8], chars: usize, joint: &str) -> Vec<u8> {
    let pieces: Vec<&[u8]> = plain.chunks(chars).collect();
    let joint = joint.replace('Q', "\"");
    [b"\"", &pieces.join(joint.as_bytes())[..], b"\""].concat()
}

fn found_in(bytes: &[u8], via: Encoding, seed: usize) {
    let found = kept(&scanner(2), bytes);
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(found, [(secret(seed), vec![via])], "{text}");
}

#[test]
fn a_secret_is_found_in_every_form() {
    let all = |_| true;
    let sign = |byte: u8| !byte.is_ascii_alphanumeric();
    for seed in 0..6 {
        let plain = [b"key=", &secret(seed)[..]].concat();
        found_in(&percent(&plain, all), Encoding::Percent, seed);
        found_in(&percent(&plain, sign), Encoding::Percent, seed);
        for how in [
            |byte: u8| format!("\\u{byte:04x}"),
            |byte: u8| format!("\\x{byte:02X}"),
            |byte: u8| format!("\\\\u{byte:04x}"),
        ] {
            found_in(&escaped(&plain, all, how), Encoding::Escapes, seed);
            found_in(&escaped(&plain, sign, how), Encoding::Escapes, seed);
        }
        for end in [&b"\n"[..], b"\r\n"] {
            let line = [&b"x ".repeat(27)[..], &plain[..18], b"=", end, &plain[18..]].concat();
            found_in(&line, Encoding::QuotedPrintable, seed);
        }
        for joint in [
            "Q + Q",
            "Q+Q",
            "Q . Q",
            "Q Q",
            "Q\n    Q",
            "Q +\r\n\tQ",
            "Q\n  ++ Q",
            "Q .. Q",
            "Q & Q",
        ] {
            found_in(&joined(&plain, 12, joint), Encoding::Joined, seed);
        }
    }
}

#[test]
fn a_letter_of_an_escape_does_not_hide_where_a_secret_begins() {
    for lead in ["\\n", "\\t", "\\r", "\\\\n", "\\u000a", "\\x0a"] {
        let bytes = [b"s = \"a", lead.as_bytes(), &secret(1), b"\""].concat();
        found_in(&bytes, Encoding::Escapes, 1);
    }
    found_in(
        &[b"a=3D", &secret(1)[..], b" b"].concat(),
        Encoding::QuotedPrintable,
        1,
    );
    found_in(
        &[b"?a=b%20", &secret(1)[..], b"&c"].concat(),
        Encoding::Percent,
        1,
    );
}

/// Also where the match holds the byte before its secret, and where the first digit comes late.
#[test]
fn a_rule_may_want_the_byte_before_a_secret() {
    let rules = ACME.replace(r"\b(?P<secret>acme_", "[^0-9a-z](?P<secret>acme_");
    let rules = RuleSet::parse("acme.toml", &rules).unwrap();
    let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
    let secret = b"acme_qmxwzvtrknpbdhj7f3k9q2m5";
    for bytes in [
        [b"\"a\\n", &secret[..], b"\""].concat(),
        [b"a%20", &secret[..]].concat(),
    ] {
        let found = kept(&scanner, &bytes);
        assert_eq!(found.len(), 1, "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(found[0].0, secret);
    }
}

#[test]
fn what_stands_there_plainly_is_found_once_and_plainly() {
    for text in [
        "\"a\\n\" + \"",
        "a%20b=",
        "a=3D\\\"",
        "\\\"",
        "\"x1y2z3x4y5z6x7y8z9\" + \"",
    ] {
        let bytes = [
            text.as_bytes(),
            &secret(2),
            b"\\n\" + \"%20x1y2z3x4y5z6x7y8z9\" =3D",
        ]
        .concat();
        let told = kept(&scanner(2), &bytes);
        assert_eq!(
            told,
            [(secret(2), vec![])],
            "{}",
            String::from_utf8_lossy(&bytes)
        );
        let found = scanner(2).matches(&mut scanner(2).scratch(), &bytes);
        assert_eq!(found.len(), 1, "{text}");
    }
}

#[test]
fn what_is_no_token_hides_nothing() {
    let [head, tail] = [&secret(3)[..14], &secret(3)[14..]];
    for joint in [
        "%4",
        "\\",
        "\\\\\\\\\\x41",
        "=4",
        "=\n\n",
        "\", \"",
        "\" - \"",
        "\"\"",
        "' + \"",
        "\" + x + \"",
    ] {
        let bytes = [b"\"", head, joint.as_bytes(), tail, b"\""].concat();
        assert!(kept(&scanner(2), &bytes).is_empty(), "{joint:?}");
    }
    // A line of quoted-printable is no longer than this.
    let line = [
        &b"x".repeat(63)[..],
        b"\n",
        &b"y".repeat(61),
        b" ",
        head,
        b"=\n",
        tail,
    ]
    .concat();
    assert!(kept(&scanner(2), &line).is_empty());
}

#[test]
fn forms_are_found_in_one_another_and_in_runs() {
    let plain = [b"a secret: ", &secret(4)[..], b" and more of a text"].concat();
    let base64 = to_base64(&plain);
    let all = |_| true;
    let inside = |outer: Vec<u8>, via: [Encoding; 2]| {
        assert_eq!(kept(&scanner(2), &outer), [(secret(4), via.to_vec())]);
        assert!(kept(&scanner(1), &outer).is_empty());
    };
    inside(
        joined(&base64, 30, "Q +\n Q"),
        [Encoding::Joined, Encoding::Base64],
    );
    inside(
        printable(&to_hex(&plain), 70, b"\n"),
        [Encoding::QuotedPrintable, Encoding::Hex],
    );
    inside(
        percent(&percent(&plain, all), |byte| byte == b'%'),
        [Encoding::Percent; 2],
    );
    inside(
        to_base64(&percent(&plain, all)),
        [Encoding::Base64, Encoding::Percent],
    );
    let line = joined(&secret(4), 12, "Q + Q");
    inside(to_base64(&line), [Encoding::Base64, Encoding::Joined]);
    let line = percent(&joined(&secret(4), 16, "Q + Q"), |byte| byte == b'"');
    inside(line, [Encoding::Percent, Encoding::Joined]);
}

#[test]
fn a_finding_is_told_from_the_first_byte_of_it_to_the_last() {
    let bytes = [b"x\nurl: a%3D%61", &secret(5)[1..], b"&b"].concat();
    let found = findings(&scanner(2), &bytes);
    let [finding] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(finding.secret_span, Span::new(11, bytes.len() - 2));
    assert_eq!((finding.start.line, finding.start.column), (2, 10));
    assert_eq!(finding.matched(), Some(&secret(5)[..]));
}

/// A blob decoded from its front to its end, with the token or the place that each byte is of, and the tokens.
fn decoded(notation: Notation, bytes: &[u8]) -> (Vec<u8>, Vec<Span>, Vec<(usize, Token)>) {
    let (mut plain, mut places, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        let token = token::token_at(notation, bytes, at);
        let span = token.map_or(Span::new(at, at + 1), |token| token.span);
        if let Some(token) = token {
            tokens.push((plain.len(), token));
        }
        if let Some(byte) = token.map_or(Some(bytes[at]), |token| token.byte) {
            plain.push(byte);
            places.push(span);
        }
        at = span.end;
    }
    (plain, places, tokens)
}

/// The secrets that a notation hides, by a search of all that it encodes.
fn naive(scanner: &Scanner, notation: Notation, bytes: &[u8]) -> Vec<Span> {
    let (plain, places, tokens) = decoded(notation, bytes);
    let mut spans = Vec::new();
    for found in scanner.matches(&mut scanner.scratch(), &plain) {
        let start = places[found.span.start].start;
        let is_of = |(at, token): &(usize, Token)| {
            let hides_start = at + 1 == found.span.start
                && token
                    .byte
                    .is_some_and(|byte| !byte.is_ascii_alphanumeric() && byte != b'_')
                && bytes[token.span.end - 1].is_ascii_alphanumeric();
            let is_inside =
                *at >= found.span.start + usize::from(token.byte.is_none()) && *at < found.span.end;
            (hides_start || is_inside)
                && token.span.start <= start + 256
                && token::counts(notation, bytes, *token)
        };
        if tokens.iter().any(is_of) {
            spans.push(Span::new(
                places[found.secret.start].start,
                places[found.secret.end - 1].end,
            ));
        }
    }
    spans
}

/// A secret, or nearly, in one of the forms, or in two.
pub(super) fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        4 => (0_usize..6).prop_map(|seed| [b"a=", &secret(seed)[..]].concat()),
        1 => (0_usize..6).prop_map(|seed| secret(seed)[..20].to_vec()),
        1 => Just(b"zeta_".to_vec()),
        1 => (0_usize..6).prop_map(|seed| to_base64(&[b"it is ", &secret(seed)[..], b" here"].concat())),
        1 => Just(b"# keysift:allow\n".to_vec()),
    ];
    let which = prop::sample::select(vec![
        (|_| true) as fn(u8) -> bool,
        |byte| !byte.is_ascii_alphanumeric(),
        |byte| byte % 5 == 0,
    ]);
    let how = prop::sample::select(vec![
        (|byte| format!("%{byte:02x}")) as fn(u8) -> String,
        |byte| format!("\\u{byte:04x}"),
        |byte| format!("\\x{byte:02x}"),
        |byte| format!("={byte:02X}"),
        |byte| format!("\\\\u{byte:04x}"),
    ]);
    let joint = prop::sample::select(vec![
        "Q + Q", "Q\n   Q", "Q . Q", "=\n", "=\r\n", "\\n", "%20",
    ]);
    let in_form = (text, which, how).prop_map(|(text, which, how)| escaped(&text, which, how));
    let rest = prop::sample::select(vec![
        &b"%"[..],
        b"\\",
        b"=\n",
        b"\" + \"",
        b"\\n",
        b"%3D",
        b"=3D",
        b"\"+\"+\"",
        b"' '",
        b"\\\\",
        b"x1y2z3x4y5z6x7y8z9",
    ]);
    prop_oneof![
        3 => in_form.clone(),
        2 => (in_form.clone(), 8_usize..24, joint).prop_map(|(text, chars, joint)| joined(&text, chars, joint)),
        1 => (in_form.clone(), 20_usize..70).prop_map(|(text, chars)| printable(&text, chars, b"\n")),
        1 => in_form.clone().prop_map(|text| to_base64(&text)),
        1 => (in_form, 100_usize..900).prop_map(|(text, times)| text.repeat(times)),
        3 => rest.prop_map(<[u8]>::to_vec),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_form_hides_is_what_a_search_of_all_that_it_encodes_finds(pieces in prop::collection::vec(prop_oneof![4 => piece(), 1 => super::piece()], 0..10)) {
        let bytes = pieces.concat();
        let (once, plain) = (scanner(1), scanner(0));
        let found = once.matches(&mut once.scratch(), &bytes);
        for notation in Notation::ALL {
            let of_form = found.iter().filter(|found| found.via() == [Encoding::from(notation)]);
            let mut of_form: Vec<Span> = of_form.map(|found| found.secret).collect();
            let mut expected = naive(&plain, notation, &bytes);
            of_form.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(of_form, expected, "{:?}", notation);
        }
    }
}

/// Work is bounded: tokens in a row, and tokens that lie just too far apart to be looked at together.
#[test]
fn text_made_of_tokens_is_scanned_in_linear_work() {
    let scanner = scanner(2);
    let far = [&b"x1y2z3x4y5z6x7y8z9\" + \"acme_"[..], &b" ".repeat(300)].concat();
    for unit in [&b"%61cme_"[..], b"x1y2z3x4y5z6x7y8z9\" + \"acme_", &far] {
        let mut works = Vec::new();
        for bytes in [500_000, 1_000_000] {
            let bytes = unit.repeat(bytes / unit.len());
            let mut scratch = scanner.scratch();
            scanner.matches(&mut scratch, &bytes);
            assert!(scratch.given_up().is_empty());
            works.push(scratch.counters.decoded_bytes as f64 / bytes.len() as f64);
        }
        assert!(
            works[1] < 4.0 && works[1] < 1.2 * works[0].max(0.1),
            "{works:?}"
        );
    }
}
