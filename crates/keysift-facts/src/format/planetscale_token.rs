//! PlanetScale tokens: the prefix tells the kind, as the list of patterns that GitHub scans for names it.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "planetscale-token",
    summary: "Tells the kind of a PlanetScale token.",
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("pscale_oauth_", "OAuth token"),
    ("pscale_pw_", "database password"),
    ("pscale_tkn_", "service token"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
