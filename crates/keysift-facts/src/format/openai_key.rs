//! OpenAI keys: the prefix tells what kind it is.
//!
//! OpenAI documents project keys, service account keys, admin keys and legacy user keys; which prefix each has is known
//! from the keys themselves.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "openai-key",
    summary: "Tells the kind of an OpenAI key.",
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("sk-admin-", "admin key of an organization"),
    ("sk-svcacct-", "project key of a service account"),
    ("sk-proj-", "project key of a user"),
    ("sk-None-", "user key without a project"),
    ("sk-", "user key (legacy)"),
    ("sess-", "session of a user"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
