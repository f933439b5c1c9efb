//! The one place that decides who sees what. Every surface of a page asks here.

use std::net::IpAddr;

use page_model::{
    AudienceId, Host,
    access::{Access, Door, Session},
    capability::{Capability, Formats},
    limits::SESSION_CLOCK_SKEW_MS_MAX,
    network::Network,
    site::{SitePage, Visibility},
};

use super::verified;

/// What the visitor proved about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity<'a> {
    Anonymous,
    /// They have a session that holds.
    LetIn(&'a Session),
    /// They come from an address that is let in.
    Near(&'a AudienceId),
    /// They have a link that opens what they ask for.
    Bearer(&'a AudienceId),
    /// They have a link that does not.
    Refused,
}

/// Why the visitor sees nothing of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// They are told that the page is private, and how one gets in.
    Door,
    /// To them it looks like a page that does not exist.
    Hidden,
    /// They may see it, and what they see has not come yet.
    NotYet,
}

/// Which of the site's audiences the visitor sees the content of. Whatever is not clearly allowed is denied.
pub fn authorize(site: &SitePage, identity: Identity<'_>) -> Result<usize, Denied> {
    let of = |wanted: &AudienceId| site.audiences.iter().position(|current| current.audience == *wanted);
    let public = || of(&AudienceId::public());
    match (site.visibility, &site.access, identity) {
        (_, Some(access), Identity::Refused) => Err(at_the_door(access)),
        (_, None, Identity::Refused) => Err(Denied::Hidden),
        (Visibility::Public, _, _) => public().ok_or(Denied::Hidden),
        (Visibility::Layered, Some(access), Identity::Anonymous) => public().ok_or(at_the_door(access)),
        (Visibility::Private, Some(access), Identity::Anonymous) => Err(at_the_door(access)),
        (Visibility::Private, Some(_), identity) => identity.set().and_then(of).ok_or(Denied::NotYet),
        (Visibility::Layered, Some(_), identity) => identity.set().and_then(of).or_else(public).ok_or(Denied::NotYet),
        (Visibility::Private | Visibility::Layered, None, _) | (Visibility::Unknown, _, _) => Err(Denied::Hidden),
    }
}

impl<'a> Identity<'a> {
    /// By what somebody brings, and else by where they come from: who signed in sees what is theirs wherever they are.
    pub fn of(site: &'a SitePage, session: Option<&'a Session>, near: Option<IpAddr>) -> Self {
        let networks = site.access.as_ref().map_or(&[][..], |access| &access.ranges);
        match (session, near) {
            (Some(session), _) => Self::LetIn(session),
            (None, Some(near)) => {
                Network::around(networks, near).map_or(Self::Anonymous, |at| Self::Near(&at.audience))
            }
            (None, None) => Self::Anonymous,
        }
    }

    /// By a link, which opens only what it is for.
    pub fn of_capability(site: &'a SitePage, secret: &str, opens: impl Fn(Formats) -> bool, now_ms: u64) -> Self {
        // What is open to all needs no link, and links to it go on.
        let Some(access) = &site.access else {
            return Self::Anonymous;
        };
        match Capability::of(&access.capabilities, secret, now_ms) {
            Some(found) if opens(found.formats) => Self::Bearer(&found.audience),
            _ => Self::Refused,
        }
    }

    fn set(self) -> Option<&'a AudienceId> {
        match self {
            Self::LetIn(session) => Some(&session.audience),
            Self::Near(audience) | Self::Bearer(audience) => Some(audience),
            Self::Anonymous | Self::Refused => None,
        }
    }
}

fn at_the_door(access: &Access) -> Denied {
    match access.door {
        Door::Shown => Denied::Door,
        Door::Hidden => Denied::Hidden,
    }
}

/// What a session that a visitor brings is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is none of this page and host, or it is over.
    Nothing,
    Holds(Session),
    /// It holds, and it is time to ask the origin whether it goes on.
    Due(Session),
    /// Somebody may have lost what they were let in by: it counts once the origin says so.
    Unproven(Session),
}

/// Of the text that a visitor brings. It is looked at only where a page lets somebody in.
pub fn standing(site: &SitePage, host: &Host, text: &str, now_ms: u64) -> Standing {
    let Some(access) = &site.access else {
        return Standing::Nothing;
    };
    let Some(session) = verified::session(text, &access.keys) else {
        return Standing::Nothing;
    };
    let is_of_here = session.page == site.page && session.host == *host;
    let is_now = session.began_ms <= now_ms.saturating_add(SESSION_CLOCK_SKEW_MS_MAX) && now_ms < session.expires_ms;
    if !is_of_here || !is_now || session.epoch < access.epoch || access.has_ended(&session) {
        Standing::Nothing
    } else if session.revision < access.revision {
        Standing::Unproven(session)
    } else if now_ms >= session.renew_ms {
        Standing::Due(session)
    } else {
        Standing::Holds(session)
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
