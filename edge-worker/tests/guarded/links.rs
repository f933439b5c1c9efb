//! Links: each opens its formats, and nothing else.

use http::StatusCode;
use page_model::{access::Door, capability::Formats, site::Visibility};

use crate::{
    COOKIE,
    region::{
        self, Region,
        guarded::{self, LINKS, SETS, sealed},
    },
    replies::{self, DENIED, WITHOUT_WORD, ask, paths, warm},
    visitors::Visitor,
};

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
    let (shown, what) = (
        replies::shown(&reply),
        format!("{visibility:?} {door:?} {secret}: {at}"),
    );
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
