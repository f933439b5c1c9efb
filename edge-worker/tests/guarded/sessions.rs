//! What caches, our host and browsers are told of sessions.

use page_model::{access::Door, sign_in::Answer, site::Visibility};

use crate::{
    COOKIE,
    region::{
        self, Region,
        guarded::{self, sealed},
    },
    replies::{ask, paths, shown},
    visitors::{Visitor, of_networks, visitors},
};

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
