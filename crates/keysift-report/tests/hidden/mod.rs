//! What each format writes of secrets that are hidden in encodings.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use keysift_report::{Format, ReportOptions, formats};

use crate::common::{Scan, scanner};

const SECRET: &str = "acme_7f3k9q2m5x8w1z4v6t0r3n8p";

/// `password = ` and the secret, in base64.
fn encoded() -> String {
    const CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let plain = format!("key = {SECRET}\n");
    let unit = |three: &[u8]| {
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        [18, 12, 6, 0].map(|shift| char::from(CHARS[(bits >> shift & 63) as usize]))
    };
    plain.as_bytes().chunks_exact(3).flat_map(unit).collect()
}

fn digits() -> String {
    let text = encoded();
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The secret plainly, in base64, and that once more in digits.
fn scan() -> Scan {
    let files = [
        ("a/plain.env", format!("key = {SECRET}\n")),
        (
            "b/secret.yaml",
            format!("data:\n  key: {} # x\n", encoded()),
        ),
        ("c/dump.txt", format!("{} end\n", digits())),
    ];
    let files = files.map(|(path, text)| (PathBuf::from(path), text.into_bytes()));
    Scan::of(&scanner(), files.to_vec())
}

fn render(format: &Format) -> String {
    let options = ReportOptions {
        width: Some(80),
        tool_version: "1.2.3",
        started: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000),
        ..ReportOptions::default()
    };
    String::from_utf8(scan().render(format, &options)).unwrap()
}

/// Neither the secret nor what encodes it is shown, and all that is hidden is said to be.
#[test]
fn no_format_shows_what_encodes_a_secret() {
    // The first eight characters encode what stands before the secret, and one of them a part of both.
    let secrets = [
        SECRET["acme_".len()..].to_owned(),
        encoded()[10..].to_owned(),
        digits()[20..].to_owned(),
    ];
    for format in formats() {
        let written = render(format);
        for secret in &secrets {
            for at in 0..secret.len() - 12 {
                assert!(
                    !written.contains(&secret[at..at + 12]),
                    "{}: {}",
                    format.name,
                    &secret[at..at + 12]
                );
            }
        }
        assert!(written.contains("base64"), "{}", format.name);
    }
}
