//! Signing in and out, as the edge answers it: who is let in, who is not and what they are told, and that nothing of it works
//! from another site.

mod region;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use page_model::{access::Door, limits::FORM_BYTES_MAX, sign_in::Answer, site::Visibility};
use region::{
    Region,
    guarded::{self, sealed},
};

const HOST: &str = "status.acme.example";
const COOKIE: &str = "__Host-pharos-session";
const OWN: (&str, &str) = ("origin", "https://status.acme.example");
const SIGN_IN: &str = "/.pharos/sign-in";
const SIGN_OUT: &str = "/.pharos/sign-out";
const SESSION: &str = "/.pharos/session";

fn private(door: Door) -> Region {
    guarded::region(Visibility::Private, door)
}

fn send(region: &Region, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(format!("https://{HOST}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Bytes::from(body.to_owned())).expect("a request");
    region.answer(request, &mut |_| {})
}

fn text(reply: &Response<Bytes>) -> String {
    String::from_utf8_lossy(reply.body()).replace("&#x2f;", "/")
}

fn header<'a>(reply: &'a Response<Bytes>, name: &str) -> &'a str {
    reply
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

/// Nothing of a reply to one visitor is kept by anybody else.
fn is_for_one(reply: &Response<Bytes>) {
    assert_eq!(header(reply, "cache-control"), "no-store", "{reply:?}");
    assert!(!reply.headers().contains_key("surrogate-key"), "{reply:?}");
}

#[test]
fn right_password_lets_in_and_leads_back() {
    let mut region = private(Door::Shown);
    let session = sealed("members", |_| {});
    region.1 = Some(Answer::Session {
        session: session.clone(),
    });
    for (form, leads, kept) in [
        ("password=a+b", "/", "; Max-Age=86400"),
        (
            "return_to=%2Fhistory%3Flang%3Dde&password=a",
            "/history?lang=de",
            "; Max-Age=86400",
        ),
        (
            "return_to=https%3A%2F%2Fevil.example&password=a",
            "/",
            "; Max-Age=86400",
        ),
        ("return_to=%2F%2Fevil.example&password=a&shared=on", "/", ""),
    ] {
        let reply = send(&region, "POST", SIGN_IN, &[OWN], form);
        assert_eq!(
            (reply.status(), header(&reply, "location")),
            (StatusCode::SEE_OTHER, leads),
            "{form}"
        );
        let short = if kept.is_empty() { "~" } else { "" };
        let cookie = format!("{COOKIE}={short}{session}{kept}; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(header(&reply, "set-cookie"), cookie, "{form}");
        is_for_one(&reply);
    }
}

#[test]
fn who_is_not_let_in_is_told_why() {
    let mut region = private(Door::Shown);
    for (answer, status, words, pause) in [
        (Some(Answer::Refused), 403, "aria-invalid", ""),
        (Some(Answer::Busy { retry_after_s: 7 }), 503, "role=\"alert\"", "7"),
        (Some(Answer::NoWay), 503, "role=\"alert\"", "5"),
        (None, 503, "role=\"alert\"", "5"),
    ] {
        region.1.clone_from(&answer);
        let reply = send(&region, "POST", SIGN_IN, &[OWN], "password=x&return_to=%2Fhistory");
        assert_eq!(reply.status(), status, "{answer:?}");
        assert!(text(&reply).contains(words), "{answer:?}: {}", text(&reply));
        assert!(
            text(&reply).contains("value=\"/history\""),
            "they still go there: {}",
            text(&reply)
        );
        assert_eq!(header(&reply, "retry-after"), pause, "{answer:?}");
        assert!(!reply.headers().contains_key("set-cookie"), "{answer:?}");
        is_for_one(&reply);
    }
}

#[test]
fn a_form_of_another_site_does_nothing() {
    let mut region = private(Door::Shown);
    region.1 = Some(Answer::Session {
        session: sealed("members", |_| {}),
    });
    for headers in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://other.status.acme.example")],
        &[OWN, ("sec-fetch-site", "cross-site")],
    ] {
        for path in [SIGN_IN, SIGN_OUT] {
            let reply = send(&region, "POST", path, headers, "password=x");
            assert_eq!(reply.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(!reply.headers().contains_key("set-cookie"), "{path} {headers:?}");
        }
    }
}

#[test]
fn only_pages_that_let_in_have_a_door() {
    let nobody = Region::with(&["cursor".to_owned()]);
    for region in [guarded::region(Visibility::Public, Door::Shown), nobody] {
        for (method, path) in [
            ("GET", SIGN_IN),
            ("POST", SIGN_IN),
            ("POST", SIGN_OUT),
            ("GET", SESSION),
        ] {
            let reply = send(&region, method, path, &[OWN], "");
            assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
    // Of a hidden page there is the address of the door, and nothing beside it.
    let (hidden, unknown) = (private(Door::Hidden), Region::with(&["cursor".to_owned()]));
    assert_eq!(send(&hidden, "GET", SIGN_IN, &[], "").status(), StatusCode::OK);
    for (method, path) in [("POST", SIGN_OUT), ("GET", SESSION), ("GET", "/")] {
        let (reply, expected) = (
            send(&hidden, method, path, &[OWN], ""),
            send(&unknown, method, path, &[OWN], ""),
        );
        assert_eq!(
            (reply.status(), text(&reply)),
            (expected.status(), text(&expected)),
            "{path}"
        );
        assert_eq!(reply.headers(), expected.headers(), "{path}");
    }
}

#[test]
fn door_is_shown_to_whom_it_lets_in_no_more() {
    let region = private(Door::Shown);
    let door = send(
        &region,
        "GET",
        &format!("{SIGN_IN}?return_to=%2Fhistory&lang=de"),
        &[],
        "",
    );
    assert_eq!(door.status(), StatusCode::OK);
    assert!(
        text(&door).contains("lang=de") && text(&door).contains("value=\"/history\""),
        "{}",
        text(&door)
    );
    let cookie = format!("{COOKIE}={}", sealed("members", |_| {}));
    let member = send(
        &region,
        "GET",
        &format!("{SIGN_IN}?return_to=%2Fhistory"),
        &[("cookie", &cookie)],
        "",
    );
    assert_eq!(
        (member.status(), header(&member, "location")),
        (StatusCode::SEE_OTHER, "/history")
    );
    let page = send(&region, "GET", SESSION, &[("cookie", &cookie)], "");
    assert_eq!(page.status(), StatusCode::OK);
    assert!(text(&page).contains(SIGN_OUT), "{}", text(&page));
    is_for_one(&page);
    let stranger = send(&region, "GET", SESSION, &[], "");
    assert_eq!(stranger.status(), StatusCode::FORBIDDEN);
    let out = send(&region, "POST", SIGN_OUT, &[OWN, ("cookie", &cookie)], "");
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert!(
        header(&out, "set-cookie").starts_with(&format!("{COOKIE}=; Max-Age=0;")),
        "{out:?}"
    );
    assert_eq!(header(&out, "clear-site-data"), "\"cache\"");
    let bye = send(&region, "GET", header(&out, "location"), &[], "");
    assert!(
        text(&bye).contains("role=\"alert\"") || text(&bye).contains("role=\"status\""),
        "{}",
        text(&bye)
    );
}

#[test]
fn what_is_no_proper_request_is_refused() {
    let region = private(Door::Shown);
    let large = "password=".to_owned() + &"x".repeat(FORM_BYTES_MAX);
    let reply = send(&region, "POST", SIGN_IN, &[OWN], &large);
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
    for (method, path, allow) in [
        ("PUT", SIGN_IN, "GET, HEAD, POST"),
        ("OPTIONS", SIGN_IN, "GET, HEAD, POST"),
        ("GET", SIGN_OUT, "POST"),
        ("POST", SESSION, "GET, HEAD"),
    ] {
        let reply = send(&region, method, path, &[OWN], "");
        assert_eq!(
            (reply.status(), header(&reply, "allow")),
            (StatusCode::METHOD_NOT_ALLOWED, allow),
            "{method} {path}"
        );
    }
    let garbage = [0xff, 0xfe, b'='].map(char::from).iter().collect::<String>();
    assert_eq!(
        send(&region, "POST", SIGN_IN, &[OWN], &garbage).status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
}
