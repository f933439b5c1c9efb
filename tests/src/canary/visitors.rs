//! Who asks, with what, and whose content is theirs.

use anyhow::Result;
use page_model::{PageId, access::Session, site::Visibility};

use super::{
    page::{CanaryPage, LINKS, Set, Site},
    rows::Row,
};
use crate::clock::now_ms;

pub struct Visitor {
    pub who: &'static str,
    brings: &'static [Brings],
    sees: Sees,
    /// Somebody whose session the origin would have to prove, which says nothing.
    pub is_unproven: bool,
}

enum Brings {
    /// A session for these sets' content, with something changed.
    Session(&'static [Set], fn(&mut Session)),
    /// The same, signed by somebody else.
    Forgery(&'static [Set]),
    /// A link of this page, by its place.
    Link(usize),
    /// A link of another page.
    OtherLink,
    Header(&'static str, &'static str),
}

#[derive(Clone, Copy)]
enum Sees {
    /// What everybody sees.
    Public,
    Sets(&'static [Set]),
    /// What the link is for, where it opens.
    Link(usize),
    /// Nothing, not even what everybody sees.
    Nothing,
}

impl Visitor {
    const fn new(who: &'static str, brings: &'static [Brings], sees: Sees) -> Self {
        Self {
            who,
            brings,
            sees,
            is_unproven: false,
        }
    }

    /// Whose content they see there; `None` where they are shown the door.
    pub fn sees(&self, visibility: Visibility, row: &Row) -> Option<Vec<Set>> {
        match self.sees {
            Sees::Sets(sets) => Some(sets.to_vec()),
            Sees::Public => (visibility == Visibility::Layered).then(|| vec![Set::Public]),
            Sees::Link(at) => {
                let link = &LINKS[at];
                (row.is_opened_by(link.formats) && !link.is_over).then(|| link.sees.to_vec())
            }
            Sees::Nothing => None,
        }
    }

    /// They bring no proof, and say something of themselves.
    pub fn is_pretender(&self) -> bool {
        let says = |brings: &Brings| matches!(brings, Brings::Header(..));
        !self.brings.is_empty() && self.brings.iter().all(says)
    }

    /// With a session, whoever else they are.
    pub fn is_signed_in(&self) -> bool {
        matches!(self.sees, Sees::Sets(_))
    }

    pub fn headers(&self, page: &CanaryPage, site: &Site) -> Result<Vec<(&'static str, String)>> {
        self.brings.iter().map(|brings| brings.header(page, site)).collect()
    }
}

impl Brings {
    fn header(&self, page: &CanaryPage, site: &Site) -> Result<(&'static str, String)> {
        let cookie = |session: String| ("cookie", format!("theme=dark; pharos-session={session}"));
        let bearer = |secret: &str| ("authorization", format!("Bearer {secret}"));
        Ok(match self {
            Self::Session(sets, change) => cookie(page.session(site, sets, 1, change)?),
            Self::Forgery(sets) => cookie(page.session(site, sets, 2, |_| {})?),
            Self::Link(at) => bearer(LINKS[*at].secret),
            Self::OtherLink => bearer("Alpha-of-another-page1"),
            Self::Header(name, value) => (name, (*value).to_owned()),
        })
    }
}

const ALPHA: &[Set] = &[Set::Public, Set::Alpha];
const BETA: &[Set] = &[Set::Public, Set::Beta];
const BOTH: &[Set] = &[Set::Public, Set::Beta, Set::Alpha];

fn as_it_is(_: &mut Session) {}
fn over(session: &mut Session) {
    session.expires_ms = now_ms() - 1;
}
fn ended(session: &mut Session) {
    session.epoch -= 1;
}
fn unproven(session: &mut Session) {
    session.revision -= 1;
}
fn due(session: &mut Session) {
    session.renew_ms = now_ms() - 1;
}
fn at_another_host(session: &mut Session) {
    if let Ok(host) = page_model::Host::parse("another.localhost") {
        session.host = host;
    }
}
fn of_another_page(session: &mut Session) {
    if let Ok(page) = PageId::parse("southwind001") {
        session.page = page;
    }
}

/// An address that the page lets in, by whatever header somebody might be believed.
const ADDRESS: &str = "203.0.113.5";

pub const VISITORS: &[Visitor] = &[
    Visitor::new("a stranger", &[], Sees::Public),
    Visitor::new(
        "one of the first audience",
        &[Brings::Session(ALPHA, as_it_is)],
        Sees::Sets(ALPHA),
    ),
    Visitor::new(
        "one of the second audience",
        &[Brings::Session(BETA, as_it_is)],
        Sees::Sets(BETA),
    ),
    Visitor::new(
        "one of both audiences",
        &[Brings::Session(BOTH, as_it_is)],
        Sees::Sets(BOTH),
    ),
    Visitor::new(
        "one to be renewed, without the origin",
        &[Brings::Session(ALPHA, due)],
        Sees::Sets(ALPHA),
    ),
    Visitor::new(
        "one whose session is over",
        &[Brings::Session(ALPHA, over)],
        Sees::Public,
    ),
    Visitor::new(
        "one whose session was ended",
        &[Brings::Session(ALPHA, ended)],
        Sees::Public,
    ),
    Visitor {
        is_unproven: true,
        ..Visitor::new(
            "one whom nobody can prove",
            &[Brings::Session(ALPHA, unproven)],
            Sees::Public,
        )
    },
    Visitor::new(
        "one of another host",
        &[Brings::Session(ALPHA, at_another_host)],
        Sees::Public,
    ),
    Visitor::new(
        "one of another page",
        &[Brings::Session(ALPHA, of_another_page)],
        Sees::Public,
    ),
    Visitor::new("a forger", &[Brings::Forgery(ALPHA)], Sees::Public),
    Visitor::new("one with a link for programs", &[Brings::Link(0)], Sees::Link(0)),
    Visitor::new("one with a link for other sites", &[Brings::Link(1)], Sees::Link(1)),
    Visitor::new("one whose link is over", &[Brings::Link(2)], Sees::Link(2)),
    Visitor::new("one with a link of both audiences", &[Brings::Link(3)], Sees::Link(3)),
    Visitor::new(
        "one with a link and a session",
        &[Brings::Link(0), Brings::Session(BETA, as_it_is)],
        Sees::Link(0),
    ),
    Visitor::new("one with a link of another page", &[Brings::OtherLink], Sees::Nothing),
    Visitor::new(
        "one who says where they are",
        &[
            Brings::Header("x-forwarded-for", ADDRESS),
            Brings::Header("forwarded", "for=203.0.113.5"),
            Brings::Header("x-real-ip", ADDRESS),
            Brings::Header("spin-client-addr", "203.0.113.5:443"),
            Brings::Header("pharos-client", ADDRESS),
        ],
        Sees::Public,
    ),
    Visitor::new(
        "one who says that they are a cache of ours",
        &[
            Brings::Session(ALPHA, as_it_is),
            Brings::Header("surrogate-capability", "pharos=\"Surrogate/1.0\""),
        ],
        Sees::Sets(ALPHA),
    ),
    Visitor::new(
        "a stranger who says that they are a cache of ours",
        &[Brings::Header("surrogate-capability", "pharos=\"Surrogate/1.0\"")],
        Sees::Public,
    ),
];
