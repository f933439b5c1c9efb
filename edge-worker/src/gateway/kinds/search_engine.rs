//! What search engines read.

use page_address::cache_policy::Freshness;
use page_render::formats;

use crate::gateway::{
    kind::{Draw, Drawn, Kind, LanguageSource},
    media::Media,
};

/// `/robots.txt`
pub static ROBOTS: Kind = Kind {
    media: &Media::TEXT,
    freshness: Freshness::Seldom,
    language: LanguageSource::None,
    shows_delay: false,
    kept: false,
    ..Kind::page(
        "robots",
        Draw::Site(|_, request| Drawn::Text(formats::robots(request.host))),
    )
};

/// `/sitemap.xml`
pub static SITEMAP: Kind = Kind::format("sitemap", &Media::XML, Freshness::Seldom, |snapshot, request| {
    Drawn::Text(formats::sitemap(snapshot, request.host))
});
