//! Places of the same secret: one credential is one thing to revoke, wherever it stands.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use keysift_core::{Finding, Fingerprint, Secret};

/// The number of a secret in a report; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct SecretId(pub(crate) usize);

/// Numbers the secrets of a report in the order in which they are first seen.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// A weak fingerprint is shared by different secrets, so their bytes tell them apart.
    ids: HashMap<(Fingerprint, Option<Secret>), SecretId>,
}

impl Secrets {
    /// The number of the finding's secret, and whether it is new.
    pub(crate) fn id(&mut self, finding: &Finding) -> (SecretId, bool) {
        let fingerprint = finding.fingerprint;
        let secret = fingerprint.is_weak().then(|| finding.secret.clone());
        let next = SecretId(self.ids.len() + 1);
        match self.ids.entry((fingerprint, secret)) {
            Entry::Occupied(entry) => (*entry.get(), false),
            Entry::Vacant(entry) => (*entry.insert(next), true),
        }
    }
}
