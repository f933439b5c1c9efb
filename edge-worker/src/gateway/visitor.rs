//! Who comes, and what for: what is known of a visit until it is shown a page.

use std::{net::IpAddr, sync::Arc};

use page_address::{
    cache_policy::CachePolicy,
    cookie::{Kept, SessionCookie},
};
use page_model::{Host, Key, access::Session, site::SitePage};

use super::{
    form::Entrance,
    media::Media,
    plan::{Scope, SourceKind, ViewFacts},
    reading::Staleness,
    reply::RequestFacts,
    route::PageView,
};

/// A visit whose host is not looked up yet.
#[derive(Debug)]
pub struct Arrival {
    pub host: Host,
    pub wants: Wants,
    pub facts: RequestFacts,
    pub now_ms: u64,
    pub client: Option<IpAddr>,
    /// The same, where it may let the visitor in.
    pub near: Option<IpAddr>,
    /// The secret of a link that they have.
    pub capability: Option<String>,
    /// What the visitor says of having been let in.
    pub cookie: Option<SessionCookie>,
    /// What the origin gave their browser with a sign-in that is under way.
    pub flow: Option<String>,
    /// What the door tells them, if they come to it.
    pub notice: Option<Notice>,
    /// Whether the visitor's browser can be given the renderer.
    pub has_renderer: bool,
    /// What is read beside what is read of the host.
    pub ahead: Vec<Key>,
}

#[derive(Debug)]
pub enum Wants {
    View(PageView),
    /// To be let in or out.
    Entrance(Entrance),
}

/// The page that a host has, and what the region knows of it.
#[derive(Debug)]
pub struct Visited {
    pub site: Arc<SitePage>,
    pub staleness: Staleness,
    /// Records of the page of a lower version count as absent.
    pub floor: u64,
}

/// What the door says besides that the page is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    WrongPassword,
    WrongAddress,
    WrongCode,
    /// The link was used, or its time is over.
    LinkOver,
    /// A mail is on its way, if the address is known.
    Mailed,
    Busy {
        retry_after_s: u32,
    },
    /// The origin cannot be asked.
    Unavailable,
    SignedOut,
    /// What they bring is not what they were given, or not in time.
    NotSignedIn,
    /// They are who they are, and the page lets others in.
    NotKnown,
}

/// A visit that waits for the origin's word on the visitor's session.
#[derive(Debug)]
pub struct Renewal {
    pub arrival: Box<Arrival>,
    pub visited: Visited,
    /// What holds if the origin says nothing.
    pub held: Option<Session>,
}

/// A visit that waits for the origin's word on what was typed.
#[derive(Debug)]
pub struct SigningIn {
    pub arrival: Arrival,
    pub site: Arc<SitePage>,
    pub return_to: String,
    pub kept: Kept,
    /// What the visitor is told if that is refused.
    pub refused: Notice,
}

/// A visit that waits for the origin's word on what somebody else says of the visitor.
#[derive(Debug)]
pub struct SigningOn {
    pub arrival: Arrival,
    pub site: Arc<SitePage>,
    /// Where one goes who came with a token.
    pub by_token: Option<String>,
}

impl Arrival {
    /// For what the site record alone says. Where others say who somebody is, what the visitor brings says more.
    pub fn policy(&self) -> CachePolicy {
        match self.wants {
            Wants::Entrance(Entrance::SignOn(_)) => CachePolicy::Never,
            _ => CachePolicy::until_written(vec![Key::Site(self.host.clone())]),
        }
    }
}

impl Wants {
    pub fn media(&self) -> &'static Media {
        match self {
            Self::View(view) => view.kind.media,
            Self::Entrance(_) => &Media::PAGE,
        }
    }

    pub fn depends_on_session(&self) -> bool {
        match self {
            Self::View(_) => true,
            Self::Entrance(entrance) => entrance.depends_on_session(),
        }
    }

    /// As far as they are known before the site record is: whatever they are, a host without a page to show has none.
    pub fn facts(&self) -> ViewFacts {
        let (source, has_skeleton, kept) = match self {
            Self::View(view) => (view.kind.draw.source(), view.kind.has_skeleton(), view.kind.kept),
            Self::Entrance(_) => (SourceKind::Site, false, false),
        };
        ViewFacts {
            source,
            scope: Scope::Object,
            has_skeleton,
            kept,
            large: false,
        }
    }
}
