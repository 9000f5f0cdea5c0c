//! Supabase keys that are no JSON Web Tokens: the prefix tells the kind, as the guide to API keys has it.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "supabase-key",
    summary: "Tells the kind of a Supabase key.",
    tells: &[(Evidence::Documentation, &[FactKey::Kind])],
    facts: |secret| kind::facts(secret, KINDS, Evidence::Documentation),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("sb_publishable_", "publishable key"),
    (
        "sb_secret_",
        "secret key, which row level security does not hold back",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }
}
