//! Figma tokens: the prefix tells the kind.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "figma-token",
    summary: "Tells the kind of a Figma token.",
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("figd_", "personal access token"),
    ("figo_", "OAuth token"),
    ("figp_", "plan access token"),
    ("figu_", "OAuth token"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
