//! The snapshot itself, for the renderer in the browser.

use crate::gateway::{
    kind::{Draw, Kind, LanguageSource},
    media::Media,
};
use page_address::cache_policy::Freshness;

/// `/.pharos/snapshot`
pub static SNAPSHOT: Kind = Kind {
    media: &Media::SNAPSHOT,
    freshness: Freshness::Page,
    language: LanguageSource::None,
    shows_delay: false,
    kept: false,
    ..Kind::page("snapshot", Draw::Raw)
};
