//! Beginnings that tell what a value is.

use super::byte::has_at;
use super::nature::Nature;

/// What the beginning of a value says that it is, where it says anything.
pub(super) fn nature(value: &[u8]) -> Option<Nature> {
    const PREFIXES: &[(&str, Nature)] = &[
        ("!vault", Nature::Encrypted),
        ("!", Nature::Reference),
        ("$ansible_vault", Nature::Encrypted),
        ("$2a$", Nature::Digest),
        ("$2b$", Nature::Digest),
        ("$2y$", Nature::Digest),
        ("$argon2", Nature::Digest),
        ("$pbkdf2", Nature::Digest),
        ("$scrypt", Nature::Digest),
        ("$1$", Nature::Digest),
        ("$5$", Nature::Digest),
        ("$6$", Nature::Digest),
        ("$apr1$", Nature::Digest),
        ("pbkdf2", Nature::Digest),
        ("scrypt:", Nature::Digest),
        ("{crypt}", Nature::Digest),
        ("sha1:", Nature::Digest),
        ("sha1-", Nature::Digest),
        ("sha1$", Nature::Digest),
        ("sha256", Nature::Digest),
        ("sha384", Nature::Digest),
        ("sha512", Nature::Digest),
        ("md5", Nature::Digest),
        ("{ssha}", Nature::Digest),
        ("{sha}", Nature::Digest),
        ("{bcrypt}", Nature::Digest),
        ("{cipher}", Nature::Encrypted),
        ("enc[", Nature::Encrypted),
        ("enc(", Nature::Encrypted),
        ("vault:", Nature::Encrypted),
        ("aqicah", Nature::Encrypted),
        // The first two of the three messages of NTLM hold nothing of the password.
        ("tlrmtvntuaab", Nature::Digest),
        ("tlrmtvntuaac", Nature::Digest),
        ("npm:", Nature::Reference),
        ("workspace:", Nature::Reference),
        ("arn:", Nature::Reference),
        ("op://", Nature::Reference),
        ("ssm:", Nature::Reference),
        ("kms:", Nature::Reference),
        ("secretsmanager", Nature::Reference),
        ("projects/", Nature::Reference),
        ("env:", Nature::Reference),
        ("env.", Nature::Reference),
        ("env[", Nature::Reference),
        ("process.", Nature::Reference),
        ("os.", Nature::Reference),
        ("ref+", Nature::Reference),
        ("file:", Nature::Location),
        ("classpath:", Nature::Location),
        ("data:", Nature::Location),
        ("-----begin", Nature::Armour),
        ("ssh-", Nature::Armour),
        ("ecdsa-sha2", Nature::Armour),
        ("aaaab3nza", Nature::Armour),
        ("aaaac3nza", Nature::Armour),
        ("miib", Nature::Armour),
        ("miic", Nature::Armour),
        ("miie", Nature::Armour),
        ("/", Nature::Location),
        ("./", Nature::Location),
        ("../", Nature::Location),
        ("~/", Nature::Location),
    ];
    PREFIXES
        .iter()
        .find(|(prefix, _)| has_at(value, 0, prefix.as_bytes()))
        .map(|(_, nature)| *nature)
        // Base64 may begin with a slash; a path is made of words.
        .filter(|nature| !(*nature == Nature::Location && value.len() >= 24 && is_base64(value)))
}

fn is_base64(value: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    value.iter().all(is_letter)
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
}
