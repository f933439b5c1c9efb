//! The snapshot itself, for the renderer in the browser.

use crate::gateway::{
    cache_policy::Freshness,
    kind::{Draw, Kind, LanguageSource},
    media::Media,
};

/// `/.pharos/snapshot`
pub static SNAPSHOT: Kind = Kind {
    media: &Media::SNAPSHOT,
    freshness: Freshness::Page,
    language: LanguageSource::None,
    shows_delay: false,
    kept: false,
    ..Kind::page("snapshot", Draw::Raw)
};
