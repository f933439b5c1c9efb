//! Pictures of the page's status.

use http::StatusCode;
use page_address::cache_policy::Freshness;
use page_render::formats;

use crate::gateway::{
    kind::{Draw, Drawn, Kind, LanguageSource},
    media::Media,
};

/// `/badge.svg`
pub static BADGE: Kind = Kind {
    language: LanguageSource::Page,
    ..Kind::format("badge", &Media::PICTURE, Freshness::Picture, |snapshot, request| {
        Drawn::Text(formats::badge(snapshot, request.language()))
    })
};

/// `/badge.json`, for shields.io.
pub static SHIELD: Kind = Kind {
    language: LanguageSource::Page,
    ..Kind::format("shield", &Media::JSON, Freshness::Picture, |snapshot, request| {
        Drawn::Text(formats::shield(snapshot, request.language()))
    })
};

/// `/preview.png`, which the origin draws: of what strangers see, and of no page of which they see nothing.
pub static PREVIEW: Kind = Kind {
    media: &Media::PIXELS,
    freshness: Freshness::Picture,
    language: LanguageSource::None,
    shows_delay: false,
    kept: false,
    ..Kind::page("preview.png", Draw::Asset)
};

/// `/favicon.ico`, for browsers that ask without being told: the owner's picture, else the status's own.
pub static FAVICON: Kind = Kind::format(
    "favicon",
    &Media::PICTURE,
    Freshness::Picture,
    |snapshot, _| match &snapshot.page.branding.favicon {
        Some(icon) => Drawn::Redirect(StatusCode::FOUND, format!("/assets/{}", icon.name)),
        None => Drawn::Text(formats::icon(snapshot)),
    },
);
