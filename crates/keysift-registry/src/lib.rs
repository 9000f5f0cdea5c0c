//! The inventory of non-human identities.

pub mod declared;
