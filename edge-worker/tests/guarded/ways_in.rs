//! Where others say who somebody is.

use http::StatusCode;
use page_model::{access::Door, sign_in::Answer, site::Visibility};

use crate::{
    COOKIE,
    region::guarded::{self, SETS},
    replies::{ask, paths, shown},
    visitors::{Visitor, of_itself, visitors},
};

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

/// Where a region does not know from where visitors come, nobody is let in by that, whatever they say of themselves.
#[test]
fn page_of_a_network_alone_is_closed_where_addresses_are_unknown() {
    let region = guarded::region_of_a_network();
    let from = |client: Option<&str>, headers: &[(&'static str, &str)]| Visitor {
        who: "somebody",
        headers: headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        client: client.map(|client| client.parse().expect("an address")),
        origin: None,
        sees: None,
    };
    let pretenders = [
        "x-forwarded-for",
        "x-real-ip",
        "forwarded",
        "spin-client-addr",
        "cf-connecting-ip",
        "true-client-ip",
    ];
    let unknown = pretenders.map(|name| from(None, &[(name, "10.1.2.3")]));
    for visitor in unknown.iter().chain([&from(None, &[])]) {
        for path in paths() {
            let reply = ask(&region, "GET", &path, visitor, &[]);
            assert_eq!(reply.status(), StatusCode::FORBIDDEN, "{path} {:?}", visitor.headers);
            let shown = shown(&reply);
            assert!(SETS.iter().all(|(_, word)| !shown.contains(word)), "{path}: {shown}");
        }
        let door = shown(&ask(&region, "GET", "/", visitor, &[]));
        assert!(!door.contains("<form"), "there is nothing to type: {door}");
    }
    let inside = shown(&ask(&region, "GET", "/", &from(Some("10.1.2.3"), &[]), &[]));
    assert!(inside.contains("memberword"), "{inside}");
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
