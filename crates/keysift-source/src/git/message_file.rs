//! The file in which Git keeps a commit's message while it is written, as a source.

use std::fs::File;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gix::bstr::ByteSlice;
use keysift_core::{Blob, Origin};

use super::Repository;
use crate::error::{Error, ErrorKind};
use crate::{MakeVisitor, Source};

/// What stands in the line behind which Git shows the change (`git commit --verbose`), after the comment's sign.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// A longer message is cut: nobody writes one, and a file of any size must not fill the memory. In bytes.
const MAX_MESSAGE_BYTES: u64 = 16 << 20;

/// A commit's message as far as the commit will hold it: without what Git will strip.
///
/// Lines keep their numbers.
#[derive(Debug, Clone)]
pub struct MessageFile {
    path: PathBuf,
    comment: Vec<u8>,
    cleanup: Cleanup,
}

/// What Git strips from a message before it makes the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cleanup {
    /// Nothing.
    Nothing,
    /// What stands behind the scissors.
    BehindScissors,
    /// That, and comments.
    Comments,
}

impl MessageFile {
    /// The message in the file at `path`; `core.commentChar` of the repository tells comments.
    ///
    /// Git strips comments from what was written in an editor, unless `commit.cleanup` says otherwise; a message that was
    /// given otherwise (`was_edited` is false) stays as it is.
    pub fn new(repository: &Repository, path: PathBuf, was_edited: bool) -> Self {
        let handle = repository.handle();
        let config = handle.config_snapshot();
        let cleanup = config.string("commit.cleanup");
        let cleanup = match cleanup.as_ref().map(|cleanup| cleanup.as_bytes()) {
            _ if !was_edited => Cleanup::Nothing,
            Some(b"verbatim" | b"whitespace" | b"scissors") => Cleanup::BehindScissors,
            _ => Cleanup::Comments,
        };
        let comment = ["core.commentString", "core.commentChar"]
            .into_iter()
            .find_map(|key| config.string(key))
            .map_or_else(|| b"#".to_vec(), |sign| sign.to_vec());
        Self {
            path,
            comment,
            cleanup,
        }
    }

    /// The message without what Git will strip, each of whose lines is left empty.
    fn stripped(&self, text: &[u8]) -> Vec<u8> {
        if self.cleanup == Cleanup::Nothing {
            return text.to_vec();
        }
        let comment = self.comment_of(text);
        let mut kept = Vec::with_capacity(text.len());
        for line in text.lines_with_terminator() {
            match line.strip_prefix(comment) {
                Some(rest) if rest.trim_end_with(|c| c == '\n' || c == '\r') == SCISSORS => break,
                Some(_) if self.cleanup == Cleanup::Comments => kept.push(b'\n'),
                _ => kept.extend_from_slice(line),
            }
        }
        kept
    }

    /// The sign that comments begin with. With `auto`, Git takes one that begins no line of the message, which the
    /// comments at its end then tell.
    fn comment_of<'a>(&'a self, text: &'a [u8]) -> &'a [u8] {
        if self.comment != b"auto" {
            return &self.comment;
        }
        let last = text.lines().rev().find(|line| !line.is_empty());
        match last.and_then(|line| line.get(..1)) {
            Some(sign) if b"#;@!$%^&|:".contains(&sign[0]) => sign,
            _ => b"#",
        }
    }
}

impl Source for MessageFile {
    /// # Errors
    /// [`Unreadable`](ErrorKind::Unreadable) when the file cannot be read.
    fn visit(&self, _: NonZeroUsize, _: &AtomicBool, make: &MakeVisitor<'_>) -> Result<(), Error> {
        let mut text = Vec::new();
        let read = File::open(&self.path)
            .and_then(|file| file.take(MAX_MESSAGE_BYTES + 1).read_to_end(&mut text));
        let name = self.path.display().to_string();
        match read {
            Ok(length) if length as u64 > MAX_MESSAGE_BYTES => {
                return Err(Error::new(ErrorKind::Unreadable, name)
                    .caused_by(format!("longer than {MAX_MESSAGE_BYTES} bytes")));
            }
            Ok(_) => {}
            Err(error) => return Err(Error::new(ErrorKind::Unreadable, name).caused_by(error)),
        }
        let origin = Arc::new(Origin::File(self.path.clone()));
        // Whether the visit goes on does not matter: there is nothing more.
        let _ = make().blob(Blob {
            origin: &origin,
            bytes: &self.stripped(&text),
            changed: None,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(comment: &str, text: &str) -> String {
        cleaned(Cleanup::Comments, comment, text)
    }

    fn cleaned(cleanup: Cleanup, comment: &str, text: &str) -> String {
        let file = MessageFile {
            path: PathBuf::new(),
            comment: comment.into(),
            cleanup,
        };
        String::from_utf8(file.stripped(text.as_bytes())).unwrap()
    }

    #[test]
    fn comments_go_and_lines_keep_their_numbers() {
        assert_eq!(stripped("#", "a\n# b\nc #d\n"), "a\n\nc #d\n");
        assert_eq!(stripped("//", "a\n// b\n# c\n"), "a\n\n# c\n");
    }

    #[test]
    fn nothing_behind_the_scissors_is_the_message() {
        let text = format!("a\n# b\n#{}\n+key\n", String::from_utf8_lossy(SCISSORS));
        assert_eq!(stripped("#", &text), "a\n\n");
        assert_eq!(stripped("#", &text.replace('\n', "\r\n")), "a\r\n\n");
    }

    #[test]
    fn what_git_keeps_is_kept() {
        let text = format!("a\n# b\n#{}\n+key\n", String::from_utf8_lossy(SCISSORS));
        assert_eq!(cleaned(Cleanup::BehindScissors, "#", &text), "a\n# b\n");
        assert_eq!(cleaned(Cleanup::Nothing, "#", &text), text);
    }

    #[test]
    fn a_sign_that_git_chose_is_told_by_the_last_comment() {
        assert_eq!(stripped("auto", "# a\n; Please enter\n"), "# a\n\n");
        assert_eq!(stripped("auto", "a\n# Please enter\n"), "a\n\n");
    }
}
