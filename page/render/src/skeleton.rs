//! The page's headline and outline, before its content is there. It completes itself in the browser.

use page_model::{
    Language,
    limits::{OPEN_COMPONENTS_MAX, OUTLINE_GROUPS_MAX},
    site::{Current, SitePage},
};
use serde::Serialize;

use crate::{
    frame::{Frame, SiteView, language_query},
    index::{SEARCH_COMPONENTS_MIN, legend},
    locale::Locale,
    render::render_or_fallback,
    view::headline::HeadlineView,
};

#[derive(Serialize)]
struct Skeleton<'a> {
    frame: Frame<'a>,
    headline: HeadlineView<'a>,
    /// One for each card.
    incidents: Vec<()>,
    groups: Vec<GroupOutline>,
    searchable: bool,
    legend: [String; 2],
    renderer: Option<&'a str>,
    keeps_language: bool,
}

/// The outline of a group.
#[derive(Serialize)]
struct GroupOutline {
    named: bool,
    /// One for each row.
    rows: Vec<()>,
}

/// How a skeleton becomes the page.
#[derive(Debug, Clone, Copy)]
pub struct Completion<'a> {
    pub language: Language,
    /// As in [`crate::RenderOptions`].
    pub keeps_language: bool,
    /// Where the renderer for browsers lies, if the edge has it to give; else the browser asks until the page is there.
    pub renderer: Option<&'a str>,
}

pub fn skeleton(site: &SitePage, current: &Current, completion: Completion<'_>) -> String {
    let locale = Locale::of(completion.language);
    let outline = &current.outline;
    let title = locale.format("status-of", [("name", site.name.as_str().into())]);
    let headline = HeadlineView::new(&current.status, current.as_of, locale);
    let mut rows_left = OPEN_COMPONENTS_MAX as u32;
    let groups = outline.groups.iter().take(OUTLINE_GROUPS_MAX);
    let plain = Frame::plain(locale, title, headline.tone);
    let view = Skeleton {
        frame: Frame {
            site: Some(SiteView {
                name: &site.name,
                website: None,
                logo: None,
                logo_dark: None,
            }),
            language_query: language_query(completion.language, completion.keeps_language),
            ..plain
        },
        headline,
        incidents: vec![(); usize::from(outline.incidents.min(INCIDENTS_MAX))],
        groups: groups.map(|&rows| GroupOutline::new(rows, &mut rows_left)).collect(),
        searchable: outline.components as usize >= SEARCH_COMPONENTS_MIN,
        legend: legend(locale),
        renderer: completion.renderer,
        keeps_language: completion.keeps_language,
    };
    render_or_fallback("skeleton.html", locale, view)
}

impl GroupOutline {
    fn new(rows: i32, rows_left: &mut u32) -> Self {
        let (named, rows) = (rows >= 0, rows.unsigned_abs().min(*rows_left));
        *rows_left -= rows;
        Self {
            named,
            rows: vec![(); rows as usize],
        }
    }
}

/// Below these the rest is out of sight anyway.
const INCIDENTS_MAX: u16 = 5;
