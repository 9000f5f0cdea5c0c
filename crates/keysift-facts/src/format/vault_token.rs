//! HashiCorp Vault tokens: the prefix tells the type.
//!
//! `s.` and `b.` are in HashiCorp's guide to upgrading to 1.0.0; courses on Vault tell those of 1.10.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "vault-token",
    summary: "Tells the kind of a HashiCorp Vault token.",
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("hvb.", "batch token"),
    ("hvr.", "recovery token"),
    ("hvs.", "service token"),
    ("b.", "batch token (before 1.10)"),
    ("r.", "recovery token (before 1.10)"),
    ("s.", "service token (before 1.10)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
