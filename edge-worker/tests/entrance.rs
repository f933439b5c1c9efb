//! Signing in and out, as the edge answers it: who is let in, who is not and what they are told, and that nothing of it works
//! from another site.

mod region;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use page_model::{
    Language,
    access::Door,
    limits::FORM_BYTES_MAX,
    sign_in::{Answer, Asked},
    site::Visibility,
};
use region::{
    Region,
    guarded::{self, sealed},
};

const HOST: &str = "status.acme.example";
const COOKIE: &str = "__Host-pharos-session";
const OWN: (&str, &str) = ("origin", "https://status.acme.example");
const SIGN_IN: &str = "/.pharos/sign-in";
const LINK: &str = "/.pharos/link";
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

/// What the origin was asked.
fn asked(region: &Region) -> Asked {
    region.2.take().expect("the origin was asked").asked
}

#[test]
fn address_is_asked_for_and_the_browser_keeps_what_its_code_needs() {
    let mut region = private(Door::Shown);
    region.1 = Some(Answer::Mailed {
        flow: "fl0w".to_owned(),
    });
    let headers = [OWN, ("accept-language", "fr")];
    let form = "email=Ada%40example.com&return_to=%2Fhistory";
    let reply = send(&region, "POST", SIGN_IN, &headers, form);
    let expected = Asked::Mail {
        address: "Ada@example.com".to_owned(),
        language: Language::Fr,
        port: None,
        return_to: "/history".to_owned(),
    };
    assert_eq!(asked(&region), expected);
    assert_eq!(reply.status(), StatusCode::OK);
    let cookie = "__Host-pharos-flow=fl0w; Max-Age=900; Path=/; Secure; HttpOnly; SameSite=Lax";
    assert_eq!(header(&reply, "set-cookie"), cookie);
    assert!(text(&reply).contains("name=\"code\"") && text(&reply).contains("value=\"/history\""));
    is_for_one(&reply);
    send(
        &region,
        "POST",
        SIGN_IN,
        &[("origin", "https://status.acme.example:8443")],
        form,
    );
    assert!(matches!(asked(&region), Asked::Mail { port: Some(8443), .. }));
    for leads in [
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F.pharos%2Fsign-in",
        "%2F.pharos%2Flink",
    ] {
        send(&region, "POST", SIGN_IN, &[OWN], &format!("email=a&return_to={leads}"));
        assert!(
            matches!(asked(&region), Asked::Mail { return_to, .. } if return_to == "/"),
            "{leads}"
        );
    }
    region.1 = Some(Answer::Refused);
    let wrong = send(&region, "POST", SIGN_IN, &[OWN], form);
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    assert!(text(&wrong).contains("name=\"email\"") && text(&wrong).contains("aria-invalid"));
    for answer in [Some(Answer::Busy { retry_after_s: 7 }), Some(Answer::NoWay), None] {
        region.1.clone_from(&answer);
        let reply = send(&region, "POST", SIGN_IN, &[OWN], form);
        assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
        assert!(!reply.headers().contains_key("set-cookie"), "{answer:?}");
        assert!(text(&reply).contains("name=\"email\""), "{answer:?}");
    }
}

#[test]
fn code_counts_with_the_cookie_of_the_browser_that_asked() {
    let mut region = private(Door::Shown);
    let session = sealed("members", |_| {});
    region.1 = Some(Answer::LetIn {
        session: session.clone(),
        return_to: "/history?lang=de".to_owned(),
    });
    let flow = ("cookie", "theme=dark; __Host-pharos-flow=fl0w");
    let reply = send(&region, "POST", SIGN_IN, &[OWN, flow], "code=1234+5678&shared=on");
    let code = "1234 5678".to_owned();
    let flow_of = |flow: &str| Asked::Code {
        flow: flow.to_owned(),
        code: code.clone(),
    };
    assert_eq!(asked(&region), flow_of("fl0w"));
    assert_eq!(
        (reply.status(), header(&reply, "location")),
        (StatusCode::SEE_OTHER, "/history?lang=de")
    );
    assert!(header(&reply, "set-cookie").starts_with(&format!("{COOKIE}=~{session}; ")));
    for cookie in ["a=b", "pharos-flow=fl0w", "__Host-pharos-flow=a; __Host-pharos-flow=b"] {
        send(&region, "POST", SIGN_IN, &[OWN, ("cookie", cookie)], "code=1234+5678");
        assert_eq!(asked(&region), flow_of(""), "{cookie}");
    }
    region.1 = Some(Answer::Refused);
    let wrong = send(&region, "POST", SIGN_IN, &[OWN, flow], "code=1&return_to=%2Fhistory");
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    assert!(
        text(&wrong).contains("name=\"code\"") && text(&wrong).contains("aria-invalid"),
        "it can be typed again"
    );
    assert!(text(&wrong).contains("value=\"/history\""));
}

/// Programs that look through mails follow every link in them, and press no button.
#[test]
fn link_is_used_by_its_button_alone() {
    let mut region = private(Door::Hidden);
    region.1 = Some(Answer::LetIn {
        session: sealed("members", |_| {}),
        return_to: "//evil.example".to_owned(),
    });
    let path = format!("{LINK}?token=t0ken");
    for method in ["GET", "HEAD"] {
        let reply = send(&region, method, &path, &[], "");
        assert_eq!(reply.status(), StatusCode::OK);
        is_for_one(&reply);
        assert!(region.2.take().is_none(), "{method}: nobody was asked");
        assert!(!reply.headers().contains_key("set-cookie"));
    }
    let page = text(&send(&region, "GET", &path, &[], ""));
    assert!(
        page.contains("value=\"t0ken\"") && page.contains("action=\"/.pharos/link\""),
        "{page}"
    );
    let reply = send(&region, "POST", LINK, &[OWN], "token=t0ken");
    let token = "t0ken".to_owned();
    assert_eq!(asked(&region), Asked::Link { token });
    assert_eq!(
        (reply.status(), header(&reply, "location")),
        (StatusCode::SEE_OTHER, "/"),
        "nobody is sent elsewhere"
    );
    assert!(header(&reply, "set-cookie").starts_with(COOKIE));
    is_for_one(&reply);
    region.1 = Some(Answer::Refused);
    let over = send(&region, "POST", LINK, &[OWN], "token=t0ken");
    assert_eq!(over.status(), StatusCode::FORBIDDEN);
    assert!(text(&over).contains("name=\"email\""), "another can be asked for");
    region.1 = None;
    let away = send(&region, "POST", LINK, &[OWN], "token=t0ken");
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    let nothing = send(&region, "GET", LINK, &[], "");
    assert_eq!(nothing.status(), StatusCode::OK);
    assert!(
        text(&nothing).contains("name=\"email\""),
        "a link without its token leads to the door"
    );
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
        for path in [SIGN_IN, LINK, SIGN_OUT] {
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
            ("GET", LINK),
            ("POST", LINK),
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
        ("DELETE", LINK, "GET, HEAD, POST"),
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
