//! What chooses between the representations of one address, beside the address itself.

use http::{HeaderMap, HeaderValue, header};
use page_model::Language;

use crate::{encoding::Encoding, weighted};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Negotiation {
    pub encoding: Encoding,
    /// The best language that the interface speaks; `None` where the visitor names none of them.
    pub language: Option<Language>,
    /// Whether Markdown is preferred to HTML, as terminals and agents do.
    pub markdown: bool,
}

impl Negotiation {
    /// Reads `accept-encoding`, `accept-language` and `accept`.
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            encoding: Encoding::accepted(headers),
            language: language(headers),
            markdown: markdown(headers),
        }
    }

    /// The headers of which [`Negotiation::of`] makes the same again.
    pub fn write(self, headers: &mut HeaderMap) {
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(self.encoding.name()));
        if let Some(language) = self.language {
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(language.tag()));
        }
        if self.markdown {
            headers.insert(header::ACCEPT, HeaderValue::from_static(MARKDOWN));
        }
    }

    /// Two bytes of a cache key.
    pub(crate) fn key(self) -> [u8; 2] {
        // The languages are few and stand in the order of their declaration.
        let language = self.language.map_or(0, |language| language as u8 + 1);
        [self.encoding as u8, language << 1 | u8::from(self.markdown)]
    }
}

/// The first of the best.
fn language(headers: &HeaderMap) -> Option<Language> {
    let mut best: Option<(Language, weighted::Weight)> = None;
    for (range, weight) in weighted::items(headers, header::ACCEPT_LANGUAGE) {
        let Some(language) = Language::of_range(range) else {
            continue;
        };
        if weight > best.map_or(0, |(_, best)| best) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

fn markdown(headers: &HeaderMap) -> bool {
    let weight = |wanted: &str| {
        let items = weighted::items(headers, header::ACCEPT);
        let weights = items.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        weights.map(|(_, weight)| weight).max().unwrap_or(0)
    };
    weight(MARKDOWN) > weight("text/html")
}

const MARKDOWN: &str = "text/markdown";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn negotiated(name: header::HeaderName, values: &[&str]) -> Negotiation {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&name, HeaderValue::from_str(value).expect("a header value"));
        }
        Negotiation::of(&headers)
    }

    #[test]
    fn takes_the_best_language() {
        for (list, expected) in [
            ("", None),
            ("de", Some(Language::De)),
            ("pt-BR,pt;q=0.9,en;q=0.8", Some(Language::Pt)),
            ("nl, fr;q=0.3, ja;q=0.7", Some(Language::Ja)),
            ("DE-at", Some(Language::De)),
            ("en, de", Some(Language::En)),
            ("en;Q=0.1, de;q=0.2", Some(Language::De)),
            ("de;q=0", None),
            ("de;q=x, fr", Some(Language::Fr)),
            ("*", None),
            ("tlh", None),
        ] {
            let found = negotiated(header::ACCEPT_LANGUAGE, &[list]).language;
            assert_eq!(found, expected, "{list:?}");
        }
        let several = negotiated(header::ACCEPT_LANGUAGE, &["en;q=0.1", "de"]);
        assert_eq!(several.language, Some(Language::De));
    }

    #[test]
    fn markdown_must_be_preferred_to_html() {
        for (list, expected) in [
            ("", false),
            ("*/*", false),
            ("text/html,application/xhtml+xml,*/*;q=0.8", false),
            ("text/markdown", true),
            ("Text/Markdown", true),
            ("text/markdown, text/html;q=0.9", true),
            ("text/markdown;q=0.5, text/html", false),
            ("text/markdown;q=0.5, TEXT/HTML", false),
            ("text/markdown, */*", true),
        ] {
            assert_eq!(negotiated(header::ACCEPT, &[list]).markdown, expected, "{list:?}");
        }
    }

    #[test]
    fn reads_what_it_writes_and_gives_each_its_own_key() {
        let mut keys = Vec::new();
        for encoding in Encoding::ALL {
            for language in Language::ALL.map(Some).into_iter().chain([None]) {
                for markdown in [true, false] {
                    let negotiation = Negotiation {
                        encoding,
                        language,
                        markdown,
                    };
                    let mut headers = HeaderMap::new();
                    negotiation.write(&mut headers);
                    assert_eq!(Negotiation::of(&headers), negotiation);
                    assert!(!keys.contains(&negotiation.key()), "{negotiation:?}");
                    keys.push(negotiation.key());
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(value in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                let names = [header::ACCEPT_ENCODING, header::ACCEPT_LANGUAGE, header::ACCEPT];
                let headers = HeaderMap::from_iter(names.map(|name| (name, value.clone())));
                let _ = Negotiation::of(&headers);
            }
        }
    }
}
