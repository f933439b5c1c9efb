//! ETags: known before anything is rendered, from the hash of the content, the build of the templates and the variant.

use http::HeaderValue;
use page_address::Encoding;
use page_model::ContentHash;

/// Names a representation whatever its encoding. Two replies with equal validators and encodings have equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validator(String);

impl Validator {
    pub fn new(hash: &ContentHash, variant: &str, delayed_since_ms: Option<u64>) -> Self {
        let build = page_render::TEMPLATE_BUILD;
        Self(match delayed_since_ms {
            None => format!("{}-{build}-{variant}", hash.short()),
            Some(at_ms) => format!("{}-{build}-{variant}-{at_ms:x}", hash.short()),
        })
    }

    /// Of what is named by its own bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(ContentHash::of(bytes).short())
    }

    pub fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn etag(&self, encoding: Encoding) -> HeaderValue {
        let etag = format!("\"{}-{}\"", self.0, encoding.suffix());
        HeaderValue::try_from(etag).unwrap_or(HeaderValue::from_static("\"\""))
    }
}
