//! What a kind of page or format is: a row of constants. A new one is a file in `kinds/` and a line in `route.rs`.

use http::StatusCode;
use page_address::{Query, Subject, cache_policy::Freshness};
use page_model::{Archive, Host, Id, Language, Snapshot, site::SitePage};
use page_render::{Events, RenderError, RenderOptions};

use super::{media::Media, plan::SourceKind};

/// A kind of page or format.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the key of a finished one.
    pub name: &'static str,
    pub media: &'static Media,
    pub freshness: Freshness,
    pub language: LanguageSource,
    /// Whether it shows since when the region has not heard from the origin.
    pub shows_delay: bool,
    /// Whether finished ones are worth a place in the KV.
    pub kept: bool,
    /// The same in Markdown, for a visitor who likes that better.
    pub in_markdown: Option<&'static Kind>,
    /// What a program finds at other addresses: the value of `link`.
    pub links: Option<&'static str>,
    pub draw: Draw,
}

/// Who says in which language it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LanguageSource {
    /// The address, else the visitor, else the page.
    Visitor,
    /// The address, else the page.
    Page,
    /// It has no words of ours.
    None,
}

/// What it is drawn from, and by which function.
#[derive(Debug)]
pub enum Draw {
    /// The site record alone.
    Site(fn(&SitePage, &DrawRequest<'_>) -> Drawn),
    Snapshot(fn(&Snapshot, &DrawRequest<'_>) -> Drawn),
    /// Months of the archive, the one that the address names first; of those before it as many as one visit looks through.
    Months(fn(&[Archive], &DrawRequest<'_>) -> Drawn),
    /// A month of the archive.
    Archive(fn(&Archive, &DrawRequest<'_>) -> Drawn),
    /// One incident or maintenance: the snapshot if it is there, else the month that its permanent link names.
    Event(fn(&Events<'_>, &DrawRequest<'_>) -> Drawn),
    /// A picture, as it lies in the KV.
    Asset,
    /// The snapshot, as it lies in the KV.
    Raw,
}

/// What a visit asks for, as a kind draws it.
pub struct DrawRequest<'a> {
    pub host: &'a Host,
    pub subject: &'a Subject,
    pub query: &'a Query,
    pub ask: RenderOptions,
}

/// What came of drawing.
pub enum Drawn {
    Text(String),
    /// The content does not have what the address names.
    Missing,
    /// It lies at another path of the same host.
    Redirect(StatusCode, String),
    /// The query asks for what does not exist; with the reason.
    Refused(StatusCode, &'static str),
    /// It cannot be drawn within the visit.
    OverBudget,
    /// The template does not fit it: a fault of ours that tests find.
    Failed,
}

impl Kind {
    /// A page for people. Each differs from this in little.
    pub const fn page(name: &'static str, draw: Draw) -> Self {
        Self {
            name,
            media: &Media::PAGE,
            freshness: Freshness::Page,
            language: LanguageSource::Visitor,
            shows_delay: true,
            kept: true,
            in_markdown: None,
            links: None,
            draw,
        }
    }

    /// A format for machines, drawn from the snapshot.
    pub const fn format(
        name: &'static str,
        media: &'static Media,
        freshness: Freshness,
        draw: fn(&Snapshot, &DrawRequest<'_>) -> Drawn,
    ) -> Self {
        Self {
            media,
            freshness,
            language: LanguageSource::None,
            shows_delay: false,
            ..Self::page(name, Draw::Snapshot(draw))
        }
    }

    /// Whether the skeleton may stand in for it: it is a page for people.
    pub fn has_skeleton(&self) -> bool {
        self.media.is_page()
    }
}

impl Draw {
    pub fn source(&self) -> SourceKind {
        match self {
            Self::Site(_) => SourceKind::Site,
            Self::Snapshot(_) => SourceKind::Snapshot,
            Self::Archive(_) | Self::Months(_) => SourceKind::Archive,
            Self::Event(_) => SourceKind::Event,
            Self::Asset => SourceKind::Asset,
            Self::Raw => SourceKind::Raw,
        }
    }
}

impl DrawRequest<'_> {
    /// The id that the address names; no address of such a kind is without.
    pub fn id(&self) -> Option<&Id> {
        match self.subject {
            Subject::Object(id) => Some(id),
            _ => None,
        }
    }

    /// The component that the query names.
    pub fn component(&self) -> Option<Id> {
        Id::parse(&self.query.get("component")?).ok()
    }

    /// What is searched for.
    pub fn words(&self) -> String {
        self.query.get("q").unwrap_or_default()
    }

    pub fn language(&self) -> Language {
        self.ask.language
    }
}

impl Drawn {
    pub fn text_or_missing(text: Option<String>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }
}

impl From<Result<String, RenderError>> for Drawn {
    fn from(drawn: Result<String, RenderError>) -> Self {
        match drawn {
            Ok(text) => Self::Text(text),
            Err(RenderError::OverBudget) => Self::OverBudget,
            Err(RenderError::Template(_)) => Self::Failed,
        }
    }
}
