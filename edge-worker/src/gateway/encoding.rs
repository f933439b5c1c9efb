//! Content encodings: which one a visitor takes, and the bytes in it.

use std::io::Write;

use http::{HeaderMap, HeaderValue, header};
use page_model::{limits::BODY_BYTES_MAX, wish::weighted};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The best encoding that `accept-encoding` allows (RFC 9110, section 12.5.3).
    pub fn accepted(headers: &HeaderMap) -> Self {
        let mut quality = [0.0_f64; 2];
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for (name, q) in weighted(value.to_str().unwrap_or("")) {
                match name {
                    "br" => quality[0] = q,
                    "gzip" | "x-gzip" => quality[1] = q,
                    "*" => quality = quality.map(|known| if known == 0.0 { q } else { known }),
                    _ => {}
                }
            }
        }
        match quality {
            [br, gzip] if br > 0.0 && br >= gzip => Self::Brotli,
            [_, gzip] if gzip > 0.0 => Self::Gzip,
            _ => Self::Identity,
        }
    }

    /// Tells the representations of one page apart in their ETags (RFC 9110, section 8.8.3.3).
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
            Self::Identity => "id",
        }
    }

    pub fn write(self, headers: &mut HeaderMap) {
        let name = match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => return,
        };
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
}

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
    fn the_best_accepted_encoding_wins() {
        for (accept, expected) in [
            ("br, gzip", Encoding::Brotli),
            ("gzip, deflate", Encoding::Gzip),
            ("gzip;q=1, br;q=0.5", Encoding::Gzip),
            ("br;q=0, gzip;q=0", Encoding::Identity),
            ("*", Encoding::Brotli),
            ("br;q=0, *;q=0.1", Encoding::Brotli),
            ("", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("br;q=x", Encoding::Brotli),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
            assert_eq!(Encoding::accepted(&headers), expected, "{accept:?}");
        }
    }

    #[test]
    fn bytes_come_back() {
        let page = "<p>status</p>".repeat(1_000);
        assert_eq!(gunzip(&gzip(page.as_bytes())).as_deref(), Some(page.as_bytes()));
        let mut out = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(page.as_bytes())[..], &mut out).expect("brotli");
        assert_eq!(out, page.as_bytes());
    }
}
