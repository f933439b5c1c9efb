//! Who asks, with what, and whose content is theirs.

use std::net::IpAddr;

use page_model::sign_in::Answer;

use crate::{
    COOKIE, HOUR_MS,
    region::{
        self,
        guarded::{forged, other_host, other_page, sealed},
    },
};

/// Somebody who asks, and which set's content they may see for it.
pub struct Visitor {
    pub who: &'static str,
    pub headers: Vec<(&'static str, String)>,
    /// From where, if the edge knows.
    pub client: Option<IpAddr>,
    /// What the origin says if it is asked.
    pub origin: Option<Answer>,
    pub sees: Option<&'static str>,
}

/// Who asks, with what in their cookies, what the origin says if it is asked, and whose content is theirs.
pub type Row = (&'static str, String, Option<Answer>, Option<&'static str>);

pub fn visitors() -> Vec<Visitor> {
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
pub fn of_networks() -> Vec<Visitor> {
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
pub fn of_itself() -> Vec<Row> {
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
pub fn of_the_origin() -> Vec<Row> {
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
