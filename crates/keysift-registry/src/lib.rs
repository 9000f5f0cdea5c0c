//! The inventory: which identities of machines there are, who owns them, where their credentials lie, how old they are
//! and what is to be done about them.
//!
//! A scan is recorded by a [`Recorder`], which is its sink, and written by [`Registry::record`] as one step.
//!
//! **Invariant:** no secret is stored, only a fingerprint under a key that lies elsewhere, and what
//! [`Secret::redacted`](keysift_core::Secret::redacted) shows. Every answer carries its basis, and "unknown" is one.
//! The same scan twice writes nothing the second time.
//!
//! # Examples
//! ```no_run
//! use keysift_registry::{Context, KeySource, Recorder, Registry, SourceKind, Stamp};
//!
//! let key = KeySource::File("inventory.key".into());
//! let mut registry = Registry::open_or_create("inventory.db".as_ref(), &key)?;
//! let recorder = Recorder::new(registry.key(), "/srv/project");
//! // Here a scan gives its findings to the recorder.
//! let stamp = Stamp { at: 1_795_651_199, actor: "ci".to_owned() };
//! let recorded = registry.record((SourceKind::Tree, "project"), &recorder, &Context::default(), &stamp)?;
//! println!("{} identities are new", recorded.new_identities);
//! # Ok::<(), keysift_registry::Error>(())
//! ```

mod calendar;
mod decide;
pub mod declared;
mod diff;
mod error;
mod export;
mod identify;
mod inventory;
mod journal;
mod key;
mod merge;
mod observed;
mod people;
mod placeholder;
mod plan;
mod policy;
mod record;
mod recorder;
mod slot;
mod store;
mod time;

pub use self::calendar::{Due, calendar};
pub use self::decide::{Decision, find};
pub use self::diff::{Change, ChangeKind, Snapshot, SnapshotIdentity, count_changes, diff, sarif};
pub use self::error::{Error, ErrorKind};
pub use self::export::{write_csv, write_parquet};
pub use self::inventory::{
    Card, CredentialCard, CredentialState, Days, DeclarationCard, EdgeCard, ExposureCard,
    GrantCard, HeldCard, Known, Overview, Owner, OwnerLoad, ReviewCard, RotationCard, Totals,
    WaiverCard,
};
pub use self::journal::{JournalEntry, Verified};
pub use self::key::RegistryKey;
pub use self::merge::Merged;
pub use self::observed::{Concern, Grant, GrantLevel, Observed, OwnerBasis, OwnerHint, TimeBasis};
pub use self::people::{
    CodeOwners, Contributor, Mailmap, PartyKind, Person, catalog_owner, read_people,
};
pub use self::placeholder::Placeholder;
pub use self::plan::{PlanKind, Remedy, Step, has_nothing_to_plan, plan};
pub use self::policy::{Checked, Limits, POLICIES, Policy, PolicyConfig, Remembered, Violation};
pub use self::record::{Context, Recorded, Removal, SourceKind};
pub use self::recorder::{Introduction, Past, Recorder};
pub use self::store::{KeySource, Registry, Stamp};
pub use self::time::{Moment, day, parse_time, rfc3339};
