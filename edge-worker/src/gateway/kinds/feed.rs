//! Feeds and the calendar.

use page_address::cache_policy::Freshness;
use page_render::formats::{self, Feed};

use crate::gateway::{
    kind::{Drawn, Kind, LanguageSource},
    media::Media,
};

/// `/history.rss`
pub static RSS: Kind = Kind::format("rss", &Media::RSS, Freshness::Feed, |snapshot, request| {
    Drawn::Text(formats::rss(&Feed::of_page(snapshot, request.host)))
});

/// `/history.atom`
pub static ATOM: Kind = Kind::format("atom", &Media::ATOM, Freshness::Feed, |snapshot, request| {
    Drawn::Text(formats::atom(&Feed::of_page(snapshot, request.host)))
});

/// `/components/{id}/history.rss`: a page has thousands of components, so none is kept.
pub static COMPONENT_RSS: Kind = Kind {
    kept: false,
    ..Kind::format("component.rss", &Media::RSS, Freshness::Feed, |snapshot, request| {
        let feed = request
            .id()
            .and_then(|id| Feed::of_component(snapshot, request.host, id));
        Drawn::text_or_missing(feed.map(|feed| formats::rss(&feed)))
    })
};

/// `/components/{id}/history.atom`
pub static COMPONENT_ATOM: Kind = Kind {
    kept: false,
    ..Kind::format("component.atom", &Media::ATOM, Freshness::Feed, |snapshot, request| {
        let feed = request
            .id()
            .and_then(|id| Feed::of_component(snapshot, request.host, id));
        Drawn::text_or_missing(feed.map(|feed| formats::atom(&feed)))
    })
};

/// `/calendar.ics`
pub static CALENDAR: Kind = Kind {
    language: LanguageSource::Page,
    ..Kind::format(
        "calendar",
        &Media::CALENDAR,
        Freshness::Calendar,
        |snapshot, request| Drawn::Text(formats::calendar(snapshot, request.host, request.language())),
    )
};

/// `/maintenances/{id}.ics`: one that is to come or runs, for a calendar that somebody keeps.
pub static MAINTENANCE: Kind = Kind {
    kept: false,
    language: LanguageSource::Page,
    ..Kind::format(
        "maintenance.calendar",
        &Media::CALENDAR,
        Freshness::Calendar,
        |snapshot, request| {
            let event = request
                .id()
                .and_then(|id| formats::calendar_of(snapshot, request.host, request.language(), id));
            Drawn::text_or_missing(event)
        },
    )
};
