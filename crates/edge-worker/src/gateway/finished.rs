//! A finished page as it lies under `html/`: compressed bytes and the validator of what they were made from.
//!
//! Only the edge writes and reads these, and every visit reads one, so the bytes are not CBOR but cut out as they lie:
//! three lengths, then the validator, the brotli form and the gzip form.

use bytes::Bytes;

use super::{
    encoding::{self, Encoding},
    validator::Validator,
};

#[derive(Debug)]
pub struct Finished {
    pub validator: Validator,
    br: Bytes,
    gzip: Bytes,
}

impl Finished {
    pub fn new(validator: Validator, html: &str) -> Self {
        Self {
            validator,
            br: encoding::brotli(html.as_bytes()).into(),
            gzip: encoding::gzip(html.as_bytes()).into(),
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let parts = [self.validator.as_str().as_bytes(), &self.br, &self.gzip];
        // A part is far smaller than a KV value, so its length fits.
        let lengths = parts.map(|part| u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        [lengths.concat(), parts.concat()].concat()
    }

    /// `None` for bytes that are no finished page.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let mut rest = Bytes::from(bytes);
        let mut lengths = [0_usize; 3];
        for length in &mut lengths {
            let bytes = take(&mut rest, size_of::<u32>())?;
            *length = u32::from_be_bytes(bytes.as_ref().try_into().ok()?) as usize;
        }
        let [validator, br, gzip] = lengths;
        let validator = take(&mut rest, validator)?;
        let finished = Self {
            validator: Validator::stored(std::str::from_utf8(&validator).ok()?.to_owned()),
            br: take(&mut rest, br)?,
            gzip: take(&mut rest, gzip)?,
        };
        rest.is_empty().then_some(finished)
    }

    /// The page's bytes in an encoding; `None` where they are broken.
    pub fn into_encoded(self, encoding: Encoding) -> Option<Bytes> {
        match encoding {
            Encoding::Brotli => Some(self.br),
            Encoding::Gzip => Some(self.gzip),
            Encoding::Identity => encoding::gunzip(&self.gzip).map(Bytes::from),
        }
    }
}

fn take(rest: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= rest.len()).then(|| rest.split_to(length))
}
