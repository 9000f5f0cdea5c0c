//! A checksum that ends a secret.

use crate::{Failure, Validity};

/// What a checksum is made of, and the checksum.
pub(crate) type Parts<'a> = (&'a [u8], &'a [u8]);

/// Where a checksum stands in secrets of one shape, and how it is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trailer {
    /// Splits a secret into what the checksum is made of and the checksum, which ends the secret. `None` for another
    /// shape.
    pub(crate) split: fn(&[u8]) -> Option<Parts<'_>>,
    /// Makes the checksum, in the length that it has in the secret.
    pub(crate) make: fn(&[u8]) -> Vec<u8>,
}

impl Trailer {
    /// Whether the checksum is right. `None` for another shape.
    pub(crate) fn holds(&self, secret: &[u8]) -> Option<bool> {
        let (signed, found) = (self.split)(secret)?;
        Some((self.make)(signed) == found)
    }

    /// A wrong checksum is a failure.
    pub(crate) fn check(&self, secret: &[u8]) -> Validity {
        match self.holds(secret) {
            Some(true) => Validity::Valid,
            Some(false) => Validity::Invalid(
                Failure::Checksum,
                "the checksum at the end of the secret is wrong",
            ),
            None => Validity::Unknown,
        }
    }

    /// Writes the right checksum into a secret of the shape.
    pub(crate) fn complete(&self, secret: &mut Vec<u8>) {
        if let Some((signed, found)) = (self.split)(secret) {
            let (checksum, bytes) = ((self.make)(signed), found.len());
            secret.truncate(secret.len() - bytes);
            secret.extend(checksum);
        }
    }
}

/// Takes the last `bytes` off.
pub(crate) fn split_end(secret: &[u8], bytes: usize) -> Option<Parts<'_>> {
    secret.split_at_checked(secret.len().checked_sub(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Trailer = Trailer {
        split: |secret| split_end(secret, 1).filter(|(signed, _)| signed.len() > 1),
        make: |signed| vec![b'0' + (signed.len() % 10) as u8],
    };

    #[test]
    fn a_trailer_is_judged_and_completed() {
        let mut secret = b"abc0".to_vec();
        assert!(matches!(
            LENGTH.check(&secret),
            Validity::Invalid(Failure::Checksum, _)
        ));
        LENGTH.complete(&mut secret);
        assert_eq!(secret, b"abc3");
        assert_eq!(LENGTH.check(&secret), Validity::Valid);
    }

    #[test]
    fn another_shape_is_left_alone() {
        let mut secret = b"a".to_vec();
        assert_eq!(LENGTH.check(&secret), Validity::Unknown);
        LENGTH.complete(&mut secret);
        assert_eq!(secret, b"a");
        assert_eq!(split_end(b"ab", 3), None);
    }
}
