//! Shopify tokens: the prefix tells the kind.
//!
//! The changelog of 2020-04-01 on the length of access tokens names `shpat_`, `shpca_` and `shppa_`.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "shopify-token",
    summary: "Tells the kind of a Shopify token.",
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("prtapi_", "Partner API token"),
    ("shpat_", "Admin API access token of a public or custom app"),
    ("shpca_", "Admin API access token of a custom app"),
    ("shppa_", "password of a private app (legacy)"),
    ("shprt_", "refresh token of an offline access token"),
    ("shpss_", "client secret of an app"),
    ("shptka_", "Theme Access password"),
    ("shpua_", "access token of a user"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
