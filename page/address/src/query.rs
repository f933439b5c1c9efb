//! What an address says behind its `?`.

use page_model::Language;

use crate::routes::{LANGUAGE, Parameter};

/// The part of a query that may shape a reply, in one spelling: equal queries are equal texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Query {
    /// Without its `?`; an empty one is there, and differs from none.
    text: Option<String>,
}

impl Query {
    /// As it was sent, for an address whose parameters nobody here knows.
    pub fn whole(text: Option<&str>) -> Self {
        Self {
            text: text.map(str::to_owned),
        }
    }

    /// With one parameter.
    pub fn of(parameter: Parameter, value: &str) -> Self {
        let mut text = format!("{}=", parameter.name);
        encode(value, &mut text);
        Self { text: Some(text) }
    }

    /// Of each declared parameter its first value, decoded, cut at its limit and encoded in the one way.
    pub fn declared(text: Option<&str>, parameters: &[Parameter]) -> Self {
        let mut kept = String::new();
        for parameter in parameters {
            let Some(value) = text.and_then(|text| value(text, parameter.name)) else {
                continue;
            };
            if !kept.is_empty() {
                kept.push('&');
            }
            kept.push_str(parameter.name);
            kept.push('=');
            let value: String = decoded(value).chars().take(parameter.chars_max).collect();
            encode(&value, &mut kept);
        }
        Self {
            text: Some(kept).filter(|kept| !kept.is_empty()),
        }
    }

    /// What of it another address declares, for a redirect that leads there.
    pub fn only(&self, parameters: &[Parameter]) -> Self {
        Self::declared(self.text.as_deref(), parameters)
    }

    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// As it stands in an address, with its `?`; nothing where there is none.
    pub fn suffix(&self) -> String {
        self.text.as_ref().map_or(String::new(), |text| format!("?{text}"))
    }

    /// The value of a parameter, decoded.
    pub fn get(&self, name: &str) -> Option<String> {
        value(self.text.as_deref()?, name).map(decoded)
    }

    /// The language that the address chooses; one that the interface does not speak is none.
    pub fn language(&self) -> Option<Language> {
        Language::of_range(&self.get(LANGUAGE.name)?)
    }
}

/// The first value of the name, as it stands there.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
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

/// All but what stands for itself everywhere (RFC 3986, section 2.3).
fn encode(value: &str, to: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => to.push(char::from(byte)),
            byte => {
                to.push('%');
                for digit in [byte >> 4, byte & 15] {
                    to.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORDS: Parameter = Parameter::new("q", 10);

    #[test]
    fn decodes_values() {
        let query = Query::whole(Some("x&lang=de&q=a+b%20c%C3%A9%zz%2&q=2&lang=fr"));
        assert_eq!(query.get("q").as_deref(), Some("a b cé%zz%2"));
        assert_eq!(query.get("x"), None);
        assert_eq!(query.language(), Some(Language::De));
        for (tag, language) in [
            ("pt-BR", Some(Language::Pt)),
            ("DE", Some(Language::De)),
            ("zh-Hant-TW-x-long", None),
            ("tlh", None),
            ("", None),
        ] {
            let text = format!("lang={tag}");
            assert_eq!(Query::whole(Some(&text)).language(), language, "{tag}");
            let declared = Query::declared(Some(&text), &[LANGUAGE]);
            assert_eq!(declared.language(), language, "{tag}, cut at its limit");
        }
        assert_eq!(Query::whole(None).suffix(), "");
        assert_eq!(Query::whole(Some("")).suffix(), "?");
    }

    #[test]
    fn keeps_only_what_is_declared() {
        for (text, kept) in [
            (None, ""),
            (Some(""), ""),
            (Some("utm_source=x&fbclid=1"), ""),
            (Some("q"), ""),
            (Some("q="), "?q="),
            (Some("utm=x&q=a&lang=de&q=b"), "?lang=de&q=a"),
            (Some("lang=de&q=%61"), "?lang=de&q=a"),
            (Some("q=a+b&lang=de"), "?lang=de&q=a%20b"),
            (Some("q=a%26lang=fr"), "?q=a%26lang%3Dfr"),
            (Some("q=%FF"), "?q=%EF%BF%BD"),
            (Some("q=0123456789and+more"), "?q=0123456789"),
        ] {
            assert_eq!(Query::declared(text, &[LANGUAGE, WORDS]).suffix(), kept, "{text:?}");
        }
        assert_eq!(
            Query::whole(Some("utm=x&lang=de")).only(&[LANGUAGE]).suffix(),
            "?lang=de"
        );
    }

    proptest! {
        #[test]
        fn one_spelling_says_what_all_say(text in "(q|lang|x|&|=|%|%2|%41|%26|\\+|é|a){0,20}") {
            let whole = Query::whole(Some(&text));
            let kept = whole.only(&[LANGUAGE, WORDS]);
            prop_assert_eq!(&kept.only(&[LANGUAGE, WORDS]), &kept);
            prop_assert_eq!(kept.language(), whole.language());
            let words = whole.get("q").map(|words| words.chars().take(WORDS.chars_max).collect::<String>());
            prop_assert_eq!(kept.get("q"), words);
        }
    }
}
