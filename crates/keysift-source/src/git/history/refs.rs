//! What refers to a history: references, in the order in which one would name them.

use gix::ObjectId;
use gix::objs::Kind;
use gix::refs::file::log::iter::Platform as LogPlatform;
use keysift_core::is_like;

/// A reference, and the commit that it leads to.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) commit: ObjectId,
    /// Whether it is an entry of a reflog: what a reference once led to.
    pub(super) is_in_reflog: bool,
}

/// All references that lead to commits, and what cannot be read: `HEAD`, then branches, those of remotes, tags, the rest.
pub(super) fn all(handle: &gix::Repository) -> (Vec<Reference>, Vec<String>) {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    if let Ok(head) = handle.head_id() {
        found.extend(reference(handle, "HEAD".to_owned(), head.detach()));
    }
    let mut add = || -> Result<(), gix::Error> {
        for reference_found in handle.references()?.all()? {
            match reference_found {
                Ok(inner) => {
                    let name = inner.name().as_bstr().to_string();
                    if let Some(id) = inner.try_id() {
                        found.extend(reference(handle, name, id.detach()));
                    }
                }
                Err(error) => errors.push(error.to_string()),
            }
        }
        Ok(())
    };
    if let Err(error) = add() {
        errors.push(error.to_string());
    }
    found.sort_by_cached_key(|reference| (rank(&reference.name), reference.name.clone()));
    (found, errors)
}

/// What references once led to, by their reflogs: `HEAD@{1}`, the newest first, then those of the others. A reflog that
/// cannot be read, or a line of it, says nothing.
pub(super) fn of_reflogs(handle: &gix::Repository) -> Vec<Reference> {
    let mut found = Vec::new();
    if let Ok(head) = handle.head() {
        of_reflog("HEAD", head.log_iter(), &mut found);
    }
    if let Ok(platform) = handle.references()
        && let Ok(all) = platform.all()
    {
        for reference in all.filter_map(Result::ok) {
            let name = reference.name().as_bstr().to_string();
            of_reflog(&name, reference.log_iter(), &mut found);
        }
    }
    found
}

fn of_reflog(name: &str, mut log: LogPlatform<'_, '_>, found: &mut Vec<Reference>) {
    let Ok(Some(lines)) = log.all() else {
        return;
    };
    let lines: Vec<_> = lines.filter_map(Result::ok).collect();
    let newest_first = lines.iter().rev().map(|line| line.new_oid());
    // What there was before the oldest line has no line of its own.
    let ids = newest_first.chain(lines.first().map(|line| line.previous_oid()));
    for (number, id) in ids.enumerate().filter(|(_, id)| !id.is_null()) {
        found.push(Reference {
            name: format!("{name}@{{{number}}}"),
            commit: id,
            is_in_reflog: true,
        });
    }
}

fn rank(name: &str) -> usize {
    const ORDER: [&str; 4] = ["HEAD", "refs/heads/", "refs/remotes/", "refs/tags/"];
    let at = ORDER.iter().position(|prefix| name.starts_with(prefix));
    at.unwrap_or(ORDER.len())
}

/// A tag may be of a tag, but no further than this.
const MAX_DEPTH: usize = 16;

fn reference(handle: &gix::Repository, name: String, mut id: ObjectId) -> Option<Reference> {
    for _ in 0..MAX_DEPTH {
        let object = handle.find_object(id).ok()?;
        match object.kind {
            Kind::Commit => {
                return Some(Reference {
                    name,
                    commit: id,
                    is_in_reflog: false,
                });
            }
            Kind::Tag => {
                id = gix::objs::TagRefIter::from_bytes(&object.data, id.kind())
                    .target_id()
                    .ok()?
            }
            Kind::Tree | Kind::Blob => return None,
        }
    }
    None
}

/// Whether a name is one of these, which may have `*` for any characters.
pub(super) fn is_named(name: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| is_like(name, pattern))
}
