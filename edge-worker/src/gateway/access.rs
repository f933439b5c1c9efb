//! The one place that decides who sees what. Every surface of a page asks here.

use page_model::{
    AudienceId,
    site::{Current, SitePage, Visibility},
};

/// What the visitor proved about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    Anonymous,
}

/// The visitor may not see the page; to them it looks like a page that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied;

/// Which audience's content the visitor sees. Whatever is not clearly allowed is denied.
pub fn authorize(site: &SitePage, identity: Identity) -> Result<&Current, Denied> {
    match (site.visibility, identity) {
        (Visibility::Public, Identity::Anonymous) => {
            let public = AudienceId::public();
            site.audiences
                .iter()
                .find(|current| current.audience == public)
                .ok_or(Denied)
        }
        (Visibility::Private | Visibility::Layered | Visibility::Unknown, Identity::Anonymous) => Err(Denied),
    }
}
