//! Header fields as one block of bytes, in which they cross the border between a host and the gateway: every list that
//! crosses it costs an allocation on the other side.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::memchr;

/// Each as `name:value` and a line feed, which neither holds.
pub fn write(headers: &HeaderMap) -> Vec<u8> {
    let length = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 2;
    let mut block = Vec::with_capacity(headers.iter().map(length).sum());
    for (name, value) in headers {
        block.extend_from_slice(name.as_str().as_bytes());
        block.push(b':');
        block.extend_from_slice(value.as_bytes());
        block.push(b'\n');
    }
    block
}

/// The fields of a block; lines that are no header field are passed over. No value is copied.
pub fn read(block: Bytes) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(FIELDS_USUAL);
    let mut rest = &block[..];
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        let Some(at) = memchr(b':', line) else {
            continue;
        };
        let (name, value) = (&line[..at], block.slice_ref(&line[at + 1..]));
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_maybe_shared(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// As many as a page has, and some that a host adds.
const FIELDS_USUAL: usize = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_what_it_writes(fields in proptest::collection::vec(("[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,20}", "[\t -~\u{80}-\u{ff}]{0,40}"), 0..12)) {
            let mut headers = HeaderMap::new();
            for (name, value) in &fields {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) {
                    headers.append(name, value);
                }
            }
            prop_assert_eq!(read(write(&headers).into()), headers);
        }

        #[test]
        fn whatever_the_bytes_are_nothing_panics(block in proptest::collection::vec(any::<u8>(), 0..200)) {
            let headers = read(block.into());
            prop_assert_eq!(read(write(&headers).into()), headers);
        }
    }
}
