//! Which encodings a visitor takes. It is part of the cache's key and all that the guest hears of `accept-encoding`.

use http::{HeaderMap, HeaderValue, header::ACCEPT_ENCODING};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encodings {
    pub brotli: bool,
    pub gzip: bool,
}

impl Encodings {
    pub fn of(headers: &HeaderMap) -> Self {
        let mut listed = Listed::default();
        for value in headers.get_all(ACCEPT_ENCODING) {
            listed.add(value.to_str().unwrap_or_default());
        }
        let is_accepted = |coding: Option<bool>| coding.or(listed.any).unwrap_or(false);
        Self {
            brotli: is_accepted(listed.brotli),
            gzip: is_accepted(listed.gzip),
        }
    }

    /// One byte of a cache key.
    pub fn class(self) -> u8 {
        u8::from(self.brotli) << 1 | u8::from(self.gzip)
    }

    /// The `accept-encoding` of all visitors in this class.
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_static(match (self.brotli, self.gzip) {
            (true, true) => "br, gzip",
            (true, false) => "br",
            (false, true) => "gzip",
            (false, false) => "identity",
        })
    }
}

/// What a header says of each coding: wanted, refused with `q=0`, or nothing.
#[derive(Default)]
struct Listed {
    brotli: Option<bool>,
    gzip: Option<bool>,
    any: Option<bool>,
}

impl Listed {
    fn add(&mut self, list: &str) {
        for item in list.split(',') {
            let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
            let is_wanted = Some(!is_refused(parameters));
            match coding.trim() {
                coding if coding.eq_ignore_ascii_case("br") => self.brotli = is_wanted,
                coding if coding.eq_ignore_ascii_case("gzip") => self.gzip = is_wanted,
                "*" => self.any = is_wanted,
                _ => {}
            }
        }
    }
}

/// A weight that is no number counts as a refusal: plain bytes are right for every visitor.
fn is_refused(parameters: &str) -> bool {
    let parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let mut weights = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weights.any(|(_, weight)| !weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_heard() {
        let cases = [
            (None, "identity"),
            (Some(""), "identity"),
            (Some("gzip, deflate, br, zstd"), "br, gzip"),
            (Some("gzip"), "gzip"),
            (Some("BR;q=1.0, GZIP;q=0.5"), "br, gzip"),
            (Some("br;q=0, gzip"), "gzip"),
            (Some("br; q=0.001"), "br"),
            (Some("br;q=0.000"), "identity"),
            (Some("br;q=x"), "identity"),
            (Some("*"), "br, gzip"),
            (Some("*;q=0"), "identity"),
            (Some("*, br;q=0"), "gzip"),
            (Some("identity;q=0, gzip;q=1"), "gzip"),
            (Some("brotli, xgzip"), "identity"),
            (Some(";;,;=,q=,gzip;=;q"), "gzip"),
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            }
            assert_eq!(Encodings::of(&headers).header(), expected, "accept-encoding: {value:?}");
        }
    }

    #[test]
    fn classes_differ() {
        let classes = [(false, false), (false, true), (true, false), (true, true)]
            .map(|(brotli, gzip)| Encodings { brotli, gzip }.class());
        assert_eq!(classes, [0, 1, 2, 3]);
    }
}
