//! Kafka's primitive types, read from a slice without trusting a single length in it.
//!
//! The codec reserves memory for as many elements as a frame claims to have; a rubbish client could end the process
//! with one number. Nothing here allocates by a frame's word, and what is kept of a text has a bound.

use std::fmt;

/// Why a frame cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

const SHORT: Malformed = Malformed("it ends before its fields do");

/// Reads one message front to back.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// Compact lengths and tagged fields (KIP-482).
    flexible: bool,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8], flexible: bool) -> Self {
        Self { rest: bytes, flexible }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(SHORT)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Result<(), Malformed> {
        self.take(count).map(drop)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// What was not read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn i8(&mut self) -> Result<i8, Malformed> {
        self.array().map(i8::from_be_bytes)
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Malformed> {
        self.i8().map(|byte| byte != 0)
    }

    pub(crate) fn i16(&mut self) -> Result<i16, Malformed> {
        self.array().map(i16::from_be_bytes)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Malformed> {
        self.array().map(i32::from_be_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_be_bytes)
    }

    pub(crate) fn uuid(&mut self) -> Result<u128, Malformed> {
        self.array().map(u128::from_be_bytes)
    }

    /// A varint of at most ten bytes (ByteUtils.readUnsignedVarlong).
    fn unsigned_varlong(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed("a number has too many bytes"))
    }

    /// A zigzag varint or varlong, as records have them.
    pub(crate) fn varlong(&mut self) -> Result<i64, Malformed> {
        let raw = self.unsigned_varlong()?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }

    /// Bytes behind a zigzag length; `None` where it is -1.
    pub(crate) fn varint_bytes(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let length = self.varlong()?;
        usize::try_from(length).map_or(Ok(None), |length| self.take(length).map(Some))
    }

    /// A length that says "null" with -1, or compactly with 0.
    fn length(
        &mut self,
        classic: impl FnOnce(&mut Self) -> Result<i64, Malformed>,
    ) -> Result<Option<usize>, Malformed> {
        let length = if self.flexible {
            i64::try_from(self.unsigned_varlong()?).map_err(|_too_big| SHORT)? - 1
        } else {
            classic(self)?
        };
        Ok(usize::try_from(length).ok())
    }

    /// A nullable string.
    pub(crate) fn text(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        match self.length(|reader| reader.i16().map(i64::from))? {
            Some(length) => self.take(length).map(Some),
            None => Ok(None),
        }
    }

    /// A nullable string of the old kind, which the client id keeps in every header (RequestHeader.json).
    pub(crate) fn classic_text(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let length = self.i16()?;
        usize::try_from(length).map_or(Ok(None), |length| self.take(length).map(Some))
    }

    /// Nullable bytes; null as none.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.length(|reader| reader.i32().map(i64::from))?;
        self.take(length.unwrap_or_default())
    }

    /// How many elements follow; null as none. Each is to be read before the next, so a lie ends at the frame's end.
    pub(crate) fn count(&mut self) -> Result<usize, Malformed> {
        let length = self.length(|reader| reader.i32().map(i64::from))?;
        Ok(length.unwrap_or_default())
    }

    /// Skips an array whose elements are all `bytes` long.
    pub(crate) fn skip_array(&mut self, bytes: usize) -> Result<(), Malformed> {
        let count = self.count()?;
        self.skip(count.checked_mul(bytes).ok_or(SHORT)?)
    }

    /// Skips tagged fields, where this version has them.
    pub(crate) fn tags(&mut self) -> Result<(), Malformed> {
        if !self.flexible {
            return Ok(());
        }
        for _ in 0..self.unsigned_varlong()? {
            let _tag = self.unsigned_varlong()?;
            let length = usize::try_from(self.unsigned_varlong()?).map_err(|_too_big| SHORT)?;
            self.skip(length)?;
        }
        Ok(())
    }
}

/// What is kept of a text: Kafka's longest topic name. Its ids may have 32 KiB, and one frame may bring thousands.
pub(crate) const MOST_SHOWN_BYTES: usize = 249;

/// Text as it is shown; what is no UTF-8 is replaced, and what is too long is cut and ends with `…`.
pub(crate) fn shown(text: &[u8]) -> String {
    let Some(kept) = text.get(..MOST_SHOWN_BYTES).filter(|kept| kept.len() < text.len()) else {
        return String::from_utf8_lossy(text).into_owned();
    };
    format!("{}…", String::from_utf8_lossy(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_lies_ends_at_the_frames_end() {
        let huge = [0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3];
        assert_eq!(Reader::new(&huge, true).text(), Err(SHORT));
        assert_eq!(Reader::new(&huge, true).bytes(), Err(SHORT));
        assert_eq!(Reader::new(&[0x7f; 8], false).bytes(), Err(SHORT));
        assert_eq!(Reader::new(&[0x7f; 8], false).skip_array(8), Err(SHORT));
        assert!(Reader::new(&[0xff; 12], true).count().is_err());
        assert!(Reader::new(&huge, true).tags().is_err());
    }

    #[test]
    fn null_is_none_in_both_notations() {
        assert_eq!(Reader::new(&[0], true).text(), Ok(None));
        assert_eq!(Reader::new(&[0xff, 0xff], false).text(), Ok(None));
        assert_eq!(Reader::new(&[3, b'a', b'b'], true).text(), Ok(Some(&b"ab"[..])));
        assert_eq!(Reader::new(&[0xff; 4], false).count(), Ok(0));
    }

    #[test]
    fn a_text_without_end_is_shown_with_one() {
        assert_eq!(shown(&[b'a'; MOST_SHOWN_BYTES]), "a".repeat(MOST_SHOWN_BYTES));
        assert_eq!(shown(&[b'a'; 32_767]), format!("{}…", "a".repeat(MOST_SHOWN_BYTES)));
    }

    #[test]
    fn zigzag() {
        for (bytes, value) in [(&[0][..], 0), (&[1], -1), (&[2], 1), (&[0xac, 0x02], 150), (&[0xab, 0x02], -150)] {
            assert_eq!(Reader::new(bytes, false).varlong(), Ok(value));
        }
    }
}
