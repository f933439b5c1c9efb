//! The snapshot itself, for the renderer in the browser.

use crate::gateway::{
    cache_policy::Freshness,
    kind::{Draw, Kind, Tongue},
    media::Media,
};

/// `/.pharos/snapshot`
pub static SNAPSHOT: Kind = Kind {
    media: &Media::SNAPSHOT,
    freshness: Freshness::Page,
    tongue: Tongue::None,
    tells_delay: false,
    kept: false,
    ..Kind::page("snapshot", Draw::Itself)
};
