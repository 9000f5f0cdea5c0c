//! What Git tells a hook of a push.

use gix::ObjectId;

use crate::error::{Error, ErrorKind};

/// A reference that a push changes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushedRef {
    /// Its name on the receiving side.
    pub name: String,
    /// The object that it names there now; `None` when it is new.
    pub old: Option<ObjectName>,
    /// The object that it is to name; `None` when it is deleted.
    pub new: Option<ObjectName>,
}

/// The id of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObjectName(pub(super) ObjectId);

impl PushedRef {
    /// The change of one reference, as the hook `update` is told it.
    ///
    /// # Errors
    /// [`BadInput`](ErrorKind::BadInput) where an id is none.
    pub fn new(name: &str, old: &str, new: &str) -> Result<Self, Error> {
        Ok(Self {
            name: name.to_owned(),
            old: object(old)?,
            new: object(new)?,
        })
    }

    /// The lines that the hook `pre-push` is given: local reference, local id, remote reference, remote id.
    ///
    /// # Errors
    /// [`BadInput`](ErrorKind::BadInput) for a line that is no such line.
    pub fn of_pre_push(text: &str) -> Result<Vec<Self>, Error> {
        lines(text, |words| match words {
            // What is pushed is written as the user named it, and `HEAD@{1 day ago}` holds spaces.
            [_, .., new, name, old] => Some(Self::new(name, old, new)),
            _ => None,
        })
    }

    /// The lines that the hook `pre-receive` is given: old id, new id, reference.
    ///
    /// # Errors
    /// [`BadInput`](ErrorKind::BadInput) for a line that is no such line.
    pub fn of_pre_receive(text: &str) -> Result<Vec<Self>, Error> {
        lines(text, |words| match words {
            [old, new, name] => Some(Self::new(name, old, new)),
            _ => None,
        })
    }
}

fn lines(
    text: &str,
    of: impl Fn(&[&str]) -> Option<Result<PushedRef, Error>>,
) -> Result<Vec<PushedRef>, Error> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            of(&words).unwrap_or_else(|| Err(Error::new(ErrorKind::BadInput, line)))
        })
        .collect()
}

/// An id; none where it is all zeros, as Git writes a reference that is not there.
fn object(hex: &str) -> Result<Option<ObjectName>, Error> {
    match ObjectId::from_hex(hex.as_bytes()) {
        Ok(id) if id.is_null() => Ok(None),
        Ok(id) => Ok(Some(ObjectName(id))),
        Err(error) => Err(Error::new(ErrorKind::BadInput, hex).caused_by(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: &str = "0000000000000000000000000000000000000000";
    const ONE: &str = "1111111111111111111111111111111111111111";

    #[test]
    fn the_lines_of_both_hooks_are_read() {
        let pushed = PushedRef::new("refs/heads/main", ZERO, ONE).unwrap();
        assert_eq!((pushed.old, pushed.new.is_some()), (None, true));
        let text = format!("refs/heads/main {ONE} refs/heads/main {ZERO}\n");
        assert_eq!(
            PushedRef::of_pre_push(&text).unwrap(),
            std::slice::from_ref(&pushed)
        );
        let text = format!("{ZERO} {ONE} refs/heads/main\n");
        assert_eq!(PushedRef::of_pre_receive(&text).unwrap(), [pushed]);
        let text = format!("HEAD@{{1 day ago}} {ONE} refs/heads/main {ZERO}\n");
        assert_eq!(
            PushedRef::of_pre_push(&text).unwrap()[0].name,
            "refs/heads/main"
        );
        assert!(PushedRef::of_pre_push("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_such_line_is_refused() {
        for text in ["refs/heads/main", "a b c", &format!("{ONE} {ONE} a b c")] {
            let kind = |refused: Result<_, Error>| refused.unwrap_err().kind();
            assert_eq!(kind(PushedRef::of_pre_receive(text)), ErrorKind::BadInput);
        }
    }
}
