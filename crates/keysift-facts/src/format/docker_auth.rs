//! The `auth` member of a Docker configuration: Base64 of `user:password`.

use super::{Format, Input, Proof, basic_auth};
use crate::Evidence;

pub(super) const FORMAT: Format = Format {
    name: "docker-auth",
    summary: "Checks that the auth value of a Docker configuration is a printable user:password and tells the user.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: basic_auth::TELLS,
    input: Input::Secret,
    check: basic_auth::check,
    facts: basic_auth::facts,
    complete: Some(basic_auth::complete),
};

#[cfg(test)]
mod tests {
    use crate::{FactKey, Validity, base64};

    use super::*;

    #[test]
    fn a_registry_login_tells_its_user() {
        let auth = base64::encode(b"AWS:made-up-password");
        assert_eq!(FORMAT.check(auth.as_bytes()), Validity::Valid);
        assert_eq!(
            (FORMAT.facts)(auth.as_bytes()).get(FactKey::User),
            Some("AWS")
        );
    }
}
