//! What a secret says of itself.
//!
//! Many credentials carry more than random bytes: a checksum, an account number, a creation date, the name of the
//! user they belong to. This crate reads that from the secret alone. Each credential [`Format`] can judge a secret
//! ([`Format::check`]), tell what it says ([`Format::facts`]) and complete a made-up one ([`Format::complete`]).
//!
//! **Invariant:** every function here is a pure function of its input. Nothing reads a file, a clock, the
//! environment or the network; no input makes one panic; work and memory grow linearly with the input; and no fact
//! holds a password or key material.
//!
//! # Examples
//!
//! ```
//! use keysift_facts::{FactKey, Failure, Validity, format};
//!
//! let github = format("github-token").expect("the format is built in");
//! let mut token = ["gh", "p_", &"a".repeat(36)].concat().into_bytes();
//! assert!(matches!(github.check(&token), Validity::Invalid(Failure::Checksum, _)));
//!
//! if let Some(complete) = github.complete {
//!     complete(&mut token);
//! }
//! assert_eq!(github.check(&token), Validity::Valid);
//! assert_eq!((github.facts)(&token).get(FactKey::Kind), Some("personal access token (classic)"));
//! ```
#![deny(missing_docs)]

mod base64;
mod certificate;
mod checksum;
mod curve;
mod der;
mod encoded;
mod fact;
mod format;
mod id;
mod json;
mod kind;
mod login;
mod marvin;
mod public_key;
mod ssh;
mod time;
mod trailer;
mod url;
mod validity;

pub use crate::certificate::{certificate, certificates};
pub use crate::fact::{Evidence, Fact, FactKey, Facts, MAX_VALUE_BYTES};
pub use crate::format::{Format, Input, Proof, format, formats};
pub use crate::id::{IdTime, id_times};
pub use crate::ssh::ssh_public_key;
pub use crate::time::rfc3339;
pub use crate::validity::{Failure, Validity};

/// `bytes` in hexadecimal, in lower case.
fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
