//! Signing in and out, as the edge answers it: who is let in, who is not and what they are told, and that nothing of it works
//! from another site.

mod region;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use page_model::{
    Language,
    access::{Door, Way},
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
            ("GET", PROVIDER),
            ("GET", CALLBACK),
            ("GET", TOKEN),
            ("POST", TOKEN),
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

/// A session is ended on every device by the origin, and the browser is told so only when it was.
#[test]
fn who_signs_out_everywhere_is_out_when_the_origin_says_so() {
    let mut region = private(Door::Shown);
    let session = sealed("members", |session| {
        session.person = Some("ada@example.com".to_owned());
        session.way = Some(Way::Provider);
    });
    let cookie = format!("{COOKIE}=~{session}");
    let headers = [OWN, ("cookie", &*cookie)];
    let page = text(&send(&region, "GET", SESSION, &headers[1..], ""));
    assert!(
        page.contains("ada@example.com") && page.contains("<small>Acme</small>"),
        "{page}"
    );
    region.1 = Some(Answer::Refused);
    let out = send(&region, "POST", SIGN_OUT, &headers, "everywhere=");
    assert_eq!(asked(&region), Asked::SignOut { session });
    assert_eq!(
        (out.status(), header(&out, "clear-site-data")),
        (StatusCode::SEE_OTHER, "\"cache\"")
    );
    assert!(
        header(&out, "set-cookie").starts_with(&format!("{COOKIE}=; Max-Age=0;")),
        "{out:?}"
    );
    for away in [None, Some(Answer::Away), Some(Answer::NoWay)] {
        region.1.clone_from(&away);
        let out = send(&region, "POST", SIGN_OUT, &headers, "everywhere=");
        assert_eq!(
            (out.status(), header(&out, "retry-after")),
            (StatusCode::SERVICE_UNAVAILABLE, "5"),
            "{away:?}"
        );
        assert!(!out.headers().contains_key("set-cookie"), "{away:?}");
        assert!(text(&out).contains("role=\"alert\""), "{}", text(&out));
        is_for_one(&out);
    }
    // Nobody is asked for the other button, nor where there is no session; nor by another site.
    region.2.take();
    let here = send(&region, "POST", SIGN_OUT, &headers, "");
    let nothing = send(&region, "POST", SIGN_OUT, &[OWN], "everywhere=");
    assert_eq!(
        (here.status(), nothing.status()),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
    );
    let foreign = send(&region, "POST", SIGN_OUT, &headers[1..], "everywhere=");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert!(region.2.take().is_none());
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
        ("POST", PROVIDER, "GET, HEAD"),
        ("POST", CALLBACK, "GET, HEAD"),
        ("PUT", TOKEN, "GET, HEAD, POST"),
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

const PROVIDER: &str = "/.pharos/sign-in/provider";
const CALLBACK: &str = "/.pharos/sign-in/callback";
const TOKEN: &str = "/.pharos/token";
const FLOW: &str = "__Host-pharos-flow";

fn cookies(reply: &Response<Bytes>) -> Vec<&str> {
    let all = reply.headers().get_all("set-cookie").iter();
    all.map(|value| value.to_str().expect("text")).collect()
}

#[test]
fn provider_is_gone_to_and_come_back_from() {
    let mut region = private(Door::Shown);
    let shown = send(&region, "GET", &format!("{SIGN_IN}?return_to=%2Fhistory"), &[], "");
    assert!(
        text(&shown).contains(&format!("href=\"{PROVIDER}?return_to=%2Fhistory\"")),
        "{}",
        text(&shown)
    );
    let url = "https://idp.example/auth?client_id=pharos".to_owned();
    let flow = "fl0w".to_owned();
    region.1 = Some(Answer::GoTo { url: url.clone(), flow });
    let sent = send(&region, "GET", &format!("{PROVIDER}?return_to=%2Fhistory"), &[], "");
    assert_eq!(
        (sent.status(), header(&sent, "location")),
        (StatusCode::SEE_OTHER, url.as_str())
    );
    let kept = format!("{FLOW}=fl0w; Max-Age=900; Path=/; Secure; HttpOnly; SameSite=Lax");
    assert_eq!(cookies(&sent), [kept]);
    is_for_one(&sent);
    let session = sealed("members", |_| {});
    region.1 = Some(Answer::LetIn {
        session: session.clone(),
        return_to: "/history".to_owned(),
    });
    let flow = ("cookie", "__Host-pharos-flow=fl0w");
    let back = send(&region, "GET", &format!("{CALLBACK}?code=a&state=b"), &[flow], "");
    assert_eq!(
        (back.status(), header(&back, "location")),
        (StatusCode::SEE_OTHER, "/history")
    );
    let set = cookies(&back);
    assert!(
        set[0].starts_with(&format!("{COOKIE}={session}; Max-Age=86400;")),
        "{set:?}"
    );
    assert!(set[1].starts_with(&format!("{FLOW}=; Max-Age=0;")), "{set:?}");
    is_for_one(&back);
    // Where the provider sends somebody whose browser began nothing, nobody is asked.
    let stranger = send(&region, "GET", &format!("{CALLBACK}?code=a&state=b"), &[], "");
    assert_eq!(stranger.status(), StatusCode::FORBIDDEN);
    assert!(!text(&stranger).contains(&session) && cookies(&stranger).len() == 1);
}

#[test]
fn nobody_is_sent_to_what_is_no_address_of_the_web() {
    let mut region = private(Door::Shown);
    for url in [
        "javascript:alert(1)",
        "//evil.example",
        "",
        "data:text/html,x",
        "https://a b",
    ] {
        region.1 = Some(Answer::GoTo {
            url: url.to_owned(),
            flow: "fl0w".to_owned(),
        });
        let reply = send(&region, "GET", PROVIDER, &[], "");
        assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE, "{url}");
        assert!(!reply.headers().contains_key("location"), "{url}");
    }
}

#[test]
fn who_comes_back_in_vain_is_told_why() {
    let mut region = private(Door::Shown);
    for (answer, status) in [
        (Some(Answer::Refused), 403),
        (Some(Answer::Failed), 403),
        (Some(Answer::Away), 503),
        (Some(Answer::Busy { retry_after_s: 7 }), 503),
        (Some(Answer::NoWay), 503),
        (None, 503),
    ] {
        region.1.clone_from(&answer);
        let flow = ("cookie", "__Host-pharos-flow=fl0w");
        let reply = send(&region, "GET", &format!("{CALLBACK}?code=a&state=b"), &[flow], "");
        assert_eq!(reply.status(), status, "{answer:?}");
        assert!(text(&reply).contains("role=\"alert\""), "{answer:?}");
        assert_eq!(cookies(&reply).len(), 1, "{answer:?}");
        assert!(
            cookies(&reply)[0].starts_with(&format!("{FLOW}=; Max-Age=0;")),
            "{answer:?}"
        );
        is_for_one(&reply);
    }
}

/// A form of the publisher's product is of another site, and brings no cookie of ours.
#[test]
fn token_lets_in_whom_nobody_let_in_before() {
    let mut region = private(Door::Shown);
    let session = sealed("members", |session| session.proof = vec![1]);
    region.1 = Some(Answer::Session {
        session: session.clone(),
    });
    let product = ("origin", "https://app.example");
    let sent = send(&region, "POST", TOKEN, &[product], "token=a.b.c&return_to=%2Fhistory");
    let onward = format!("{TOKEN}?return_to=%2Fhistory");
    assert_eq!(
        (sent.status(), header(&sent, "location")),
        (StatusCode::SEE_OTHER, onward.as_str())
    );
    assert!(
        cookies(&sent)[0].starts_with(&format!("{FLOW}={session}; ")),
        "{sent:?}"
    );
    is_for_one(&sent);
    let flow = format!("{FLOW}={session}");
    let same = format!("{flow}; {COOKIE}={session}");
    for cookie in [&flow, &same] {
        let entered = send(&region, "GET", &onward, &[("cookie", cookie)], "");
        assert_eq!(
            (entered.status(), header(&entered, "location")),
            (StatusCode::SEE_OTHER, "/history")
        );
        assert!(
            cookies(&entered)[0].starts_with(&format!("{COOKIE}={session}; ")),
            "{entered:?}"
        );
        assert!(
            cookies(&entered)[1].starts_with(&format!("{FLOW}=; Max-Age=0;")),
            "{entered:?}"
        );
    }
    for forged in [
        guarded::forged("members"),
        "garbage".to_owned(),
        sealed("members", |session| session.epoch = 2),
    ] {
        let cookie = format!("{FLOW}={forged}");
        let reply = send(&region, "GET", &onward, &[("cookie", &cookie)], "");
        assert_eq!(reply.status(), StatusCode::OK, "the door");
        assert!(!reply.headers().contains_key("set-cookie"), "{reply:?}");
    }
}

#[test]
fn token_never_replaces_the_session_of_somebody_else_unasked() {
    let region = private(Door::Shown);
    let (own, other) = (
        sealed("members", |session| session.proof = vec![1]),
        sealed("partners", |session| session.proof = vec![2]),
    );
    let cookie = format!("{COOKIE}={own}; {FLOW}={other}");
    let asked = send(
        &region,
        "GET",
        &format!("{TOKEN}?return_to=%2Fhistory"),
        &[("cookie", &cookie)],
        "",
    );
    assert_eq!(asked.status(), StatusCode::OK);
    assert!(!asked.headers().contains_key("set-cookie"), "{asked:?}");
    assert!(
        text(&asked).contains(&format!("action=\"{TOKEN}\"")),
        "{}",
        text(&asked)
    );
    is_for_one(&asked);
    let foreign = send(
        &region,
        "POST",
        TOKEN,
        &[("cookie", &cookie), ("origin", "https://evil.example")],
        "",
    );
    assert!(!foreign.headers().contains_key("set-cookie"), "{foreign:?}");
    let agreed = send(
        &region,
        "POST",
        TOKEN,
        &[("cookie", &cookie), OWN],
        "return_to=%2Fhistory",
    );
    assert_eq!(
        (agreed.status(), header(&agreed, "location")),
        (StatusCode::SEE_OTHER, "/history")
    );
    assert!(
        cookies(&agreed)[0].starts_with(&format!("{COOKIE}={other}; ")),
        "{agreed:?}"
    );
}

#[test]
fn hidden_page_is_none_to_who_brings_no_good_token() {
    let mut region = private(Door::Hidden);
    let unknown = Region::with(&["cursor".to_owned()]);
    let expected = send(&unknown, "POST", TOKEN, &[], "token=a.b.c");
    for answer in [Some(Answer::Failed), Some(Answer::Refused), Some(Answer::NoWay), None] {
        region.1 = answer;
        for body in ["token=a.b.c", ""] {
            let reply = send(&region, "POST", TOKEN, &[], body);
            assert_eq!((reply.status(), text(&reply)), (expected.status(), text(&expected)));
            assert_eq!(reply.headers(), expected.headers());
        }
    }
}
