//! Anthropic keys: the prefix tells what kind it is.
//!
//! Anthropic documents keys that begin `sk-ant-api`; what the others are is known from its tools.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "anthropic-key",
    summary: "Tells the kind of an Anthropic key.",
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("sk-ant-admin", "admin key of an organization"),
    ("sk-ant-api", "API key of a workspace"),
    ("sk-ant-oat", "OAuth access token of a user"),
    ("sk-ant-ort", "OAuth refresh token of a user"),
    ("sk-ant-sid", "session of a user"),
    ("sk-ant-usr", "API key of a user"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
