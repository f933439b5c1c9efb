//! What stands on other sites: the frame, the script with what it asks, and the document that says how to frame.

use http::StatusCode;
use page_address::cache_policy::Freshness;
use page_model::{Snapshot, site::SitePage};
use page_render::{Theme, formats};

use crate::gateway::{
    kind::{Draw, DrawRequest, Drawn, Kind, LanguageSource},
    media::Media,
};

/// `/embed`, light or dark as the visitor's own screen is.
pub static FRAME: Kind = frame("embed", |snapshot, request| {
    page_render::embed(snapshot, None, request.ask).into()
});

/// `/embed?theme=light`, for a site that is always so.
pub static LIGHT_FRAME: Kind = frame("embed.light", |snapshot, request| {
    page_render::embed(snapshot, Some(Theme::Light), request.ask).into()
});

/// `/embed?theme=dark`
pub static DARK_FRAME: Kind = frame("embed.dark", |snapshot, request| {
    page_render::embed(snapshot, Some(Theme::Dark), request.ask).into()
});

const fn frame(name: &'static str, draw: fn(&Snapshot, &DrawRequest<'_>) -> Drawn) -> Kind {
    Kind {
        media: &Media::FRAME,
        ..Kind::page(name, Draw::Snapshot(draw))
    }
}

/// `/embed.js`
pub static SCRIPT: Kind = Kind {
    language: LanguageSource::Page,
    ..Kind::format("script", &Media::SCRIPT, Freshness::Script, |snapshot, request| {
        Drawn::Text(formats::embed_script(snapshot, request.language()))
    })
};

/// `/embed.json`, in the language that the script was asked in.
pub static BANNER: Kind = Kind {
    language: LanguageSource::Page,
    ..Kind::format("banner", &Media::JSON, Freshness::Api, |snapshot, request| {
        Drawn::Text(formats::banner(snapshot, request.language()))
    })
};

/// `/oembed.json?url=`
pub static OEMBED: Kind = Kind {
    media: &Media::JSON,
    freshness: Freshness::Seldom,
    language: LanguageSource::None,
    shows_delay: false,
    kept: false,
    ..Kind::page("oembed", Draw::Site(oembed))
};

fn oembed(site: &SitePage, request: &DrawRequest<'_>) -> Drawn {
    let query = request.query;
    if query.get("format").is_some_and(|format| format != "json") {
        return Drawn::Refused(StatusCode::NOT_IMPLEMENTED, "Only `format=json` is spoken here.");
    }
    let Some(url) = query.get("url") else {
        return Drawn::Refused(StatusCode::BAD_REQUEST, "`url` is missing: the address of this page.");
    };
    if !is_of(&url, request.host.as_str()) {
        return Drawn::Refused(StatusCode::NOT_FOUND, "`url` is no address of this page.");
    }
    let number = |name| query.get(name)?.parse().ok();
    Drawn::Text(formats::oembed(
        &site.name,
        request.host,
        theme_of(&url),
        number("maxwidth"),
        number("maxheight"),
    ))
}

/// The theme that the address of a frame asks for.
fn theme_of(url: &str) -> Option<Theme> {
    let url: http::Uri = url.parse().ok()?;
    let mut parameters = url.query()?.split('&');
    parameters.find_map(|parameter| match parameter {
        "theme=light" => Some(Theme::Light),
        "theme=dark" => Some(Theme::Dark),
        _ => None,
    })
}

/// Whether an address is of the host, whatever its scheme, port and path.
fn is_of(url: &str, host: &str) -> bool {
    let Ok(url) = url.parse::<http::Uri>() else {
        return false;
    };
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    is_web && url.host().is_some_and(|found| found.eq_ignore_ascii_case(host))
}
