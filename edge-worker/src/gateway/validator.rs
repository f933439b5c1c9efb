//! ETags: known before anything is rendered, from the hash of the content, the build of the templates and the variant.

use http::{HeaderMap, HeaderValue, header};
use page_model::ContentHash;

use super::encoding::Encoding;

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

/// Whether `if-none-match` names the ETag, by weak comparison (RFC 9110, section 13.1.2).
pub fn matches(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter();
    tags.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
}
