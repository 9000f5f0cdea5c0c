//! By property: no format lets out a secret, or a byte that a terminal obeys.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Scan, scanner};
use keysift_report::{Color, ReportOptions, SecretDisplay, escape, format, formats, is_printable};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Bytes that turn up round secrets, many of them hostile.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..40),
        any::<String>().prop_map(String::into_bytes),
        prop::sample::select(vec![
            "\x1b[31m",
            "\u{202e}",
            "\u{9b}2J",
            "\n",
            "\r",
            "\t",
            "x",
            " keysift:allow ",
            "日本語",
            "acme_",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

/// The text round a secret, and the secret.
fn secret() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    prop_oneof![
        "acme_[0-9a-z]{24}".prop_map(|text| (b" ".to_vec(), text.into_bytes(), b" ".to_vec())),
        vec(any::<u8>(), 8..50)
            .prop_map(|mut bytes| {
                bytes.retain(|byte| !b"\"\n".contains(byte));
                bytes
            })
            .prop_filter("a secret that could stand anywhere", |bytes| {
                let mut seen = bytes.clone();
                seen.sort_unstable();
                seen.dedup();
                bytes.len() >= 8 && seen.len() >= 6
            })
            .prop_map(|bytes| (b"globex_password = \"".to_vec(), bytes, b"\"".to_vec())),
        "[0-9A-Za-z+/=\n]{40,200}".prop_map(|body| {
            let text = format!("-----BEGIN INITECH KEY-----{body}-----END INITECH KEY-----");
            (Vec::new(), text.into_bytes(), Vec::new())
        }),
    ]
}

/// A file with a secret, and perhaps with copies of it that no rule matches.
fn file() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (
        secret(),
        noise(),
        noise(),
        vec((noise(), any::<bool>()), 0..4),
    )
        .prop_map(|((before, secret, after), first, last, copies)| {
            let mut text = first;
            for (noise, is_behind) in &copies {
                if !is_behind {
                    text.extend_from_slice(noise);
                    text.extend_from_slice(&secret);
                    text.push(b'_');
                }
            }
            text.extend([before, secret.clone(), after].concat());
            for (noise, is_behind) in &copies {
                if *is_behind {
                    text.push(b'_');
                    text.extend_from_slice(&secret);
                    text.extend_from_slice(noise);
                }
            }
            text.extend(last);
            (text, secret)
        })
}

fn options(color: Color, secrets: SecretDisplay, width: Option<usize>) -> ReportOptions {
    ReportOptions {
        secrets,
        color,
        width,
        explain: true,
        ..ReportOptions::default()
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Calls `on` with every text in a JSON value.
fn texts(value: &serde_json::Value, on: &mut dyn FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => on(text),
        serde_json::Value::Array(values) => values.iter().for_each(|value| texts(value, on)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| texts(value, on)),
        _ => {}
    }
}

/// Every text that a reader of a format gets to see.
fn read(format: &str, out: &[u8]) -> Vec<String> {
    let mut read = Vec::new();
    let text = std::str::from_utf8(out).unwrap();
    match format {
        "csv" => {
            for row in csv::Reader::from_reader(out).into_records() {
                read.extend(row.unwrap().iter().map(str::to_owned));
            }
        }
        "junit" => {
            let document = roxmltree::Document::parse(text).unwrap();
            for node in document.descendants() {
                read.extend(node.text().map(str::to_owned));
                read.extend(node.attributes().map(|field| field.value().to_owned()));
            }
        }
        "github" => {
            let decoded = ["0A\n", "0D\r", "3A:", "2C,", "25%"]
                .iter()
                .fold(text.to_owned(), |text, pair| {
                    text.replace(&format!("%{}", &pair[..2]), &pair[2..])
                });
            read.push(decoded);
        }
        "html" => {
            let (_, data) = text.split_once(" id=\"data\">").unwrap();
            let (data, _) = data.split_once("</script>").unwrap();
            assert!(!data.contains('<'));
            let value: serde_json::Value = serde_json::from_str(data).unwrap();
            texts(&value, &mut |field| read.push(field.to_owned()));
        }
        "markdown" => read.push(decoded_references(text)),
        "text" => read.push(text.to_owned()),
        _ => {
            for value in serde_json::Deserializer::from_slice(out).into_iter() {
                let value: serde_json::Value = value.unwrap();
                texts(&value, &mut |field| read.push(field.to_owned()));
            }
        }
    }
    read
}

/// Text with the characters that its numeric references stand for.
fn decoded_references(text: &str) -> String {
    let mut parts = text.split("&#");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').unwrap();
        out.extend(char::from_u32(number.parse().unwrap()));
        out.push_str(rest);
    }
    out
}

fn run(cases: u32, test: impl Fn(Vec<u8>, Vec<u8>, String) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let path = any::<String>().prop_map(|path| path.replace('\0', ""));
    runner
        .run(&(file(), path), |((text, secret), path)| {
            test(text, secret, path)
        })
        .unwrap();
}

#[test]
fn no_format_lets_out_a_redacted_secret() {
    let scanner = scanner();
    run(400, |bytes, secret, path| {
        let scan = Scan::of(&scanner, vec![(path.into(), bytes)]);
        // Random bytes may hold other secrets, but the one that was put there is what must not come out.
        prop_assume!(
            scan.files[0]
                .iter()
                .any(|found| found.secret.expose() == secret)
        );
        let escaped = escape(&secret).into_bytes();
        // What is not UTF-8 is replaced in JSON, so that different bytes look the same there.
        let text = String::from_utf8(secret.clone()).ok();
        for format in formats() {
            let options = options(Color::Never, SecretDisplay::Redacted, None);
            let out = scan.render(format, &options);
            prop_assert!(!holds(&out, &secret), "{}", format.name);
            prop_assert!(!holds(&out, &escaped), "{}", format.name);
            for field in read(format.name, &out) {
                let is_out = text.as_ref().is_some_and(|text| field.contains(text))
                    || field
                        .as_bytes()
                        .windows(escaped.len())
                        .any(|part| part == escaped);
                prop_assert!(!is_out, "{}", format.name);
            }
        }
        Ok(())
    });
}

/// A browser obeys more than a terminal: what turns the direction of text turns it in JSON that a page shows, too.
#[test]
fn nothing_that_a_page_shows_is_unprintable() {
    let scanner = scanner();
    run(200, |bytes, _, path| {
        let mut scan = Scan::of(&scanner, vec![(path.clone().into(), bytes)]);
        let unscanned = keysift_core::Unscanned::new(path.clone(), keysift_core::Skip::Vanished);
        scan.unscanned.push(unscanned.message(path));
        let options = options(Color::Never, SecretDisplay::Shown, None);
        let page = scan.render(format("html").unwrap(), &options);
        for text in read("html", &page) {
            let bad = text.chars().find(|c| *c != '\n' && !is_printable(*c));
            prop_assert_eq!(bad, None);
        }
        Ok(())
    });
}

#[test]
fn no_format_writes_what_a_terminal_obeys_whatever_it_is_given() {
    let scanner = scanner();
    run(400, |text, _, path| {
        let scan = Scan::of(&scanner, vec![(path.into(), text)]);
        for format in formats() {
            for secrets in [SecretDisplay::Redacted, SecretDisplay::Shown] {
                let out = scan.render(format, &options(Color::Never, secrets, Some(60)));
                let mut out = String::from_utf8(out).unwrap();
                if format.name == "csv" {
                    out = out.replace("\r\n", "\n");
                }
                let bad = out.chars().find(|c| *c != '\n' && !is_printable(*c));
                prop_assert_eq!(bad, None, "{}", format.name);
            }
        }
        Ok(())
    });
}

#[test]
fn colours_add_sequences_of_our_own_and_nothing_else() {
    let scanner = scanner();
    let text = format("text").unwrap();
    run(200, |bytes, _, path| {
        let scan = Scan::of(&scanner, vec![(path.into(), bytes)]);
        let render = |color| {
            let options = options(color, SecretDisplay::Redacted, Some(60));
            String::from_utf8(scan.render(text, &options)).unwrap()
        };
        let (plain, coloured) = (render(Color::Never), render(Color::Always));
        let mut stripped = String::new();
        for (index, part) in coloured.split('\x1b').enumerate() {
            if index == 0 {
                stripped.push_str(part);
                continue;
            }
            let (sequence, rest) = part.split_once('m').unwrap();
            prop_assert!(sequence.starts_with('['));
            prop_assert!(
                sequence[1..]
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b';')
            );
            stripped.push_str(rest);
        }
        prop_assert_eq!(stripped, plain);
        prop_assert_eq!(coloured.matches('\x1b').count() % 2, 0);
        Ok(())
    });
}

#[test]
fn no_line_of_text_is_wider_than_asked_for_but_by_a_word() {
    let text = format("text").unwrap();
    let (before, after) = ("ab ".repeat(40), " cd".repeat(40));
    let line = format!("{before}acme_7f3k9q2m5x8w1z4v6t0r3n8p{after}\n");
    let scan = Scan::of(&scanner(), vec![("a".into(), line.into_bytes())]);
    for width in [70, 80, 120] {
        let options = options(Color::Never, SecretDisplay::Redacted, Some(width));
        let out = String::from_utf8(scan.render(text, &options)).unwrap();
        let too_wide = out
            .lines()
            .find(|line| line.chars().count() > width && !line.contains("https://"));
        assert_eq!(too_wide, None);
    }
}
