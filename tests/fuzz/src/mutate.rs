//! A small mutator, so that the tests fuzz a little without a fuzzer.

/// Makes inputs from seeds; the same for the same start.
#[derive(Debug)]
pub struct Mutator {
    state: u64,
}

impl Mutator {
    /// A mutator with a start of one's own.
    pub const fn new(start: u64) -> Self {
        Self {
            state: start ^ 0x9e37_79b9_7f4a_7c15,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        // xorshift64*.
        self.state |= u64::from(self.state == 0);
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound.max(1)
    }

    /// One of the seeds, changed in one to eight places; a part of another may be set in.
    pub fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = match seeds.len() {
            0 => Vec::new(),
            count => seeds[self.below(count)].clone(),
        };
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len() + 1);
            let power = self.below(6);
            let length = 1 + self.below(1 << power);
            let end = bytes.len().min(at + length);
            match self.below(8) {
                0 => bytes.insert(at, self.below(256) as u8),
                1 => {
                    bytes.drain(at..end);
                }
                2 => {
                    let copied = bytes[at..end].to_vec();
                    let to = self.below(bytes.len() + 1);
                    bytes.splice(to..to, copied);
                }
                3 => {
                    let repeated = bytes[at..end].repeat(1 + self.below(20));
                    bytes.splice(at..end, repeated);
                }
                4 if !seeds.is_empty() => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    let part = other[from..other.len().min(from + 4 * length)].to_vec();
                    bytes.splice(at..end, part);
                }
                5 => bytes.truncate(at.max(bytes.len() / 2)),
                6 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                _ if at < bytes.len() => bytes[at] = self.below(256) as u8,
                _ => bytes.push(b'a'),
            }
        }
        bytes
    }
}
