//! The one place that decides who sees what. Every surface of a page asks here.

use page_model::{
    AudienceId, Host,
    access::{Access, Door, Session},
    limits::SESSION_CLOCK_SKEW_MS_MAX,
    session,
    site::{SitePage, Visibility},
};

/// What the visitor proved about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity<'a> {
    Anonymous,
    /// They have a session that holds.
    LetIn(&'a Session),
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
        (Visibility::Public, _, _) => public().ok_or(Denied::Hidden),
        (Visibility::Private, Some(_), Identity::LetIn(session)) => of(&session.audience).ok_or(Denied::NotYet),
        (Visibility::Layered, Some(_), Identity::LetIn(session)) => {
            of(&session.audience).or_else(public).ok_or(Denied::NotYet)
        }
        (Visibility::Layered, Some(access), Identity::Anonymous) => public().ok_or(at_the_door(access)),
        (Visibility::Private, Some(access), Identity::Anonymous) => Err(at_the_door(access)),
        (Visibility::Private | Visibility::Layered, None, _) | (Visibility::Unknown, _, _) => Err(Denied::Hidden),
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
    let Ok(session) = session::open(text, &access.keys) else {
        return Standing::Nothing;
    };
    let is_of_here = session.page == site.page && session.host == *host;
    let is_now = session.began_ms <= now_ms.saturating_add(SESSION_CLOCK_SKEW_MS_MAX) && now_ms < session.expires_ms;
    if !is_of_here || !is_now || session.epoch < access.epoch {
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
