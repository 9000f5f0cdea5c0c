//! What the objects of commits and of annotated tags say.

use gix::ObjectId;
use gix::actor::SignatureRef;
use gix::bstr::ByteSlice;
use gix::objs::Kind;
use keysift_core::{Commit, CommitDate, Tag};

use super::object::Unread;

/// A commit that was read.
#[derive(Debug)]
pub(super) struct ReadCommit {
    pub(super) told: Commit,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
}

/// Who wrote something, and when, with what is not UTF-8 replaced.
#[derive(Debug, Default)]
struct Signature {
    name: String,
    email: String,
    date: Option<CommitDate>,
}

impl Signature {
    /// `Name <e-mail> seconds zone`; a line that is not so is a name.
    fn of(line: &[u8]) -> Self {
        let Ok(signature) = SignatureRef::from_bytes(line) else {
            return Self {
                name: line.to_str_lossy().into_owned(),
                ..Self::default()
            };
        };
        let signature = signature.trim();
        let date = signature.time().ok().map(|time| CommitDate {
            seconds: time.seconds,
            offset_minutes: time.offset / 60,
        });
        Self {
            name: signature.name.to_str_lossy().into_owned(),
            email: signature.email.to_str_lossy().into_owned(),
            date,
        }
    }
}

/// What stands above the message of a commit. It is read with more patience than Git's own rules ask for: an author line
/// that is none must not keep what the commit holds from being scanned.
#[derive(Debug)]
pub(super) struct Header<'b> {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    author: &'b [u8],
    committer: &'b [u8],
}

impl<'b> Header<'b> {
    /// `None` where there is no tree, or a parent that is no id.
    pub(super) fn of(bytes: &'b [u8]) -> Option<Self> {
        let mut lines = lines(bytes);
        let (b"tree", tree) = lines.next()? else {
            return None;
        };
        let mut header = Self {
            tree: ObjectId::from_hex(tree).ok()?,
            parents: Vec::new(),
            author: b"",
            committer: b"",
        };
        for (name, value) in lines {
            match name {
                b"parent" => header.parents.push(ObjectId::from_hex(value).ok()?),
                b"author" => header.author = value,
                b"committer" => header.committer = value,
                _ => {}
            }
        }
        Some(header)
    }

    /// When it was committed, in seconds since 1970; 0 where it does not say.
    pub(super) fn committed_at(&self) -> i64 {
        SignatureRef::from_bytes(self.committer).map_or(0, |who| who.seconds())
    }
}

/// The lines above the message: their first words, and what stands behind.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let head = bytes.find(b"\n\n").map_or(bytes, |end| &bytes[..end]);
    head.split(|byte| *byte == b'\n').map(|line| {
        let at = line.find_byte(b' ').unwrap_or(line.len());
        (&line[..at], line.get(at + 1..).unwrap_or_default())
    })
}

/// Reads the object of the commit `id`.
pub(super) fn commit(id: ObjectId, bytes: &[u8]) -> Result<ReadCommit, Unread> {
    let Some(header) = Header::of(bytes) else {
        return Err(Unread::Failed("the commit is damaged".to_owned()));
    };
    let author = Signature::of(header.author);
    Ok(ReadCommit {
        told: Commit {
            date: author.date,
            id: id.to_string(),
            author: author.name,
            email: author.email,
        },
        tree: header.tree,
        parents: header.parents,
    })
}

/// Reads the object of the tag `id`, which is called `name`; gives what it is of, too.
pub(super) fn tag(
    id: ObjectId,
    name: String,
    bytes: &[u8],
) -> Result<(Tag, ObjectId, Kind), Unread> {
    let value = |wanted: &[u8]| {
        let mut lines = lines(bytes);
        lines.find_map(|(name, value)| (name == wanted).then_some(value))
    };
    let target = value(b"object").and_then(|hex| ObjectId::from_hex(hex).ok());
    let kind = value(b"type").and_then(|kind| Kind::from_bytes(kind).ok());
    let (Some(target), Some(kind)) = (target, kind) else {
        return Err(Unread::Failed("the tag is damaged".to_owned()));
    };
    let tagger = Signature::of(value(b"tagger").unwrap_or_default());
    let told = Tag {
        date: tagger.date,
        name,
        id: id.to_string(),
        tagger: tagger.name,
        email: tagger.email,
    };
    Ok((told, target, kind))
}

/// What a tag calls itself; empty where it does not say.
pub(super) fn tag_name(bytes: &[u8]) -> String {
    let name = lines(bytes).find(|(name, _)| *name == b"tag");
    name.map_or_else(String::new, |(_, value)| value.to_str_lossy().into_owned())
}

/// The message in the object of a commit or a tag: all that stands behind the first empty line.
pub(super) fn text(bytes: &[u8]) -> &[u8] {
    bytes.find(b"\n\n").map_or(b"", |at| &bytes[at + 2..])
}
