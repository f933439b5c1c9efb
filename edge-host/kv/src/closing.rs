//! What takes from visitors what they saw before.

use page_model::{
    Record, Site, body,
    site::{SitePage, Visibility},
};

/// Whether from this value on less may be shown of the host than before: everything but a page that is public. What cannot be
/// read closes too.
pub fn closes(key: &str, value: Option<&[u8]>) -> bool {
    key.starts_with(SITE_PREFIX) && !value.is_some_and(is_public)
}

fn is_public(value: &[u8]) -> bool {
    let record = Record::from_bytes(value).ok().filter(|record| !record.is_tombstone());
    let site = record.and_then(|record| body::decode::<Site>(&record.body).ok());
    matches!(
        site,
        Some(Site::Page(SitePage {
            visibility: Visibility::Public,
            ..
        }))
    )
}

const SITE_PREFIX: &str = "site/";
