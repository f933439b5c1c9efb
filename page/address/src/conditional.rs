//! Whether a visitor already has the bytes (RFC 9110, section 13.1.2).

use http::{HeaderMap, HeaderValue, header::IF_NONE_MATCH};

/// Whether one of the entity tags in `if-none-match` is `etag`, compared weakly.
pub fn is_held(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let Ok(etag) = etag.to_str() else {
        return false;
    };
    let lists = headers.get_all(IF_NONE_MATCH).iter();
    lists
        .filter_map(|value| value.to_str().ok())
        .any(|list| list.trim() == "*" || tags(list).any(|tag| tag == opaque(etag)))
}

/// The opaque parts of a list of tags, quotes included. A comma may stand inside the quotes.
fn tags(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let start = rest.find('"')?;
        let end = start + 1 + rest[start + 1..].find('"')?;
        let tag = &rest[start..=end];
        rest = &rest[end + 1..];
        Some(tag)
    })
}

fn opaque(etag: &str) -> &str {
    etag.strip_prefix("W/").unwrap_or(etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_tags_weakly() {
        let cases = [
            (r#""a""#, r#""a""#, true),
            (r#"W/"a""#, r#""a""#, true),
            (r#""a""#, r#"W/"a""#, true),
            (r#""b", W/"a""#, r#""a""#, true),
            (r#""x,"a""#, r#""a""#, false),
            ("*", r#""a""#, true),
            (r#""b""#, r#""a""#, false),
            ("a", r#""a""#, false),
            (r#""a"#, r#""a""#, false),
            ("", r#""a""#, false),
        ];
        for (held, etag, expected) in cases {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(held))]);
            let found = is_held(&headers, &HeaderValue::from_static(etag));
            assert_eq!(found, expected, "if-none-match: {held}, etag: {etag:?}");
        }
        assert!(!is_held(&HeaderMap::new(), &HeaderValue::from_static("\"a\"")));
    }
}
