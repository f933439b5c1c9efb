//! A finished page as it lies under `html/`: compressed bytes and the validator of what they were made from.

use page_model::body;
use serde::{Deserialize, Serialize};

use super::{
    encoding::{self, Encoding},
    validator::Validator,
};

#[derive(Debug)]
pub struct Finished {
    pub validator: Validator,
    wire: Wire,
}

impl Finished {
    pub fn new(validator: Validator, html: &str) -> Self {
        let wire = Wire {
            validator: validator.as_str().to_owned(),
            br: encoding::brotli(html.as_bytes()).into(),
            gzip: encoding::gzip(html.as_bytes()).into(),
        };
        Self { validator, wire }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        body::encode(&self.wire)
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let wire: Wire = body::decode(bytes).ok()?;
        let validator = Validator::stored(wire.validator.clone());
        Some(Self { validator, wire })
    }

    /// The page's bytes in an encoding; `None` where they are broken.
    pub fn into_encoded(self, encoding: Encoding) -> Option<Vec<u8>> {
        match encoding {
            Encoding::Brotli => Some(self.wire.br.into_vec()),
            Encoding::Gzip => Some(self.wire.gzip.into_vec()),
            Encoding::Identity => encoding::gunzip(&self.wire.gzip),
        }
    }
}

/// One-letter keys: every visit reads one of these.
#[derive(Debug, Serialize, Deserialize)]
struct Wire {
    #[serde(rename = "t")]
    validator: String,
    #[serde(rename = "b")]
    br: serde_bytes::ByteBuf,
    #[serde(rename = "g")]
    gzip: serde_bytes::ByteBuf,
}
