//! What an address says behind its `?`.

use http::Uri;
use page_model::Language;

#[derive(Debug, Default)]
pub struct Query {
    raw: Option<String>,
}

impl Query {
    pub fn of(uri: &Uri) -> Self {
        Self {
            raw: uri.query().map(str::to_owned),
        }
    }

    /// As it was asked, with its `?`; nothing where there is none.
    pub fn as_asked(&self) -> String {
        self.raw.as_ref().map_or(String::new(), |raw| format!("?{raw}"))
    }

    /// The first value of the name, decoded, at most so many characters of it.
    pub fn get(&self, name: &str, chars_max: usize) -> Option<String> {
        let pairs = self.raw.as_deref()?.split('&');
        let mut named = pairs.filter_map(|pair| pair.split_once('=').filter(|(found, _)| *found == name));
        let (_, value) = named.next()?;
        Some(decoded(value).chars().take(chars_max).collect())
    }

    /// The language that the address chooses; one that the interface does not speak is none.
    pub fn language(&self) -> Option<Language> {
        Language::parse(&self.get("lang", LANGUAGE_CHARS_MAX)?)
    }
}

/// `+` and `%20` are spaces; bytes that are no UTF-8 become replacement characters.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                let digits = (ahead.next().and_then(hex), ahead.next().and_then(hex));
                match digits {
                    (Some(high), Some(low)) => {
                        bytes.push(high << 4 | low);
                        rest = ahead;
                    }
                    _ => bytes.push(b'%'),
                }
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

const LANGUAGE_CHARS_MAX: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        let query = Query::of(&Uri::from_static("/search?x&lang=de&q=a+b%20c%C3%A9%zz%2&q=2&lang=fr"));
        assert_eq!(query.get("q", 99).as_deref(), Some("a b cé%zz%2"));
        assert_eq!(query.get("q", 3).as_deref(), Some("a b"));
        assert_eq!(query.get("x", 3), None);
        assert_eq!(query.language(), Some(Language::De));
        assert_eq!(Query::of(&Uri::from_static("/?lang=tlh")).language(), None);
        assert_eq!(Query::of(&Uri::from_static("/")).as_asked(), "");
    }
}
