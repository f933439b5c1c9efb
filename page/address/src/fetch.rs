//! What a browser says of why it asks (Fetch Metadata, W3C).

use http::{HeaderMap, HeaderName};

pub const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
pub const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Whether a page of another site has the browser ask, and not the visitor who follows a link. What a browser brings without
/// being asked, as its address, must not count then.
pub fn is_of_another_site(headers: &HeaderMap) -> bool {
    let says = |name, words: &[&str]| {
        let mut values = headers.get_all(name).iter();
        values.all(|value| words.iter().any(|word| value == word))
    };
    let navigates = headers.contains_key(SEC_FETCH_MODE) && says(SEC_FETCH_MODE, &["navigate"]);
    !says(SEC_FETCH_SITE, &["same-origin", "none"]) && !navigates
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_who_follows_a_link_comes_from_another_site() {
        for (site, mode, is_of_another) in [
            (&[][..], &[][..], false),
            (&["same-origin"], &["cors"], false),
            (&["none"], &["navigate"], false),
            (&["cross-site"], &["navigate"], false),
            (&["same-site"], &["navigate"], false),
            (&["cross-site"], &["no-cors"], true),
            (&["cross-site"], &["cors"], true),
            (&["same-site"], &["no-cors"], true),
            (&["cross-site"], &[], true),
            (&["cross-site"], &["navigate", "cors"], true),
            (&["none", "cross-site"], &[], true),
            (&["Cross-Site"], &["websocket"], true),
            (&[""], &[], true),
        ] {
            let fields = site
                .iter()
                .map(|value| (SEC_FETCH_SITE, HeaderValue::from_static(value)));
            let modes = mode
                .iter()
                .map(|value| (SEC_FETCH_MODE, HeaderValue::from_static(value)));
            let headers = fields.chain(modes).collect();
            assert_eq!(is_of_another_site(&headers), is_of_another, "{site:?} {mode:?}");
        }
    }
}
