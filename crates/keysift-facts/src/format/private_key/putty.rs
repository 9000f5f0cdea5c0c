//! PuTTY's key files, which are text with a header a line.

use super::{Key, Reading, armor, openssh};
use crate::base64;

const HEADER: &[u8] = b"PuTTY-User-Key-File-";
const KIND: &str = "PuTTY";

/// Reads a key file. `None` if the text is none.
pub(super) fn read(secret: &[u8]) -> Option<Reading> {
    let start = secret
        .windows(HEADER.len())
        .position(|window| window == HEADER)?;
    let text = armor::unescape(secret.get(start..)?);
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines().map(str::trim);
    let mut key = Key::default();
    let mut public = String::new();
    let mut has_private = false;
    while let Some((name, value)) = lines
        .next()
        .map(|line| line.split_once(':').unwrap_or((line, "")))
    {
        let value = value.trim();
        match name {
            "Encryption" => key.encrypted = Some(value != "none"),
            "Comment" => key.comment = Some(value.to_string()),
            "Public-Lines" => public = lines.by_ref().take(value.parse().unwrap_or(0)).collect(),
            "Private-Lines" => has_private = value.parse::<usize>().is_ok_and(|count| count > 0),
            _ => {}
        }
    }
    if !has_private {
        return Some(Reading::Broken(KIND, "the key file has no private part"));
    }
    let read = base64::decode(public.as_bytes()).and_then(|public| openssh::read_public(&public));
    Some(match read {
        Some(read) => Reading::Key(
            KIND,
            Key {
                comment: key.comment,
                encrypted: key.encrypted,
                ..read
            },
        ),
        None => Reading::Broken(KIND, "the public part of the key file can't be read"),
    })
}
