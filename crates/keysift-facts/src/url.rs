//! A URL with a login in it, read as leniently as people write them.

/// The parts of `scheme://user:password@host:port/path?query`, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    pub(crate) scheme: &'a str,
    /// User and password; the password is missing without a colon. `None` without an `@`.
    pub(crate) login: Option<(&'a str, Option<&'a str>)>,
    /// Hosts with their ports: more than one, with commas between, for replica sets.
    pub(crate) hosts: &'a str,
    /// What follows the first slash after the hosts, up to the query.
    pub(crate) path: &'a str,
    /// What follows the question mark, or for `jdbc:sqlserver` the first semicolon.
    pub(crate) query: &'a str,
}

/// Splits a URL. `None` without `scheme://`.
pub(crate) fn parse(text: &str) -> Option<Url<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme.is_empty()
        || !scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.:".contains(&b))
    {
        return None;
    }
    let end = |text: &str| text.find(['/', '?', '#', ';']).unwrap_or(text.len());
    let (authority, _) = rest.split_at(end(rest));
    // A password may hold a slash or a question mark that should have been escaped.
    let at = authority.rfind('@').or_else(|| {
        rest.find('@')
            .filter(|at| rest[..*at].contains(':') && !is_path(rest))
    });
    let (login, rest) = match at {
        Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, rest),
    };
    let (hosts, rest) = rest.split_at(end(rest));
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (path, query) = rest.split_once(['?', ';']).unwrap_or((rest, ""));
    let login = login.map(|login| match login.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (login, None),
    });
    Some(Url {
        scheme,
        login,
        hosts,
        path: path.strip_prefix('/').unwrap_or(path),
        query,
    })
}

/// Whether the first slash ends a host: what stands before it is `host` or `host:port`, so that an `@` further on
/// belongs to a path.
fn is_path(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#', ';']).next().unwrap_or_default();
    match authority.split_once(':') {
        None => true,
        Some((_, port)) => !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()),
    }
}

impl<'a> Url<'a> {
    /// Each host with its port, if it has one. Brackets of an IPv6 address stay.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        self.hosts
            .split(',')
            .map(|host| match host.rsplit_once(':') {
                Some((name, port)) if !port.contains(']') => (name, Some(port)),
                _ => (host, None),
            })
    }

    /// The value of a parameter, its name compared without case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'a str> {
        self.query.split(['&', ';']).find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// Decodes `%41` and its kind. `None` where a percent sign encodes nothing or the result is not UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            hex(rest.next()?)? << 4 | hex(rest.next()?)?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_all_its_parts() {
        let url = parse("postgres://app:p%40ss@db.internal:5432/orders?sslmode=require#x").unwrap();
        assert_eq!(url.scheme, "postgres");
        assert_eq!(url.login, Some(("app", Some("p%40ss"))));
        assert_eq!(
            url.hosts().collect::<Vec<_>>(),
            [("db.internal", Some("5432"))]
        );
        assert_eq!(
            (url.path, url.parameter("SSLMODE")),
            ("orders", Some("require"))
        );
    }

    #[test]
    fn a_password_may_hold_what_should_be_escaped() {
        for (text, password) in [
            ("mysql://u:p/w?d@h/db", "p/w?d"),
            ("mysql://u:p@w@h/db", "p@w"),
            ("mysql://u:a:b@h", "a:b"),
        ] {
            assert_eq!(
                parse(text).unwrap().login,
                Some(("u", Some(password))),
                "{text}"
            );
            assert_eq!(parse(text).unwrap().hosts, "h", "{text}");
        }
    }

    #[test]
    fn an_at_sign_in_a_path_is_no_login() {
        for text in ["https://host:443/@scope/pkg", "https://host/a:b@c"] {
            assert_eq!(parse(text).unwrap().login, None, "{text}");
        }
    }

    #[test]
    fn replica_sets_and_ipv6_have_hosts() {
        let url = parse("mongodb://u:p@a:1,b:2,[::1]:3/db").unwrap();
        assert_eq!(
            url.hosts().collect::<Vec<_>>(),
            [("a", Some("1")), ("b", Some("2")), ("[::1]", Some("3"))]
        );
        assert_eq!(
            parse("http://u:p@[::1]/").unwrap().hosts().next(),
            Some(("[::1]", None))
        );
    }

    #[test]
    fn a_percent_sign_must_encode_something() {
        assert_eq!(percent_decode("a%2Fb").unwrap(), "a/b");
        for text in ["%s", "%", "%4", "%zz", "%ff"] {
            assert_eq!(percent_decode(text), None);
        }
    }
}
