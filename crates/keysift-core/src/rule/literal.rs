//! The bytes of an anchor.

use std::fmt;
use std::ops::Deref;

/// A literal is cut at this length: more bytes would not make it rarer in practice.
pub(crate) const MAX_LITERAL_BYTES: usize = 16;

/// One byte of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Unit {
    /// The byte, lower case if `any_case`.
    pub(crate) byte: u8,
    /// Whether the other case of the letter will do as well.
    pub(crate) any_case: bool,
}

impl Unit {
    pub(crate) fn exact(byte: u8) -> Self {
        Self {
            byte,
            any_case: false,
        }
    }

    pub(crate) fn any_case(byte: u8) -> Self {
        Self {
            byte: byte.to_ascii_lowercase(),
            any_case: byte.is_ascii_alphabetic(),
        }
    }

    #[inline]
    pub(crate) fn matches(self, byte: u8) -> bool {
        self.byte == byte || (self.any_case && self.byte == byte.to_ascii_lowercase())
    }
}

/// What an anchor consists of: up to [`MAX_LITERAL_BYTES`] units, held in place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Literal {
    units: [Unit; MAX_LITERAL_BYTES],
    len: u8,
}

impl Literal {
    /// A number that tells literals apart and is fast to sort by.
    pub(crate) fn key(&self) -> (u128, u16, u8) {
        let bytes = self.units.map(|unit| unit.byte);
        let cases = self.units.iter().rev();
        let any_case = cases.fold(0, |bits, unit| bits << 1 | u16::from(unit.any_case));
        (u128::from_be_bytes(bytes), any_case, self.len)
    }
}

impl Deref for Literal {
    type Target = [Unit];

    #[inline]
    fn deref(&self) -> &[Unit] {
        &self.units[..usize::from(self.len)]
    }
}

impl FromIterator<Unit> for Literal {
    /// The first [`MAX_LITERAL_BYTES`] units.
    fn from_iter<I: IntoIterator<Item = Unit>>(units: I) -> Self {
        let mut literal = Self {
            units: [Unit::default(); MAX_LITERAL_BYTES],
            len: 0,
        };
        for (place, unit) in literal.units.iter_mut().zip(units) {
            *place = unit;
            literal.len += 1;
        }
        literal
    }
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
