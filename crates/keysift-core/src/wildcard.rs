//! Names with `*` for any characters, as users write them for rules and for references.

/// Whether a name is like a pattern, in which each `*` stands for any characters, or for none.
///
/// # Examples
/// ```
/// assert!(keysift_core::is_like("aws-access-key-id", "aws-*"));
/// assert!(!keysift_core::is_like("gcp-api-key", "aws-*"));
/// ```
pub fn is_like(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, holds) in [
            ("aws-key", "aws-key", true),
            ("aws-key", "aws-key-old", false),
            ("aws-*", "aws-key", true),
            ("*-key", "aws-key", true),
            ("a*s*y", "aws-key", true),
            ("*", "", true),
            ("aws-*", "gcp-key", false),
            ("a*z*y", "aws-key", false),
            ("refs/*/v*", "refs/tags/v1", true),
            ("refs/*/v*", "refs/tags/1", false),
        ] {
            assert_eq!(is_like(name, pattern), holds, "{pattern} {name}");
        }
    }
}
