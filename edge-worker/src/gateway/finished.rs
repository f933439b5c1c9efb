//! A finished page as it lies under `html/`: its bytes, and the validator of what they were made from.
//!
//! Only the edge writes and reads these, and every visit reads one, so the bytes are not CBOR but cut out as they lie:
//! four lengths, then the validator and the page plain, in brotli and in gzip.

use bytes::Bytes;

use super::{encoding, validator::Validator};
use page_address::Encoding;

#[derive(Debug)]
pub struct Finished {
    validator: Validator,
    forms: Forms,
}

/// A finished page in the encoding that a visitor takes.
#[derive(Debug)]
pub struct Encoded {
    pub validator: Validator,
    pub bytes: Bytes,
}

/// A page in the encodings that a platform keeps; the others are empty.
#[derive(Debug, Default)]
pub struct Forms {
    plain: Bytes,
    br: Bytes,
    gzip: Bytes,
}

impl Forms {
    /// For a platform that sends a page as it lies.
    pub fn compressed(html: String) -> Self {
        Self {
            br: encoding::brotli(html.as_bytes()).into(),
            gzip: encoding::gzip(html.as_bytes()).into(),
            ..Self::default()
        }
    }

    /// For a platform that compresses what it sends: a build that names only this carries no encoder.
    pub fn plain(html: String) -> Self {
        Self {
            plain: html.into(),
            ..Self::default()
        }
    }
}

impl Finished {
    pub fn new(validator: Validator, forms: Forms) -> Self {
        Self { validator, forms }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let Forms { plain, br, gzip } = &self.forms;
        let parts = [self.validator.as_str().as_bytes(), plain, br, gzip];
        // A part is far smaller than a KV value, so its length fits.
        let lengths = parts.map(|part| u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        [lengths.concat(), parts.concat()].concat()
    }

    /// `None` for bytes that are no finished page.
    fn from_bytes(mut rest: Bytes) -> Option<Self> {
        let mut lengths = [0_usize; 4];
        for length in &mut lengths {
            let bytes = take(&mut rest, size_of::<u32>())?;
            *length = u32::from_be_bytes(bytes.as_ref().try_into().ok()?) as usize;
        }
        let [validator, plain, br, gzip] = lengths;
        let validator = take(&mut rest, validator)?;
        let finished = Self {
            validator: Validator::stored(std::str::from_utf8(&validator).ok()?.to_owned()),
            forms: Forms {
                plain: take(&mut rest, plain)?,
                br: take(&mut rest, br)?,
                gzip: take(&mut rest, gzip)?,
            },
        };
        rest.is_empty().then_some(finished)
    }
}

impl Encoded {
    /// `None` for bytes that are no finished page, or one that is not kept in the encoding.
    pub fn from_bytes(bytes: Bytes, encoding: Encoding) -> Option<Self> {
        let Finished { validator, forms } = Finished::from_bytes(bytes)?;
        let Forms { plain, br, gzip } = forms;
        let bytes = match encoding {
            Encoding::Brotli => br,
            Encoding::Gzip => gzip,
            Encoding::Identity if plain.is_empty() => encoding::gunzip(&gzip)?.into(),
            Encoding::Identity => plain,
        };
        (!bytes.is_empty()).then_some(Self { validator, bytes })
    }
}

fn take(rest: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= rest.len()).then(|| rest.split_to(length))
}
