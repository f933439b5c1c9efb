//! What visitors wish beside the address. It is part of the cache's key and all that the guest hears of those headers.

use std::borrow::Cow;

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, ACCEPT_LANGUAGE},
};
use page_model::wish::Wish;

pub fn of(headers: &HeaderMap) -> Wish {
    Wish::of(&listed(headers, ACCEPT_LANGUAGE), &listed(headers, ACCEPT))
}

/// One byte of a cache key.
pub fn class(wish: Wish) -> u8 {
    // The languages are few and stand in the order of their declaration.
    let language = wish.language.map_or(0, |language| language as u8 + 1);
    language << 1 | u8::from(wish.markdown)
}

/// The headers of all visitors in this class.
pub fn write(wish: Wish, headers: &mut HeaderMap) {
    if let Some(language) = wish.language {
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(language.tag()));
    }
    if wish.markdown {
        headers.insert(ACCEPT, HeaderValue::from_static("text/markdown"));
    }
}

/// A header that may stand there several times, as one list.
fn listed(headers: &HeaderMap, name: HeaderName) -> Cow<'_, str> {
    let mut values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let first = values.next().unwrap_or_default();
    values.fold(Cow::Borrowed(first), |list, value| {
        Cow::Owned(format!("{list},{value}"))
    })
}

#[cfg(test)]
mod tests {
    use page_model::Language;

    use super::*;

    #[test]
    fn a_class_is_told_as_it_was_heard() {
        let languages = Language::ALL.map(Some).into_iter().chain([None]);
        let wishes = languages.flat_map(|language| [true, false].map(|markdown| Wish { language, markdown }));
        let mut classes = Vec::new();
        for wish in wishes {
            let mut headers = HeaderMap::new();
            write(wish, &mut headers);
            assert_eq!(of(&headers), wish);
            assert!(!classes.contains(&class(wish)), "{wish:?}");
            classes.push(class(wish));
        }
    }

    #[test]
    fn a_list_may_stand_in_several_headers() {
        let mut headers = HeaderMap::new();
        for value in ["en;q=0.1", "de"] {
            headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static(value));
        }
        assert_eq!(of(&headers).language, Some(Language::De));
    }
}
