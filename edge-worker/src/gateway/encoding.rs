//! The bytes of a reply in each content encoding.

use std::io::Write;

use http::{HeaderMap, HeaderValue, header};
use page_model::limits::BODY_BYTES_MAX;

pub fn write_content_type(headers: &mut HeaderMap, content_type: &'static str) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: if bytes.len() > BROTLI_BETTER_BYTES_MAX { 4 } else { 5 },
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::with_capacity(bytes.len() / 6);
    // Writing into memory does not fail.
    let _ = brotli::BrotliCompress(&mut &bytes[..], &mut out, &params);
    out
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 5), flate2::Compression::new(6));
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// The rare visitor without compression gets the page from its gzip form, which is one that [`gzip`] made. Its checksum
/// is not looked at: the table for that is 16 KB of the bundle for Workers.
pub fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let body = bytes.get(GZIP_HEAD_BYTES..bytes.len().checked_sub(GZIP_TAIL_BYTES)?)?;
    miniz_oxide::inflate::decompress_to_vec_with_limit(body, BODY_BYTES_MAX).ok()
}

/// The header without optional fields, and checksum and length behind the body (RFC 1952).
const GZIP_HEAD_BYTES: usize = 10;
const GZIP_TAIL_BYTES: usize = 8;
/// Quality 5 needs 1 MB of tables and some milliseconds in a guest; from 9 on it is 32 MB for 5 % fewer bytes.
const BROTLI_BETTER_BYTES_MAX: usize = 300_000;
/// 256 KiB of window: no page gains from more, and the guest's memory stays small.
const BROTLI_WINDOW_BITS: i32 = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gunzip_restores_what_gzip_made() {
        let page = "<p>status</p>".repeat(1_000);
        assert_eq!(gunzip(&gzip(page.as_bytes())).as_deref(), Some(page.as_bytes()));
        let mut out = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(page.as_bytes())[..], &mut out).expect("brotli");
        assert_eq!(out, page.as_bytes());
    }
}
