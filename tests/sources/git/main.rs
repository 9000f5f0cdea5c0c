//! Git as a source, compared with Git itself.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends at the first error, also in the harness"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test looks at the repository that it made"
)]

mod harness;
mod hidden;
mod index;
mod made_up;
mod messages;
mod partial;
mod random_range;
mod random_staged;
mod range;
mod reference;
mod repository;
mod staged;
mod untouched;
