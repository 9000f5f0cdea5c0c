//! What is one compressed text and no more: it has no members, but a content.

use std::io::{self, Read};
use std::path::Path;

use keysift_core::Origin;

use super::input::Input;
use super::walk::{Place, Stop, Walk};

/// The endings of compressed files, and what takes their place.
const ENDINGS: &[(&str, &str)] = &[
    (".gz", ""),
    (".bz2", ""),
    (".xz", ""),
    (".zst", ""),
    (".zstd", ""),
    (".tgz", ".tar"),
    (".tbz2", ".tar"),
    (".txz", ".tar"),
    (".tzst", ".tar"),
];

/// What the content of a compressed file is called: the file's name without its ending.
fn content_name(origin: &Origin) -> String {
    let Some(name) = origin.path().and_then(Path::file_name) else {
        return "content".to_owned();
    };
    let name = name.to_string_lossy();
    let stem = ENDINGS.iter().find_map(|(ending, instead)| {
        let stem = name.strip_suffix(ending).filter(|stem| !stem.is_empty())?;
        Some(format!("{stem}{instead}"))
    });
    stem.unwrap_or_else(|| name.into_owned())
}

/// Scans what `decoder` makes of an archive's bytes.
///
/// # Errors
/// When decoding fails.
pub(super) fn scan(walk: &mut Walk<'_>, place: &Place, decoder: impl Read) -> Result<(), Stop> {
    let content = place.content(&content_name(&place.origin));
    walk.decoded(&content, decoder)
}

/// Decodes frames one behind the other, up to what is no frame.
pub(super) struct Frames<'a, 'i, F> {
    state: State<&'a mut Input<'i>, F>,
    /// Whether a frame begins with these bytes, which are 4 or more if there are as many.
    is_next: fn(&[u8]) -> bool,
    begin: fn(&'a mut Input<'i>) -> io::Result<F>,
    end: fn(F) -> &'a mut Input<'i>,
}

enum State<I, F> {
    Between(I),
    Within(F),
    /// A frame could not be begun.
    Failed,
}

impl<'a, 'i, F: Read> Frames<'a, 'i, F> {
    pub(super) const fn new(
        input: &'a mut Input<'i>,
        is_next: fn(&[u8]) -> bool,
        begin: fn(&'a mut Input<'i>) -> io::Result<F>,
        end: fn(F) -> &'a mut Input<'i>,
    ) -> Self {
        Self {
            state: State::Between(input),
            is_next,
            begin,
            end,
        }
    }
}

impl<F: Read> Read for Frames<'_, '_, F> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Between(input) => {
                    if !(self.is_next)(input.peek(4)?) {
                        self.state = State::Between(input);
                        return Ok(0);
                    }
                    self.state = State::Within((self.begin)(input)?);
                }
                State::Within(mut frame) => {
                    let read = frame.read(to);
                    if matches!(read, Ok(0)) && !to.is_empty() {
                        self.state = State::Between((self.end)(frame));
                        continue;
                    }
                    self.state = State::Within(frame);
                    return read;
                }
                State::Failed => return Err(io::Error::other("the last frame is none")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_called_as_its_file_without_the_last_ending() {
        for (file, content) in [
            ("logs/app.log.gz", "app.log"),
            ("a.tgz", "a.tar"),
            (".gz", ".gz"),
            ("drawing.svgz", "drawing.svgz"),
        ] {
            assert_eq!(content_name(&Origin::File(file.into())), content);
        }
        assert_eq!(content_name(&Origin::Stdin), "content");
    }
}
