//! Content encodings: which one a visitor gets.

use http::{HeaderMap, HeaderValue, header};

use crate::weighted;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// The best encoding that `accept-encoding` allows (RFC 9110, section 12.5.3).
    pub fn accepted(headers: &HeaderMap) -> Self {
        let (mut brotli, mut gzip, mut others) = (None, None, None);
        for (name, weight) in weighted::items(headers, header::ACCEPT_ENCODING) {
            let named = |names: &[&str]| names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted));
            if named(&["br"]) {
                brotli = Some(weight);
            } else if named(&["gzip", "x-gzip"]) {
                gzip = Some(weight);
            } else if named(&["*"]) {
                others = Some(weight);
            }
        }
        let weight = |named: Option<weighted::Weight>| named.or(others).unwrap_or(0);
        match (weight(brotli), weight(gzip)) {
            (brotli, gzip) if brotli > 0 && brotli >= gzip => Self::Brotli,
            (_, gzip) if gzip > 0 => Self::Gzip,
            _ => Self::Identity,
        }
    }

    /// Its name in `accept-encoding` and `content-encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
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

    /// Says of a reply's body that it is encoded so.
    pub fn write(self, headers: &mut HeaderMap) {
        if self != Self::Identity {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(self.name()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_best_accepted_encoding() {
        for (accept, expected) in [
            ("br, gzip", Encoding::Brotli),
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate", Encoding::Gzip),
            ("gzip;q=1, br;q=0.5", Encoding::Gzip),
            ("BR;q=1.0, GZIP;q=0.5", Encoding::Brotli),
            ("X-Gzip", Encoding::Gzip),
            ("br;q=0, gzip;q=0", Encoding::Identity),
            ("*", Encoding::Brotli),
            ("*;q=0", Encoding::Identity),
            ("*, br;q=0", Encoding::Gzip),
            ("br;q=0, *;q=0.1", Encoding::Gzip),
            ("", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("identity;q=0, gzip;q=1", Encoding::Gzip),
            ("br;q=x", Encoding::Identity),
            ("br;q=0.001", Encoding::Brotli),
            ("brotli, xgzip", Encoding::Identity),
            (";;,;=,q=,gzip;=;q", Encoding::Gzip),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
            assert_eq!(Encoding::accepted(&headers), expected, "{accept:?}");
        }
        assert_eq!(Encoding::accepted(&HeaderMap::new()), Encoding::Identity);
    }
}
