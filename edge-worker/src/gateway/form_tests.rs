use http::{HeaderName, HeaderValue};

use super::*;

#[test]
fn nobody_is_sent_elsewhere() {
    for (asked, leads) in [
        ("/", "/"),
        ("/history?component=abc&lang=de", "/history?component=abc&lang=de"),
        ("", "/"),
        ("history", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("/a\r\nset-cookie: a=b", "/"),
        ("/\u{e9}", "/"),
        ("/.pharos/sign-in?return_to=/", "/"),
        ("/.pharos/sign-out", "/"),
        ("/.pharos/link?token=x", "/"),
        ("/.pharos/session", "/.pharos/session"),
    ] {
        assert_eq!(here(Some(asked.to_owned())), leads, "{asked}");
    }
    assert_eq!(here(Some(format!("/{}", "a".repeat(2_000)))), "/");
    assert_eq!(here(None), "/");
}

#[test]
fn only_a_form_of_this_host_counts() {
    let at = Host::parse("status.acme.com").expect("a host");
    let sent = |headers: &[(&'static str, &'static str)]| {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        own(&at, &headers).is_some()
    };
    assert!(sent(&[("origin", "https://status.acme.com")]));
    assert!(sent(&[("origin", "http://status.acme.com:8080")]));
    assert!(sent(&[
        ("origin", "https://status.acme.com"),
        ("sec-fetch-site", "same-origin")
    ]));
    for headers in [
        &[][..],
        &[("origin", "null")],
        &[("origin", "https://other.acme.com")],
        &[("origin", "https://acme.com")],
        &[("origin", "https://status.acme.com.evil.example")],
        &[("origin", "https://status.acme.com"), ("sec-fetch-site", "same-site")],
        &[("origin", "https://status.acme.com"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-origin")],
    ] {
        assert!(!sent(headers), "{headers:?}");
    }
}
