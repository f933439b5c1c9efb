//! The page as text, for terminals and agents.

use page_address::cache_policy::Freshness;
use page_model::Snapshot;
use page_render::formats;

use crate::gateway::{
    kind::{DrawRequest, Drawn, Kind, LanguageSource},
    media::Media,
};

/// `/status.txt`
pub static TEXT: Kind = Kind {
    language: LanguageSource::Page,
    shows_delay: true,
    ..Kind::format("text", &Media::TEXT, Freshness::Page, |snapshot, request| {
        Drawn::Text(formats::text(snapshot, request.host, request.ask))
    })
};

/// `/status.md`
pub static MARKDOWN: Kind = Kind {
    language: LanguageSource::Page,
    shows_delay: true,
    ..Kind::format("markdown", &Media::MARKDOWN, Freshness::Page, markdown)
};

/// `/` for who likes Markdown better than HTML.
pub static INDEX_IN_MARKDOWN: Kind = Kind {
    language: LanguageSource::Visitor,
    shows_delay: true,
    ..Kind::format("index.markdown", &Media::MARKDOWN, Freshness::Page, markdown)
};

fn markdown(snapshot: &Snapshot, request: &DrawRequest<'_>) -> Drawn {
    Drawn::Text(formats::markdown(snapshot, request.host, request.ask))
}
