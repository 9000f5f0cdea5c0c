//! Linear keys: the prefix tells the kind.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "linear-key",
    summary: "Tells the kind of a Linear key.",
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("lin_api_", "personal API key"),
    ("lin_oauth_", "OAuth access token"),
    ("lin_refresh_", "OAuth refresh token"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
