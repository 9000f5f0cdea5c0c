//! Made-up files, whose lines are all different, so that there is one right answer to what was added.

/// A generator of numbers that are the same in each run.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Makes lines that were never made before.
#[derive(Debug)]
pub(crate) struct Lines {
    made: usize,
    /// What some lines end with besides.
    odd: &'static [u8],
}

impl Lines {
    /// Makes lines of which some hold a zero byte.
    pub(crate) const fn with_zeros() -> Self {
        Self {
            made: 0,
            odd: b" \xff\x00\n",
        }
    }

    /// Makes lines without zero bytes, at which the combined diff of Git cuts a line.
    pub(crate) const fn without_zeros() -> Self {
        Self {
            made: 0,
            odd: b" \xff\x01\n",
        }
    }

    fn one(&mut self, chance: &mut Chance) -> Vec<u8> {
        self.made += 1;
        let end: &[u8] = match chance.below(8) {
            0 => b"\r\n",
            1 => self.odd,
            _ => b"\n",
        };
        [format!("line {}", self.made).as_bytes(), end].concat()
    }

    /// A new file.
    pub(crate) fn file(&mut self, chance: &mut Chance) -> Vec<Vec<u8>> {
        (0..chance.below(20)).map(|_| self.one(chance)).collect()
    }

    /// The file with lines put in, taken out and replaced.
    pub(crate) fn edit(&mut self, chance: &mut Chance, file: &mut Vec<Vec<u8>>) {
        for _ in 0..=chance.below(4) {
            let at = chance.below(file.len() + 1);
            let end = (at + chance.below(4)).min(file.len());
            let new: Vec<Vec<u8>> = (0..chance.below(3)).map(|_| self.one(chance)).collect();
            file.splice(at..end, new);
        }
        if let Some(last) = file.last_mut().filter(|_| chance.once_in(6)) {
            while last.ends_with(b"\n") || last.ends_with(b"\r") {
                last.pop();
            }
        } else if let Some(last) = file.last_mut().filter(|last| !last.ends_with(b"\n")) {
            last.push(b'\n');
        }
        // A line without an end that is no longer the last has one, or it would be one line with the next.
        let count = file.len();
        for line in file.iter_mut().take(count.saturating_sub(1)) {
            if !line.ends_with(b"\n") {
                line.push(b'\n');
            }
        }
    }
}

/// Paths whose last parts are all different, so that none is taken for another that moved.
pub(crate) const PATHS: [&str; 9] = [
    "a", "a-b/c", "a.d", "b/d/e", "b/d/f", "b/g", "b0", "c/h", "z/y/x/w",
];
