//! The inventory as people and programs read it: one card for each identity.

mod card;
mod held;
mod load;
mod overview;
mod place;
mod risk;
mod summary;

pub use self::card::{
    Card, CredentialCard, CredentialState, DeclarationCard, EdgeCard, GrantCard, HeldCard, Known,
    Owner, ReviewCard, WaiverCard,
};
pub use self::overview::{Days, Overview, OwnerLoad};
pub use self::place::{ExposureCard, RotationCard};
pub use self::summary::Totals;
