//! The owner's pictures. An address names the picture's hash, so what lies there never changes.

use crate::gateway::{
    kind::{Draw, Kind, LanguageSource},
    media::Media,
};
use page_address::cache_policy::Freshness;

/// `/assets/{asset}`
pub static ASSET: Kind = Kind {
    media: &Media::PICTURE,
    freshness: Freshness::Forever,
    language: LanguageSource::None,
    shows_delay: false,
    kept: false,
    ..Kind::page("asset", Draw::Asset)
};
