//! Everybody at every address.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use page_model::{access::Door, site::Visibility};

use crate::{
    HOST,
    region::{
        Region,
        guarded::{self, SETS},
    },
    replies::{self, DENIED, WITHOUT_WORD, ask, paths, warm},
    visitors::{Visitor, of_networks, visitors},
};

const REQUESTS: [(&str, &[(&str, &str)]); 6] = [
    ("GET", &[]),
    ("HEAD", &[]),
    ("GET", &[("if-none-match", "*")]),
    ("GET", &[("accept", "text/markdown"), ("accept-language", "de")]),
    ("GET", &[("origin", "https://evil.example"), ("accept-encoding", "br")]),
    (
        "GET",
        &[
            ("accept-encoding", "gzip"),
            ("surrogate-capability", "pharos=\"Surrogate/1.0\""),
            ("x-forwarded-host", HOST),
        ],
    ),
];

#[test]
fn everybody_sees_what_is_theirs_and_nothing_else() {
    let mut cells = 0;
    for visibility in [Visibility::Private, Visibility::Layered] {
        for door in [Door::Shown, Door::Hidden] {
            for is_warm in [false, true] {
                let (mut region, mut open) = (
                    guarded::region(visibility, door),
                    guarded::region_with_links(visibility, door),
                );
                if is_warm {
                    warm(&mut region, visibility);
                    warm(&mut open, visibility);
                }
                for visitor in visitors() {
                    cells += look_everywhere(&mut region, visibility, door, &visitor, &[]);
                }
                for visitor in of_networks() {
                    cells += look_everywhere(&mut open, visibility, door, &visitor, &SURROGATE);
                }
            }
        }
    }
    assert!(cells > 10_000, "{cells} replies");
}

/// What only a cache of ours before the gateway is told, which keeps nothing of a page that looks at addresses.
const SURROGATE: [&str; 2] = ["surrogate-control", "surrogate-key"];

/// `unseen` are headers that no visitor sees.
fn look_everywhere(
    region: &mut Region,
    visibility: Visibility,
    door: Door,
    visitor: &Visitor,
    unseen: &[&'static str],
) -> usize {
    region.1.clone_from(&visitor.origin);
    let sees = visitor.sees.or((visibility == Visibility::Layered).then_some("public"));
    let nobody = Region::with(&["cursor".to_owned()]);
    let mut cells = 0;
    for path in paths() {
        for (method, headers) in REQUESTS {
            let as_seen = |mut reply: Response<Bytes>| {
                for name in unseen {
                    reply.headers_mut().remove(*name);
                }
                reply
            };
            let reply = as_seen(ask(region, method, &path, visitor, headers));
            let what = format!("{visibility:?} {door:?}: {} {method} {path} {headers:?}", visitor.who);
            let shown = replies::shown(&reply);
            for (set, word) in SETS.iter().filter(|(set, _)| Some(*set) != sees) {
                assert!(!shown.contains(word), "{what}: {set}'s word in {shown}");
            }
            match sees {
                None => {
                    let is_hidden = door == Door::Hidden && !is_known(visitor);
                    if is_hidden && reply.headers().contains_key("set-cookie") {
                        assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{what}");
                    } else if is_hidden {
                        let unknown = as_seen(ask(&nobody, method, &path, visitor, headers));
                        assert_eq!(shown, replies::shown(&unknown), "{what}");
                    } else {
                        assert!(DENIED.contains(&reply.status()), "{what}: {}", reply.status());
                        check_closed(reply.headers(), &what);
                    }
                }
                Some(set) => {
                    check_seen(&reply, &shown, &path, (method, headers), set, &what);
                    check_closed(reply.headers(), &what);
                    check_kept(&reply, set, &what);
                }
            }
            cells += 1;
        }
    }
    cells
}

/// Who brings a session that the page's own key signed, and that nobody could look at, is told so.
fn is_known(visitor: &Visitor) -> bool {
    visitor.who.starts_with("one whom nobody") || visitor.who.ends_with("of an audience that sees nothing")
}

/// The control: what others must not see is there.
fn check_seen(
    reply: &Response<Bytes>,
    shown: &str,
    path: &str,
    (method, headers): (&str, &[(&str, &str)]),
    set: &str,
    what: &str,
) {
    let is_held = headers.iter().any(|(name, _)| *name == "if-none-match");
    let expected = if is_held && reply.headers().contains_key(header::ETAG) {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    assert_eq!(reply.status(), expected, "{what}");
    let (_, word) = SETS.iter().find(|(of, _)| *of == set).expect("a set");
    if method == "GET" && expected == StatusCode::OK && !WITHOUT_WORD.iter().any(|without| path.starts_with(without)) {
        assert!(shown.contains(word), "{what}: {shown}");
    }
}

/// No other site reads it, shows it or stands around it.
fn check_closed(headers: &HeaderMap, what: &str) {
    assert!(
        !headers.contains_key("access-control-allow-origin"),
        "{what}: {headers:?}"
    );
    assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{what}");
    if let Some(policy) = headers.get("content-security-policy") {
        let policy = policy.to_str().expect("a policy");
        assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
        assert_eq!(policy.matches("frame-ancestors").count(), 1, "{what}: {policy}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{what}: {policy}");
    }
    let vary = headers.get_all("vary").iter();
    let by_cookie = |value: &http::HeaderValue| value.to_str().is_ok_and(|value| value.contains("cookie"));
    assert!(vary.into_iter().any(by_cookie), "{what}: {headers:?}");
}

/// Nobody but the visitor keeps what is theirs, and nobody finds it by searching.
fn check_kept(reply: &Response<Bytes>, set: &str, what: &str) {
    let headers = reply.headers();
    let control = headers["cache-control"].to_str().expect("a header");
    if set == "public" {
        assert!(
            ["no-cache", "private, no-cache"].contains(&control),
            "{what}: {control}"
        );
        assert!(!headers.contains_key("x-robots-tag"), "{what}: everybody may find it");
        return;
    }
    assert_eq!(control, "private, no-cache", "{what}");
    assert!(
        !headers.contains_key("surrogate-key") && !headers.contains_key("surrogate-control"),
        "{what}"
    );
    let within = headers.get("pharos-within").map(|value| value.to_str().expect("text"));
    if let Some(within) = within {
        assert!(within.starts_with(&format!("{set} ")), "{what}: {within}");
        assert!(!headers.contains_key("set-cookie"), "{what}: it is for one visitor");
    }
    assert_eq!(headers["x-robots-tag"], "noindex, noarchive", "{what}");
    assert_eq!(headers["referrer-policy"], "same-origin", "{what}");
}
