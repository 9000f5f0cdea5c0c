//! A delta of Git's: how to make an object of its base.

use keysift_core::{Part, Span};

/// Makes an object of `base` as `delta` says, and tells of which parts it is.
///
/// # Errors
/// When the delta is damaged, is of another base, or makes more than `max_bytes`.
pub(super) fn apply(
    base: &[u8],
    delta: &[u8],
    max_bytes: u64,
    made: &mut Vec<u8>,
    parts: &mut Vec<Part>,
) -> Result<(), &'static str> {
    made.clear();
    parts.clear();
    let mut rest = Rest(delta);
    if rest.size()? != base.len() as u64 {
        return Err("the delta is of another base");
    }
    let size = rest.size()?;
    if size > max_bytes {
        return Err("it takes more memory than one object may");
    }
    let size = size as usize;
    // A few bytes can claim any size: beyond what is likely, memory is taken as it is filled.
    made.reserve(size.min(2 * (base.len() + delta.len())));
    while let Some(command) = rest.next() {
        if command & 0x80 != 0 {
            let copy = rest.copy(command)?;
            let from = base
                .get(copy.range())
                .ok_or("the delta copies what its base does not have")?;
            if made.len() + from.len() > size {
                return Err("the delta makes more than it says");
            }
            made.extend_from_slice(from);
            match parts.last_mut() {
                Some(Part::Copy(last)) if last.end == copy.start => last.end = copy.end,
                _ => parts.push(Part::Copy(copy)),
            }
        } else {
            let length = usize::from(command);
            if length == 0 || length > rest.0.len() {
                return Err("the delta is damaged");
            }
            let (new, behind) = rest.0.split_at(length);
            if made.len() + length > size {
                return Err("the delta makes more than it says");
            }
            made.extend_from_slice(new);
            rest.0 = behind;
            match parts.last_mut() {
                Some(Part::Insert(last)) => *last += length,
                _ => parts.push(Part::Insert(length)),
            }
        }
    }
    if made.len() == size {
        Ok(())
    } else {
        Err("the delta makes less than it says")
    }
}

/// What of a delta was not read yet.
struct Rest<'d>(&'d [u8]);

impl Rest<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Seven bits a byte, the lowest first.
    fn size(&mut self) -> Result<u64, &'static str> {
        let mut size = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.next().ok_or("the delta is damaged")?;
            size |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(size);
            }
        }
        Err("the delta is damaged")
    }

    /// The low seven bits of a command say which bytes of an offset and of a length follow.
    fn copy(&mut self, command: u8) -> Result<Span, &'static str> {
        let mut number = |bits: std::ops::Range<u32>| {
            let first = bits.start;
            let mut number = 0_usize;
            for bit in bits {
                if command >> bit & 1 != 0 {
                    let byte = self.next().ok_or("the delta is damaged")?;
                    number |= usize::from(byte) << (8 * (bit - first));
                }
            }
            Ok::<_, &'static str>(number)
        };
        let start = number(0..4)?;
        let length = match number(4..7)? {
            0 => 0x1_0000,
            length => length,
        };
        Ok(Span::new(start, start + length))
    }
}

/// The parts of a text, where both blobs begin with a mark that is none of the text: so many bytes of the base, and of
/// what is made of it.
pub(super) fn without_marks(parts: &mut Vec<Part>, (base_mark, mark): (usize, usize)) {
    if (base_mark, mark) == (0, 0) {
        return;
    }
    let mut to_drop = mark;
    let mut kept = Vec::with_capacity(parts.len() + 2);
    for part in parts.drain(..) {
        match part {
            Part::Insert(length) => {
                let dropped = length.min(to_drop);
                to_drop -= dropped;
                kept.push(Part::Insert(length - dropped));
            }
            Part::Copy(mut from) => {
                let dropped = from.len().min(to_drop);
                to_drop -= dropped;
                from.start += dropped;
                // What was the base's mark is new in a text.
                let new = base_mark.saturating_sub(from.start).min(from.len());
                kept.push(Part::Insert(new));
                let start = from.start + new - base_mark.min(from.start + new);
                kept.push(Part::Copy(Span::new(start, start + from.len() - new)));
            }
        }
    }
    *parts = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &[u8], delta: &[u8], max: u64) -> Result<(Vec<u8>, Vec<Part>), &'static str> {
        let (mut made, mut parts) = (Vec::new(), Vec::new());
        apply(base, delta, max, &mut made, &mut parts).map(|()| (made, parts))
    }

    #[test]
    fn copies_and_inserts_are_joined() {
        let delta = [6, 7, 0x91, 0, 2, 0x91, 2, 2, 1, b'x', 1, b'y', 0x91, 5, 1];
        let (made, parts) = applied(b"abcdef", &delta, 100).unwrap();
        assert_eq!(made, b"abcdxyf");
        let (first, last) = (Span::new(0, 4), Span::new(5, 6));
        assert_eq!(
            parts,
            [Part::Copy(first), Part::Insert(2), Part::Copy(last)]
        );
    }

    #[test]
    fn a_damaged_delta_is_an_error_wherever_the_damage_is() {
        for delta in [
            &[][..],
            &[5, 1, 1, b'x'],
            &[6, 200, 1, b'x'],
            &[6, 2, 1, b'x'],
            &[6, 1, 2, b'x'],
            &[6, 1, 0x91],
            &[6, 1, 0x91, 6, 1],
            &[6, 1, 0x91, 0, 2],
            &[6, 1, 2, b'x', b'y'],
            &[6, 1, 0],
            &[
                6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
            ],
        ] {
            assert!(applied(b"abcdef", delta, 100).is_err(), "{delta:?}");
        }
    }

    #[test]
    fn what_claims_too_much_is_not_made() {
        assert!(applied(b"abcdef", &[6, 101, 0x80], 100).is_err());
    }

    #[test]
    fn parts_of_texts_tell_the_text_whatever_mark_stood_before_it() {
        let base = b"MMMabcdef";
        for (base_mark, mark, delta) in [
            (3, 3, &[9_u8, 9, 0x91, 0, 9][..]),
            (3, 0, &[9, 8, 0x91, 3, 4, 0x91, 0, 4]),
            (0, 3, &[9, 9, 3, b'M', b'M', b'M', 0x91, 0, 6]),
            (3, 3, &[9, 6, 0x91, 0, 2, 0x91, 1, 4]),
        ] {
            let (made, mut parts) = applied(base, delta, 100).unwrap();
            without_marks(&mut parts, (base_mark, mark));
            let text = &made[mark..];
            let mut at = 0;
            for part in &parts {
                match part {
                    Part::Copy(from) => {
                        let copied = &base[base_mark..][from.range()];
                        assert_eq!(copied, &text[at..at + from.len()]);
                        at += from.len();
                    }
                    Part::Insert(length) => at += length,
                }
            }
            assert_eq!(at, text.len());
        }
    }
}
