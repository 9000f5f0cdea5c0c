/// What a format's check says of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Validity {
    /// The checksum or the structure is proven.
    Valid,
    /// There is nothing to check.
    Unknown,
    /// The secret is probably not what it looks like, for this reason: lower the confidence.
    Doubtful(&'static str),
    /// The secret can't be what it looks like, for this reason.
    Invalid(Failure, &'static str),
}

/// In which way a secret fails its check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// The checksum in the secret is not the one of its content.
    Checksum,
    /// The secret lacks the structure that every secret of its format has.
    Structure,
}
