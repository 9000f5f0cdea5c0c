//! A credential's bytes, which never show themselves by accident.

use std::fmt;

/// The shortest secret of which a few characters may be shown.
const MIN_LENGTH_TO_SHOW_ANY: usize = 20;

/// How many characters at the end are shown.
const SHOWN_AT_END: usize = 4;

/// The most of a prefix that is shown.
const MAX_SHOWN_PREFIX: usize = 12;

/// A credential's bytes. `Debug` redacts; there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret {
    bytes: Box<[u8]>,
    prefix_bytes: usize,
}

impl Secret {
    /// Takes the bytes of a secret, of which the first `prefix_bytes` are the same in every secret of its rule.
    pub fn new(bytes: impl Into<Box<[u8]>>, prefix_bytes: usize) -> Self {
        Self {
            bytes: bytes.into(),
            prefix_bytes,
        }
    }

    /// The bytes themselves. Whoever calls this answers for where they go.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What may be shown: the rule's own prefix and the last four characters of a secret of 20 or more, otherwise
    /// its length alone.
    pub fn redacted(&self) -> String {
        let bytes = &self.bytes;
        let lines = memchr::memchr_iter(b'\n', bytes).count() + 1;
        if lines > 1 {
            return format!("[{} characters in {lines} lines]", bytes.len());
        }
        if let Some(url) = redacted_url(bytes) {
            return url;
        }
        let tail = &bytes[bytes.len().saturating_sub(SHOWN_AT_END)..];
        let shows_well = |part: &[u8]| part.iter().all(u8::is_ascii_graphic);
        // What is shown may be no more than a third of what makes the secret: a long prefix does not count.
        let body = bytes.len().saturating_sub(self.prefix_bytes);
        if bytes.len() < MIN_LENGTH_TO_SHOW_ANY || body < 3 * SHOWN_AT_END || !shows_well(tail) {
            return format!("[{} characters]", bytes.len());
        }
        let prefix = &bytes[..self.prefix_bytes.min(MAX_SHOWN_PREFIX)];
        let prefix = if shows_well(prefix) { prefix } else { &[] };
        format!(
            "{}…{}",
            String::from_utf8_lossy(prefix),
            String::from_utf8_lossy(tail)
        )
    }
}

/// A URL with credentials in it: scheme and host are shown, and what stands between them is not.
fn redacted_url(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let (login, host) = rest.rsplit_once('@')?;
    // More than one @, or a separator before it: what looks like the host may be a part of the password.
    if login.contains(['@', '/', '?', '#', ';', '&']) {
        return None;
    }
    let host = host.split(['/', '?', '#', ';', '"', '\'']).next()?;
    let shows_well = |part: &str| part.bytes().all(|byte| byte.is_ascii_graphic());
    (shows_well(scheme) && shows_well(host))
        .then(|| format!("{scheme}://[{} characters]@{host}", login.len()))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte_of_a_secret() {
        let secret = Secret::new(*b"hunter2hunter2hunter2", 0);
        assert_eq!(format!("{secret:?}"), "Secret(21 bytes)");
    }

    #[test]
    fn a_short_secret_shows_its_length_alone() {
        assert_eq!(Secret::new(*b"hunter2", 0).redacted(), "[7 characters]");
    }

    #[test]
    fn a_long_secret_shows_its_prefix_and_its_end() {
        assert_eq!(
            Secret::new(*b"acme_0123456789abcdefgh", 5).redacted(),
            "acme_…efgh"
        );
    }

    #[test]
    fn a_url_shows_its_scheme_and_host() {
        let secret = Secret::new(
            *b"postgres://svc:hunter2@db.example:5432/app?key=hunter3",
            0,
        );
        assert_eq!(
            secret.redacted(),
            "postgres://[11 characters]@db.example:5432"
        );
    }

    #[test]
    fn a_url_whose_host_is_in_doubt_does_not_show_it() {
        let secret = Secret::new(*b"postgres://svc:Zk39dK@q02mLx#7YpWv@db.corp.net", 0);
        assert!(
            !secret.redacted().contains("q02mLx"),
            "{}",
            secret.redacted()
        );
        let secret = Secret::new(*b"jdbc:sqlserver://host;password=p@ssw0rd123", 0);
        assert!(
            !secret.redacted().contains("ssw0rd"),
            "{}",
            secret.redacted()
        );
    }

    #[test]
    fn a_secret_that_is_mostly_prefix_shows_nothing() {
        assert_eq!(
            Secret::new(*b"acme-production-key-abcd", 20).redacted(),
            "[24 characters]"
        );
    }
}
