//! DigitalOcean tokens: the prefix tells the kind, as the release note of 2022-03-29 on the API token format lists it.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "digitalocean-token",
    summary: "Tells the kind of a DigitalOcean token.",
    tells: &[(Evidence::Documentation, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Documentation),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("doo_v1_", "OAuth access token"),
    ("dop_v1_", "personal access token"),
    ("dor_v1_", "OAuth refresh token"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
