//! The text round a key: header line, body, end line.

use crate::base64;

/// A key as text, taken apart.
pub(super) struct Armor {
    /// What stands between `BEGIN` and the dashes.
    pub(super) label: String,
    /// `Name: value` lines before the body.
    headers: Vec<(String, String)>,
    /// The Base64 text of the body, without line ends.
    body: Vec<u8>,
    /// The checksum line of OpenPGP, without its equals sign.
    pub(super) crc: Option<Vec<u8>>,
    /// The longest run of Base64 characters in a line.
    pub(super) longest_run: usize,
}

/// Where the parts of a text are.
pub(super) struct Bounds {
    pub(super) label: std::ops::Range<usize>,
    pub(super) body: std::ops::Range<usize>,
}

const BEGIN: &[u8] = b"-- BEGIN ";
const BEGIN_JOINED: &[u8] = b"-----BEGIN ";

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len())
        .position(|window| window == needle)
}

/// Finds label and body. The body ends at the next dashes, or with the text where it is cut off.
pub(super) fn bounds(text: &[u8]) -> Option<Bounds> {
    let start = find(text, BEGIN_JOINED)
        .map(|at| at + BEGIN_JOINED.len())
        .or_else(|| find(text, BEGIN).map(|at| at + BEGIN.len()))?;
    let label_end = start + text.get(start..)?.iter().position(|byte| *byte == b'-')?;
    let dashes = text
        .get(label_end..)?
        .iter()
        .take_while(|byte| matches!(byte, b'-'))
        .count();
    let body = label_end + dashes;
    let end = text.get(body..)?;
    let end = body
        + find(end, b"-----END")
            .or_else(|| find(end, b"---- END"))
            .unwrap_or(end.len());
    let label = start..label_end - usize::from(text.get(label_end - 1) == Some(&b' '));
    let name = text.get(label.clone())?;
    (name.ends_with(b"PRIVATE KEY") || name.ends_with(b"PRIVATE KEY BLOCK")).then_some(Bounds {
        label,
        body: body..end,
    })
}

/// Replaces escaped line ends with real ones and drops the backslashes of other escapes.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        // Text that was escaped twice has two backslashes or more.
        while bytes.next_if_eq(&b'\\').is_some() {}
        if bytes.next_if(|byte| matches!(byte, b'n' | b'r')).is_some() {
            plain.push(b'\n');
        } else if bytes.next_if_eq(&b't').is_some() {
            plain.push(b' ');
        }
    }
    plain
}

/// A line without indentation, quotes, commas and the plus signs of string concatenation.
fn clean(line: &[u8]) -> &[u8] {
    let is_round = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`');
    let mut line = line.trim_ascii();
    // A plus sign may also be a digit of the body: only one that stands apart is taken off.
    if let Some(rest) = line
        .strip_suffix(b"+")
        .filter(|rest| rest.last().is_some_and(is_round))
    {
        line = rest;
    }
    if let Some(rest) = line
        .strip_prefix(b"+")
        .filter(|rest| rest.first().is_some_and(is_round))
    {
        line = rest;
    }
    let is_round =
        |byte: &u8| is_round(byte) || matches!(byte, b',' | b';' | b'#' | b'*' | b'>' | b'|');
    let start = line
        .iter()
        .position(|byte| !is_round(byte))
        .unwrap_or(line.len());
    let end = line
        .iter()
        .rposition(|byte| !is_round(byte))
        .map_or(start, |at| at + 1);
    &line[start..end]
}

impl Armor {
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let bounds = bounds(text)?;
        let mut armor = Self {
            label: String::from_utf8_lossy(&text[bounds.label]).into_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            crc: None,
            longest_run: 0,
        };
        for line in unescape(&text[bounds.body])
            .split(|byte| *byte == b'\n')
            .map(clean)
        {
            armor.line(line);
        }
        Some(armor)
    }

    fn line(&mut self, line: &[u8]) {
        let header = std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.split_once(':'));
        if let Some((name, value)) = header.filter(|_| self.body.is_empty()) {
            self.headers
                .push((name.to_string(), value.trim().to_string()));
            return;
        }
        if let Some(crc) = line.strip_prefix(b"=").filter(|crc| crc.len() == 4) {
            self.crc = Some(crc.to_vec());
            return;
        }
        let digits = |byte: &u8| base64::digit(*byte).is_some();
        let runs = line.split(|byte| !digits(byte)).map(<[u8]>::len);
        self.longest_run = self.longest_run.max(runs.max().unwrap_or_default());
        self.body
            .extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The bytes of the body.
    pub(super) fn decode(&self) -> Option<Vec<u8>> {
        base64::decode(&self.body)
    }
}
