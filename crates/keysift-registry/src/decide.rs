//! What people decide about identities: each decision one step, with its entry in the journal.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::json;

use crate::error::{Error, ErrorKind, nearest};
use crate::inventory::Card;
use crate::observed::OwnerBasis;
use crate::people::Party;
use crate::policy::{Limits, policy_id};
use crate::store::{Registry, Stamp};
use crate::time::{DAY, rfc3339};

/// What a review came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// It stays as it is.
    Keep,
    /// It may do less from now on.
    Reduce,
    /// Its credentials are replaced.
    Rotate,
    /// Somebody else owns it.
    Transfer,
    /// It goes.
    Decommission,
}

impl Decision {
    /// Every decision.
    pub const ALL: &'static [Self] = &[
        Self::Keep,
        Self::Reduce,
        Self::Rotate,
        Self::Transfer,
        Self::Decommission,
    ];

    /// The name in arguments and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Reduce => "reduce",
            Self::Rotate => "rotate",
            Self::Transfer => "transfer",
            Self::Decommission => "decommission",
        }
    }

    /// The decision of this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|decision| decision.as_str() == name)
    }
}

/// The identity that a text names: by its number, its key, an alias, or its name or the beginning of its key where no
/// other has it.
///
/// # Errors
/// [`Unknown`](ErrorKind::Unknown) where none is meant, with the nearest, or more than one.
pub fn find<'c>(cards: &'c [Card], text: &str) -> Result<&'c Card, Error> {
    let exact = cards.iter().find(|card| {
        card.uid == text
            || card.id.to_string() == text
            || card.aliases.iter().any(|alias| alias == text)
    });
    if let Some(card) = exact {
        return Ok(card);
    }
    let near: Vec<&Card> = cards
        .iter()
        .filter(|card| card.name == text || (!text.is_empty() && card.uid.starts_with(text)))
        .collect();
    match near[..] {
        [card] => Ok(card),
        [] => {
            let error = Error::new(
                ErrorKind::Unknown,
                format!("{text}: no identity has this id"),
            );
            Err(match nearest(text, cards.iter().map(|card| &*card.uid)) {
                Some(near) => error.hint_with(format!("did you mean {near}?")),
                None => error.hint_with("`keysift inventory list` lists the identities"),
            })
        }
        [first, second, ..] => {
            let message = format!("{text}: {} identities may be meant", near.len());
            Err(Error::new(ErrorKind::Unknown, message).hint_with(format!(
                "name one by its number, such as {} or {}",
                first.id, second.id
            )))
        }
    }
}

impl Registry {
    /// Approves an identity; a review is due when the limit says.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for one that is retired; [`Storage`](ErrorKind::Storage).
    pub fn approve(
        &mut self,
        card: &Card,
        purpose: Option<&str>,
        limits: &Limits,
        stamp: &Stamp,
    ) -> Result<(), Error> {
        refuse_retired(card)?;
        let due = stamp.at + limits.review_days * DAY;
        self.step(stamp, "approve", |connection| {
            let sql = "UPDATE identity SET stage = 'approved', approved_by = ?2, approved_at = ?3, review_due_at = ?4,
                         decommission_by = NULL, purpose = coalesce(?5, purpose) WHERE id = ?1";
            connection.execute(sql, (card.id, &stamp.actor, stamp.at, due, purpose))?;
            Ok(((), json!({"identity": card.uid, "purpose": purpose})))
        })
    }

    /// Makes someone the owner of an identity, in the place of whom people assigned before.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid) for an empty name; [`Storage`](ErrorKind::Storage).
    pub fn assign(&mut self, card: &Card, owner: &str, stamp: &Stamp) -> Result<(), Error> {
        if owner.trim().is_empty() {
            return Err(
                Error::new(ErrorKind::Invalid, "an owner has a name").hint_with(
                    "give an e-mail address, @handle, @organisation/team, or the name of a team",
                ),
            );
        }
        let party = Party::owner(owner);
        self.step(stamp, "assign", |connection| {
            let id = party_id(connection, &party)?;
            let basis = OwnerBasis::Declared;
            let sql = "DELETE FROM ownership WHERE basis = ?2 AND identity_id IN
                         (SELECT id FROM identity WHERE id = ?1 OR merged_into = ?1)";
            connection.execute(sql, (card.id, basis.as_str()))?;
            let sql = "INSERT INTO ownership(identity_id, party_id, basis, source_id, confidence, evidence)
                       VALUES (?1, ?2, ?3, 0, ?4, ?5)";
            let evidence = format!("assigned by {}", stamp.actor);
            connection.execute(sql, (card.id, id, basis.as_str(), basis.confidence_percent(), evidence))?;
            Ok(((), json!({"identity": card.uid, "owner": party.key})))
        })
    }

    /// Begins to take an identity out of use, by a day; or, where `is_done`, says that it is out of use.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for one that is retired already; [`Storage`](ErrorKind::Storage).
    pub fn retire(
        &mut self,
        card: &Card,
        is_done: bool,
        limits: &Limits,
        stamp: &Stamp,
    ) -> Result<(), Error> {
        refuse_retired(card)?;
        let by = stamp.at + limits.decommission_days * DAY;
        self.step(stamp, "retire", |connection| {
            let sql = if is_done {
                "UPDATE identity SET stage = 'retired', retired_at = ?2, decommission_by = NULL, review_due_at = NULL WHERE id = ?1"
            } else {
                "UPDATE identity SET stage = 'decommissioning', decommission_by = ?2 WHERE id = ?1"
            };
            connection.execute(sql, (card.id, if is_done { stamp.at } else { by }))?;
            let by = (!is_done).then(|| rfc3339(by));
            Ok(((), json!({"identity": card.uid, "is_done": is_done, "by": by})))
        })
    }

    /// Writes down a review; the next one is due when the limit says. One that decides on decommissioning begins it.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for one that is retired; [`Storage`](ErrorKind::Storage).
    pub fn review(
        &mut self,
        card: &Card,
        (decision, note): (Decision, &str),
        limits: &Limits,
        stamp: &Stamp,
    ) -> Result<(), Error> {
        refuse_retired(card)?;
        self.step(stamp, "review", |connection| {
            let sql = "INSERT INTO review(identity_id, at, by, decision, note) VALUES (?1, ?2, ?3, ?4, ?5)";
            connection.execute(sql, (card.id, stamp.at, &stamp.actor, decision.as_str(), note))?;
            let due = stamp.at + limits.review_days * DAY;
            connection.execute("UPDATE identity SET review_due_at = ?2 WHERE id = ?1", (card.id, due))?;
            if decision == Decision::Decommission {
                let sql = "UPDATE identity SET stage = 'decommissioning', decommission_by = ?2 WHERE id = ?1";
                connection.execute(sql, (card.id, stamp.at + limits.decommission_days * DAY))?;
            }
            Ok(((), json!({"identity": card.uid, "decision": decision.as_str(), "note": note})))
        })
    }

    /// Lets a policy not count for an identity until a time, in seconds since 1970.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid) for an unknown policy, a time that is past, or no reason;
    /// [`Storage`](ErrorKind::Storage).
    pub fn waive(
        &mut self,
        card: &Card,
        policy: &str,
        reason: &str,
        until: i64,
        stamp: &Stamp,
    ) -> Result<(), Error> {
        let policy = policy_id(policy)?;
        if until <= stamp.at {
            let message = format!("{}: a waiver that is over before it begins", rfc3339(until));
            return Err(
                Error::new(ErrorKind::Invalid, message).hint_with("name a day in the future")
            );
        }
        if reason.trim().is_empty() {
            return Err(Error::new(ErrorKind::Invalid, "a waiver has a reason"));
        }
        self.step(stamp, "waive", |connection| {
            let sql = "INSERT INTO waiver(identity_id, policy, reason, by, at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            connection.execute(sql, (card.id, policy, reason, &stamp.actor, stamp.at, until))?;
            Ok(((), json!({"identity": card.uid, "policy": policy, "reason": reason, "until": rfc3339(until)})))
        })
    }

    /// Says that two identities are one: `part` is told with `whole` from now on. What `part` was told with goes with it.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for one and the same; [`Storage`](ErrorKind::Storage).
    pub fn unite(&mut self, part: &Card, whole: &Card, stamp: &Stamp) -> Result<(), Error> {
        if part.id == whole.id {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("{}: it is one identity already", part.uid),
            ));
        }
        self.step(stamp, "unite", |connection| {
            let sql = "SELECT uid FROM identity WHERE merged_into = ?1 ORDER BY id";
            let mut select = connection.prepare(sql)?;
            let moved = select.query_map([part.id], |row| row.get::<_, String>(0))?;
            let moved: Vec<String> = moved.collect::<Result<_, _>>()?;
            let sql = "UPDATE identity SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1";
            connection.execute(sql, (part.id, whole.id))?;
            Ok((
                (),
                json!({"part": part.uid, "whole": whole.uid, "moved": moved}),
            ))
        })
    }

    /// Takes [`unite`](Self::unite) back: the identity with this key stands for itself again.
    ///
    /// # Errors
    /// [`Unknown`](ErrorKind::Unknown) where no identity that is a part of another one has this key; [`Storage`](ErrorKind::Storage).
    pub fn divide(&mut self, uid: &str, stamp: &Stamp) -> Result<(), Error> {
        self.step(stamp, "divide", |connection| {
            let sql =
                "UPDATE identity SET merged_into = NULL WHERE uid = ?1 AND merged_into IS NOT NULL";
            if connection.execute(sql, [uid])? == 0 {
                return Err(Error::new(
                    ErrorKind::Unknown,
                    format!("{uid}: no part of an identity has this key"),
                )
                .hint_with(
                    "`keysift inventory show` lists the parts of an identity among its aliases",
                ));
            }
            Ok(((), json!({"part": uid})))
        })
    }
}

fn refuse_retired(card: &Card) -> Result<(), Error> {
    if card.stage == "retired" {
        return Err(
            Error::new(ErrorKind::Refused, format!("{}: it is retired", card.uid))
                .hint_with("an identity that is back is a new one: give it new credentials"),
        );
    }
    Ok(())
}

fn party_id(connection: &Connection, party: &Party) -> Result<i64, Error> {
    let known = connection
        .query_row("SELECT id FROM party WHERE key = ?1", [&party.key], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let sql = "INSERT INTO party(key, kind, name) VALUES (?1, ?2, ?3)";
    connection.execute(sql, (&party.key, party.kind.as_str(), &party.name))?;
    Ok(connection.last_insert_rowid())
}
