//! Every address of a page that not everybody sees, asked for by everybody who might see too much: each word of the page is in
//! the replies to those whose word it is, and in no other.

mod region;

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use page_model::{access::Door, capability::Formats, sign_in::Answer, site::Visibility};
use region::{
    Region,
    guarded::{self, LINKS, SETS, forged, has, other_host, other_page, sealed},
};

const HOST: &str = "status.acme.example";
const COOKIE: &str = "__Host-pharos-session";
const HOUR_MS: u64 = 3_600_000;

/// Somebody who asks, and which set's content they may see for it.
struct Visitor {
    who: &'static str,
    headers: Vec<(&'static str, String)>,
    /// From where, if the edge knows.
    client: Option<IpAddr>,
    /// What the origin says if it is asked.
    origin: Option<Answer>,
    sees: Option<&'static str>,
}

/// Who asks, with what in their cookies, what the origin says if it is asked, and whose content is theirs.
type Row = (&'static str, String, Option<Answer>, Option<&'static str>);

fn visitors() -> Vec<Visitor> {
    let named = |(who, session, origin, sees): Row| Visitor {
        who,
        headers: vec![("cookie", format!("theme=dark; {COOKIE}={session}"))],
        client: None,
        origin,
        sees,
    };
    let other = |who, name, value| Visitor {
        who,
        headers: vec![(name, value)],
        client: None,
        origin: None,
        sees: None,
    };
    let good = || sealed("members", |_| {});
    let odd = [
        other("a stranger", "accept-language", "en".to_owned()),
        other(
            "one with two cookies",
            "cookie",
            format!("{COOKIE}={}; {COOKIE}={}", good(), good()),
        ),
        other(
            "one with a cookie of another name",
            "cookie",
            format!("pharos-session={}", good()),
        ),
        other(
            "one with the session in the cookie of a sign-in under way",
            "cookie",
            format!("__Host-pharos-flow={}", good()),
        ),
        other(
            "one with the session in another header",
            "authorization",
            format!("Bearer {}", good()),
        ),
    ];
    let rows = of_itself().into_iter().chain(of_the_origin()).map(named);
    odd.into_iter().chain(rows).collect()
}

/// Whom it matters to where they come from.
fn of_networks() -> Vec<Visitor> {
    let row = |who, client: &str, headers: &[(&'static str, String)], sees| Visitor {
        who,
        headers: headers.to_vec(),
        client: client.parse().ok(),
        origin: None,
        sees,
    };
    let fetch = |site: &str, mode: &str| [("sec-fetch-site", site.to_owned()), ("sec-fetch-mode", mode.to_owned())];
    let cookie = |session: &str| [("cookie", format!("{COOKIE}={session}"))];
    let (members, partners) = (Some("members"), Some("partners"));
    let forged = [
        ("x-forwarded-for", "10.1.2.3".to_owned()),
        ("forwarded", "for=10.1.2.3".to_owned()),
        ("x-real-ip", "10.1.2.3".to_owned()),
        ("spin-client-addr", "10.1.2.3:1".to_owned()),
        ("pharos-client", "10.1.2.3".to_owned()),
        ("cf-connecting-ip", "10.1.2.3".to_owned()),
    ];
    vec![
        row("one in the members' network", "10.1.2.3", &[], members),
        row("one there by another notation", "::ffff:10.1.2.3", &[], members),
        row("one in a network within", "10.9.1.2", &[], partners),
        row("one in no network", "11.1.2.3", &[], None),
        row("one who says where they are", "192.0.2.1", &forged, None),
        row("one who alone says where they are", "", &forged, None),
        row(
            "one whom another site sends there",
            "10.1.2.3",
            &fetch("cross-site", "no-cors"),
            None,
        ),
        row(
            "one whom a neighbour sends there",
            "10.1.2.3",
            &fetch("same-site", "cors"),
            None,
        ),
        row(
            "one who follows a link there",
            "10.1.2.3",
            &fetch("cross-site", "navigate"),
            members,
        ),
        row(
            "one whom the page sends there",
            "10.1.2.3",
            &fetch("same-origin", "cors"),
            members,
        ),
        row(
            "a partner there",
            "10.1.2.3",
            &cookie(&sealed("partners", |_| {})),
            partners,
        ),
        row("garbage there", "10.1.2.3", &cookie("garbage"), members),
        row(
            "one in the network of an audience that sees nothing",
            "10.8.1.2",
            &[],
            None,
        ),
    ]
}

/// Sessions about which nobody has to be asked.
fn of_itself() -> Vec<Row> {
    let now = region::NOW_MS;
    let good = sealed("members", |_| {});
    let row = |who, session, sees| (who, session, None, sees);
    vec![
        row("a member", good.clone(), Some("members")),
        row("a partner", sealed("partners", |_| {}), Some("partners")),
        row("a member on a shared computer", format!("~{good}"), Some("members")),
        row("garbage", "garbage".to_owned(), None),
        row("nothing in a cookie", String::new(), None),
        row("a forger", forged("members"), None),
        row(
            "a member of another page",
            sealed("members", |session| session.page = other_page()),
            None,
        ),
        row(
            "a member at another host",
            sealed("members", |session| session.host = other_host()),
            None,
        ),
        row(
            "one whose session is over",
            sealed("members", |session| session.expires_ms = now),
            None,
        ),
        row(
            "one whose session was ended",
            sealed("members", |session| session.epoch = 2),
            None,
        ),
        row(
            "one whose session has yet to begin",
            sealed("members", |session| session.began_ms = now + HOUR_MS),
            None,
        ),
        row("one of an audience that sees nothing", sealed("nobody", |_| {}), None),
    ]
}

/// Sessions that the origin is asked about.
fn of_the_origin() -> Vec<Row> {
    let let_in = |set| {
        Some(Answer::Session {
            session: sealed(set, |_| {}),
        })
    };
    let forgery = Some(Answer::Session {
        session: forged("members"),
    });
    let mailed = || {
        Some(Answer::Mailed {
            flow: sealed("partners", |_| {}),
        })
    };
    let anew = || {
        Some(Answer::LetIn {
            session: sealed("partners", |_| {}),
            return_to: "/".to_owned(),
        })
    };
    let due = || sealed("members", |session| session.renew_ms = region::NOW_MS);
    let unproven = || sealed("members", |session| session.revision = 4);
    let busy = || Some(Answer::Busy { retry_after_s: 7 });
    let members = Some("members");
    vec![
        ("one to be renewed", due(), let_in("members"), members),
        (
            "one to be renewed as another",
            due(),
            let_in("partners"),
            Some("partners"),
        ),
        ("one to be renewed without the origin", due(), None, members),
        ("one to be renewed while many are", due(), busy(), members),
        ("one who is renewed no more", due(), Some(Answer::Refused), None),
        ("one whose way is gone", due(), Some(Answer::NoWay), None),
        ("one who was proven", unproven(), let_in("members"), members),
        ("one who was not proven", unproven(), Some(Answer::Refused), None),
        ("one whom nobody could prove", unproven(), None, None),
        ("one whom nobody had time to prove", unproven(), busy(), None),
        ("one who was answered a forgery", unproven(), forgery, None),
        ("one whom nobody proved but by a mail", unproven(), mailed(), None),
        ("one whom nobody proved but as if anew", unproven(), anew(), None),
        ("one to be renewed who was answered a mail", due(), mailed(), members),
    ]
}

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
            let shown = shown(&reply);
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
                        assert_eq!(shown, self::shown(&unknown), "{what}");
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

const DENIED: [StatusCode; 2] = [StatusCode::FORBIDDEN, StatusCode::SERVICE_UNAVAILABLE];

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

/// Whose content a link shows at an address, if it opens it.
fn opened(formats: Formats, path: &str) -> bool {
    let is_page = ["/embed", "/.pharos/snapshot"]
        .iter()
        .any(|page| path.starts_with(page))
        || PAGES.contains(&path.split('?').next().unwrap_or_default())
        || !path.ends_with(".ics")
            && ["/groups/", "/incidents/", "/maintenances/", "/history/"]
                .iter()
                .any(|page| path.starts_with(page));
    match formats {
        Formats::Machine => !is_page,
        Formats::Embed => path.starts_with("/embed") || path.starts_with("/badge.") || path.starts_with("/assets/"),
        Formats::Unknown => false,
    }
}

const PAGES: [&str; 4] = ["/", "/history", "/uptime", "/search"];

#[test]
fn link_opens_its_formats_and_nothing_else() {
    let (mut opened_count, mut closed_count) = (0, 0);
    let wrong = [
        "",
        "members-of-a-machine-1",
        "MEMBERS-of-a-machine-2",
        "public",
        "..",
        "%2e%2e",
    ];
    let wrong = wrong.map(|secret| (secret, "members", Formats::Unknown, None));
    for visibility in [Visibility::Private, Visibility::Layered] {
        for (door, is_warm) in [(Door::Shown, false), (Door::Shown, true), (Door::Hidden, true)] {
            let mut region = guarded::region_with_links(visibility, door);
            if is_warm {
                warm(&mut region, visibility);
            }
            for link in LINKS.into_iter().chain(wrong) {
                for path in paths() {
                    for in_path in [true, false] {
                        match follow(&region, visibility, door, link, &path, in_path) {
                            true => opened_count += 1,
                            false => closed_count += 1,
                        }
                    }
                }
            }
        }
    }
    assert!(
        opened_count > 300 && closed_count > 1_000,
        "{opened_count} {closed_count}"
    );
}

/// Whether the link opened the address.
fn follow(
    region: &Region,
    visibility: Visibility,
    door: Door,
    (secret, set, formats, expires_ms): (&str, &str, Formats, Option<u64>),
    path: &str,
    in_path: bool,
) -> bool {
    // Who has a link needs no session, and it shows no more to who has one.
    let cookie = format!("{COOKIE}={}", sealed("partners", |_| {}));
    let visitor = Visitor {
        who: "somebody with a link",
        headers: match in_path {
            true => vec![("cookie", cookie)],
            false => vec![("cookie", cookie), ("authorization", format!("Bearer {secret}"))],
        },
        client: None,
        origin: None,
        sees: None,
    };
    let at = match in_path {
        true => format!("/.pharos/c/{secret}{path}"),
        false => path.to_owned(),
    };
    // A word of another form is no link's: then the cookie counts.
    if !in_path && secret.len() != 22 {
        return false;
    }
    let markdown = [("accept-encoding", "br")];
    let reply = ask(region, "GET", &at, &visitor, &markdown);
    let (shown, what) = (shown(&reply), format!("{visibility:?} {door:?} {secret}: {at}"));
    let is_now = expires_ms.is_none_or(|expires_ms| region::NOW_MS < expires_ms);
    let sees = (is_now && opened(formats, path)).then_some(match (set, visibility) {
        ("nobody", Visibility::Layered) => "public",
        (set, _) => set,
    });
    for (_, word) in SETS.iter().filter(|(set, _)| Some(*set) != sees) {
        assert!(!shown.contains(word), "{what}: {shown}");
    }
    assert!(
        secret.len() < 8 || !shown.contains(secret),
        "{what} is told on: {shown}"
    );
    assert!(!reply.headers().contains_key("set-cookie"), "{what}");
    let is_there = sees.is_some_and(|set| SETS.iter().any(|(known, _)| *known == set));
    if door == Door::Hidden && sees.is_none() {
        assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{what}");
        return false;
    }
    assert_eq!(reply.headers()["referrer-policy"], "no-referrer", "{what}");
    assert_eq!(reply.headers()["x-robots-tag"], "noindex, noarchive", "{what}");
    if !is_there {
        assert!(DENIED.contains(&reply.status()), "{what}: {}", reply.status());
        return false;
    }
    assert_eq!(reply.headers()["cache-control"], "private, no-cache", "{what}");
    assert!(!reply.headers().contains_key("surrogate-control"), "{what}");
    assert_eq!(reply.status(), StatusCode::OK, "{what}");
    let (_, word) = SETS.iter().find(|(of, _)| Some(*of) == sees).expect("a set");
    assert!(
        WITHOUT_WORD.iter().any(|without| path.starts_with(without)) || shown.contains(word),
        "{what}: {shown}"
    );
    true
}

/// Where the visitor's address counts, no cache before the edge takes one reply for another's.
#[test]
fn no_surrogate_keeps_what_depends_on_the_address() {
    let surrogate = [("surrogate-capability", "pharos=\"Surrogate/1.0\"")];
    let stranger = &visitors()[0];
    for (visibility, door) in [
        (Visibility::Private, Door::Shown),
        (Visibility::Private, Door::Hidden),
        (Visibility::Layered, Door::Shown),
    ] {
        let (with, without) = (
            guarded::region_with_links(visibility, door),
            guarded::region(visibility, door),
        );
        for path in paths() {
            let kept = |region| {
                ask(region, "GET", &path, stranger, &surrogate)
                    .headers()
                    .contains_key("surrogate-control")
            };
            assert!(!kept(&with), "{visibility:?} {door:?} {path}");
            assert!(
                kept(&without) || path != "/",
                "{visibility:?} {door:?}: nobody would keep it anyway"
            );
        }
    }
}

#[test]
fn session_page_says_what_lets_in() {
    for door in [Door::Shown, Door::Hidden] {
        let region = guarded::region_with_links(Visibility::Private, door);
        let near = of_networks();
        let reply = ask(&region, "GET", "/.pharos/session", &near[0], &[]);
        assert!(shown(&reply).contains("Your network has access"), "{}", shown(&reply));
        assert!(!shown(&reply).contains("/.pharos/sign-out"), "there is nothing to end");
        assert_eq!(reply.headers()["cache-control"], "no-store");
        let elsewhere = ask(&region, "GET", "/.pharos/session", &near[3], &[]);
        assert!(!shown(&elsewhere).contains("Your network"), "{}", shown(&elsewhere));
    }
}

/// Our own host is told which visitors see the same, and how long it may believe so.
#[test]
fn our_host_is_told_whose_reply_it_is() {
    let within = |who: &str, path: &str, headers: &[(&str, &str)]| {
        let mut region = guarded::region(Visibility::Private, Door::Shown);
        let mut visitors = visitors().into_iter();
        let visitor = visitors.find(|visitor| visitor.who == who).expect("a visitor");
        region.1.clone_from(&visitor.origin);
        let reply = ask(&region, "GET", path, &visitor, headers);
        let text = |name| {
            reply
                .headers()
                .get(name)
                .map(|value| value.to_str().expect("text").to_owned())
        };
        text("pharos-within").map(|within| (within, text("pharos-within-keys").expect("keys")))
    };
    let surrogate = ("surrogate-capability", "pharos=\"Surrogate/1.0\"");
    let (told, keys) = within("a member", "/", &[surrogate]).expect("it is told");
    // Half an hour until the session is to be renewed.
    assert!(told.starts_with("members 1800 "), "{told}");
    assert!(keys.contains("site/status.acme.example"), "{keys}");
    assert!(keys.contains("snapshot/"), "{keys}");
    for (who, path, headers) in [
        ("a member", "/", &[][..]),
        ("a member", "/.pharos/session", &[surrogate]),
        ("a stranger", "/", &[surrogate]),
        ("a forger", "/", &[surrogate]),
        ("one whose session is over", "/", &[surrogate]),
        ("one to be renewed", "/", &[surrogate]),
        ("one to be renewed without the origin", "/", &[surrogate]),
        ("one of an audience that sees nothing", "/", &[surrogate]),
    ] {
        assert_eq!(within(who, path, headers), None, "{who} {path}");
    }
}

#[test]
fn what_is_public_brings_no_cookie_into_play() {
    let region = guarded::region(Visibility::Public, Door::Shown);
    for visitor in visitors() {
        for path in paths() {
            let stranger = &visitors()[0];
            let (reply, plain) = (
                ask(&region, "GET", &path, &visitor, &[]),
                ask(&region, "GET", &path, stranger, &[]),
            );
            assert_eq!(shown(&reply), shown(&plain), "{} {path}", visitor.who);
            assert!(!reply.headers().contains_key("set-cookie"), "{path}");
        }
    }
}

#[test]
fn renewed_session_comes_as_a_cookie_and_an_ended_one_goes() {
    let mut region = guarded::region(Visibility::Private, Door::Shown);
    let cookie = |region: &mut Region, who: &str| {
        let visitor = visitors()
            .into_iter()
            .find(|visitor| visitor.who == who)
            .expect("a visitor");
        region.1.clone_from(&visitor.origin);
        let reply = ask(region, "GET", "/", &visitor, &[]);
        reply
            .headers()
            .get("set-cookie")
            .map(|value| value.to_str().expect("text").to_owned())
    };
    let renewed = cookie(&mut region, "one to be renewed").expect("a cookie");
    assert!(
        renewed.starts_with(&format!("{COOKIE}={}", sealed("members", |_| {}))),
        "{renewed}"
    );
    assert!(
        renewed.ends_with("; Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Lax"),
        "{renewed}"
    );
    let gone = cookie(&mut region, "one who is renewed no more").expect("a cookie");
    assert!(gone.starts_with(&format!("{COOKIE}=; Max-Age=0; ")), "{gone}");
    for who in [
        "a member",
        "a stranger",
        "one to be renewed without the origin",
        "one whom nobody could prove",
    ] {
        assert_eq!(cookie(&mut region, who), None, "{who}");
    }
    let short = Visitor {
        who: "a due session on a shared computer",
        headers: vec![(
            "cookie",
            format!(
                "{COOKIE}=~{}",
                sealed("members", |session| session.renew_ms = region::NOW_MS)
            ),
        )],
        client: None,
        origin: None,
        sees: None,
    };
    region.1 = Some(Answer::Session {
        session: sealed("members", |_| {}),
    });
    let reply = ask(&region, "GET", "/", &short, &[]);
    let kept = reply.headers()["set-cookie"].to_str().expect("text");
    assert!(
        kept.starts_with(&format!("{COOKIE}=~")) && !kept.contains("Max-Age"),
        "{kept}"
    );
}

/// Where others say who somebody is, nothing of the page is shown to anybody, whatever comes of it.
#[test]
fn ways_in_show_nothing_of_the_page() {
    let answers = [
        Some(Answer::Refused),
        Some(Answer::Failed),
        Some(Answer::Away),
        Some(Answer::NoWay),
        None,
    ];
    let mut cells = 0;
    for (visibility, door) in [
        (Visibility::Private, Door::Shown),
        (Visibility::Private, Door::Hidden),
        (Visibility::Layered, Door::Shown),
    ] {
        let mut region = guarded::region(visibility, door);
        for visitor in visitors() {
            for (answer, (method, path)) in answers.iter().flat_map(|answer| WAYS_IN.map(|way| (answer, way))) {
                region.1.clone_from(answer);
                let flow = [("cookie", "__Host-pharos-flow=fl0w")];
                let reply = ask(&region, method, path, &visitor, &flow);
                let what = format!("{visibility:?} {door:?}: {} {method} {path} {answer:?}", visitor.who);
                for (set, word) in SETS {
                    assert!(!shown(&reply).contains(word), "{what}: {set}'s word");
                }
                let set = reply.headers().get_all("set-cookie").iter();
                let lets_in = |value: &http::HeaderValue| {
                    let value = value.to_str().expect("text");
                    value.starts_with(COOKIE) && !value.contains("Max-Age=0")
                };
                assert_eq!(set.filter(|value| lets_in(value)).count(), 0, "{what}");
                assert_eq!(reply.headers()["cache-control"], "no-store", "{what}");
                cells += 1;
            }
        }
    }
    assert!(cells > 500, "{cells} replies");
}

/// What a token brought counts where it would count as the visitor's own session, and nowhere else.
#[test]
fn session_that_waits_is_held_against_the_page_as_every_other() {
    let region = guarded::region(Visibility::Private, Door::Shown);
    for (who, session, _, sees) in of_itself() {
        let visitor = Visitor {
            who,
            client: None,
            headers: vec![("cookie", format!("__Host-pharos-flow={session}"))],
            origin: None,
            sees,
        };
        let reply = ask(&region, "GET", "/.pharos/token", &visitor, &[]);
        let is_let_in = reply.status() == StatusCode::SEE_OTHER;
        // It is not kept for a while only, and who sees nothing is in all the same.
        let expected = match who {
            "a member on a shared computer" => false,
            "one of an audience that sees nothing" => true,
            _ => sees.is_some(),
        };
        assert_eq!(is_let_in, expected, "{who}");
        assert_eq!(reply.headers().contains_key("set-cookie"), expected, "{who}");
    }
}

const WAYS_IN: [(&str, &str); 5] = [
    ("GET", "/.pharos/sign-in/provider"),
    ("GET", "/.pharos/sign-in/callback?code=a&state=b"),
    ("POST", "/.pharos/token"),
    ("GET", "/.pharos/token"),
    ("HEAD", "/.pharos/token"),
];

/// Every address, and one that only the archive has.
fn paths() -> Vec<String> {
    let archived = "/incidents/incident0009".to_owned();
    let narrowed = ["/search?q=word&month=2026-10", "/uptime?component=component001"].map(str::to_owned);
    region::paths().into_iter().chain([archived]).chain(narrowed).collect()
}

/// Formats in which no name of a calm page has a place, or only the one that the door shows too; and pictures, which all sets share.
const WITHOUT_WORD: [&str; 8] = [
    "/embed.js",
    "/embed.json",
    "/favicon.ico",
    "/preview.png",
    "/robots.txt",
    "/sitemap.xml",
    "/oembed.json",
    "/assets/",
];

/// Every page was looked at by everybody who may see it.
fn warm(region: &mut Region, visibility: Visibility) {
    for (set, _) in SETS.iter().filter(|(set, _)| has(visibility, set)) {
        for path in paths() {
            let cookie = format!("{COOKIE}={}", sealed(set, |_| {}));
            region.look_at_with(&path, &[("cookie", &cookie)]);
        }
    }
    let finished = region.finished();
    for (set, _) in SETS.iter().filter(|(set, _)| has(visibility, set)) {
        let of_set = format!("/{set}/");
        assert!(
            finished.iter().any(|key| key.contains(&of_set)),
            "{set}: nothing is finished"
        );
    }
}

fn ask(region: &Region, method: &str, path: &str, visitor: &Visitor, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(format!("https://{HOST}{path}"));
    for (name, value) in &visitor.headers {
        request = request.header(*name, value);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    region.answer_to(visitor.client, request.body(Bytes::new()).expect("a request"))
}

/// Everything of a reply, decoded.
fn shown(response: &Response<Bytes>) -> String {
    let mut body = Vec::new();
    let is = |name: &str, value: &[u8]| {
        response
            .headers()
            .get(name)
            .is_some_and(|found| found.as_bytes() == value)
    };
    match response.body().is_empty() {
        true => {}
        false if is("content-encoding", b"br") => {
            brotli::BrotliDecompress(&mut response.body().as_ref(), &mut body).expect("brotli");
        }
        false if is("content-encoding", b"gzip") => body = gunzipped(response.body()),
        false => body = response.body().to_vec(),
    }
    if is("content-type", b"application/octet-stream") && !body.is_empty() {
        body = region::inflated(&body);
    }
    format!(
        "{} {:?}\n{}",
        response.status(),
        response.headers(),
        String::from_utf8_lossy(&body)
    )
}

fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut plain).expect("gzip");
    plain
}
