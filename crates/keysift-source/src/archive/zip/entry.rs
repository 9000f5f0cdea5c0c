//! A member, with what is told before it.

use std::io::{self, BufRead, Read};

use flate2::bufread::DeflateDecoder;
use keysift_core::Skip;
use lzma_rust2::{LzmaReader, XzReader, lzma_get_memory_usage_by_props};

use super::super::MAX_DICTIONARY_KIB;
use super::super::input::Input;
use super::super::walk::{Place, Stop, Walk};
use super::super::zstd;
use super::descriptor::{self, ToDescriptor};
use super::outside::Outside;

const HEADER_BYTES: usize = 30;

/// Bits of the flags: the data are encrypted; their length is told behind them; they end with a mark.
const ENCRYPTED: u16 = 1;
const LENGTH_BEHIND: u16 = 1 << 3;
const LZMA_END_MARK: u16 = 1 << 1;

/// The extra field of large files.
const LARGE: u16 = 1;

/// What is told before a member.
#[derive(Debug)]
pub(super) struct Entry {
    flags: u16,
    method: u16,
    name: Vec<u8>,
    /// How many bytes the data are; `None` if that is told behind them.
    bytes: Option<u64>,
    /// How many they are when decoded, as far as that is told.
    decoded_bytes: u64,
}

impl Entry {
    /// Takes it from the input.
    pub(super) fn take(input: &mut Input<'_>, outside: &mut Outside) -> Result<Self, Stop> {
        let header = input.take_exact(HEADER_BYTES)?;
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let long = |at: usize| u64::from(short(at)) | u64::from(short(at + 2)) << 16;
        let name = input.take_exact(usize::from(short(26)))?;
        let extra = input.take_exact(usize::from(short(28)))?;
        outside.add(&extra);
        let (mut bytes, mut decoded_bytes) = (long(18), long(22));
        large(&extra, &mut bytes, &mut decoded_bytes);
        let flags = short(6);
        let is_told = flags & LENGTH_BEHIND == 0 || bytes > 0;
        Ok(Self {
            flags,
            method: short(8),
            name,
            bytes: is_told.then_some(bytes),
            decoded_bytes,
        })
    }

    /// Scans the member, and takes what is behind it.
    pub(super) fn scan(
        &self,
        walk: &mut Walk<'_>,
        place: &Place,
        input: &mut Input<'_>,
        outside: &mut Outside,
    ) -> Result<(), Stop> {
        if self.name.ends_with(b"/") && self.bytes == Some(0) {
            return Ok(());
        }
        let member = place.member(&self.name);
        let mut data = Read::take(&mut *input, self.bytes.unwrap_or(u64::MAX));
        let scanned = self.data(walk, &member, &mut data);
        let left = data.limit();
        if let Err(Stop::Fault(skip, message)) = scanned {
            if data.get_ref().has_failed() {
                return Err(Stop::damaged(message));
            }
            walk.unscanned(&member, skip, Some(message))?;
        } else {
            scanned?;
        }
        if self.bytes.is_some() {
            // What was not decoded, or is hidden behind what was.
            if left > 0 {
                walk.raw(&member, &mut data)?;
            }
            if data.limit() > 0 {
                return Err(Stop::damaged("it ends within a member"));
            }
        }
        if self.flags & LENGTH_BEHIND != 0 {
            let length = descriptor::bytes(input.peek(descriptor::MAX_BYTES + 2)?);
            outside.take(walk, place, input, length)?;
        }
        Ok(())
    }

    fn data(
        &self,
        walk: &mut Walk<'_>,
        member: &Place,
        data: &mut io::Take<&mut Input<'_>>,
    ) -> Result<(), Stop> {
        if self.flags & ENCRYPTED != 0 {
            return Err(Stop::Fault(Skip::Encrypted, "zip".to_owned()));
        }
        match self.method {
            0 if self.bytes.is_some() => walk.stored(member, data),
            0 => walk.stored(member, ToDescriptor::new(data.get_mut())),
            8 => walk.decoded(member, DeflateDecoder::new(data)),
            12 => walk.decoded(member, bzip2::bufread::BzDecoder::new(data)),
            14 => walk.decoded(member, self.lzma(data)?),
            93 => walk.decoded(member, zstd::decoder(data)?),
            95 => walk.decoded(
                member,
                XzReader::new_mem_limit(data, false, MAX_DICTIONARY_KIB),
            ),
            method => Err(Stop::Fault(
                Skip::UnknownMethod,
                format!("method {method} of zip"),
            )),
        }
    }

    /// A decoder of LZMA: before the data stand a version, the length of the properties, and these.
    fn lzma<R: BufRead>(&self, mut data: R) -> Result<LzmaReader<R>, Stop> {
        let mut head = [0; 9];
        data.read_exact(&mut head)?;
        let [_, _, 5, 0, properties, a, b, c, d] = head else {
            return Err(Stop::damaged("the properties of LZMA are too long"));
        };
        let dictionary = u32::from_le_bytes([a, b, c, d]);
        let memory = lzma_get_memory_usage_by_props(dictionary, properties)?;
        if memory > MAX_DICTIONARY_KIB {
            return Err(Stop::Fault(Skip::ArchiveMemory, format!("{memory} KiB")));
        }
        let bytes = if self.flags & LZMA_END_MARK != 0 {
            u64::MAX
        } else {
            self.decoded_bytes
        };
        Ok(LzmaReader::new_with_props(
            data, bytes, properties, dictionary, None,
        )?)
    }
}

/// The lengths of a large file, which stand in an extra field in place of those that the header has no room for.
fn large(mut extra: &[u8], bytes: &mut u64, decoded_bytes: &mut u64) {
    while let [id0, id1, length0, length1, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*length0, *length1]));
        let Some((mut field, behind)) = rest.split_at_checked(length) else {
            return;
        };
        if u16::from_le_bytes([*id0, *id1]) == LARGE {
            for told in [decoded_bytes, bytes] {
                let Some((number, rest)) = field.split_first_chunk() else {
                    return;
                };
                if *told == u64::from(u32::MAX) {
                    *told = u64::from_le_bytes(*number);
                    field = rest;
                }
            }
            return;
        }
        extra = behind;
    }
}
