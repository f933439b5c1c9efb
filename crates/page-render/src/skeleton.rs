//! The page's answer in one sentence and its geometry, before its content is there. It completes itself in the browser.

use page_model::{
    Language,
    limits::OUTLINE_GROUPS_MAX,
    site::{Current, SitePage},
};
use serde::Serialize;

use crate::{
    frame::{Frame, SiteView},
    index::{OPEN_COMPONENTS_MAX, SEARCH_COMPONENTS_MIN, legend},
    render::render_or_apologise,
    view::headline::HeadlineView,
    voice::Voice,
};

#[derive(Serialize)]
struct Skeleton<'a> {
    frame: Frame<'a>,
    headline: HeadlineView<'a>,
    /// One for each card.
    incidents: Vec<()>,
    groups: Vec<Outline>,
    searchable: bool,
    legend: [String; 2],
    renderer: Option<&'a str>,
    keeps_language: bool,
}

#[derive(Serialize)]
struct Outline {
    named: bool,
    /// One for each row.
    rows: Vec<()>,
}

/// How a skeleton becomes the page.
#[derive(Debug, Clone, Copy)]
pub struct Completion<'a> {
    pub language: Language,
    /// As in [`crate::Ask`].
    pub keeps_language: bool,
    /// Where the renderer for browsers lies, if the edge has it to give; else the browser asks until the page is there.
    pub renderer: Option<&'a str>,
}

pub fn skeleton(site: &SitePage, current: &Current, completion: Completion<'_>) -> String {
    let voice = Voice::of(completion.language);
    let large_page = current.outline.components as usize > OPEN_COMPONENTS_MAX;
    let (outline, title) = (
        &current.outline,
        voice.tell("status-of", [("name", site.name.as_str().into())]),
    );
    let headline = HeadlineView::new(&current.headline, usize::from(outline.incidents), current.as_of, voice);
    let mut rows_left = OPEN_COMPONENTS_MAX as u32;
    let groups = current.outline.groups.iter().take(OUTLINE_GROUPS_MAX);
    let view = Skeleton {
        frame: Frame {
            site: Some(SiteView {
                name: &site.name,
                website: None,
                logo: None,
            }),
            ..Frame::plain(voice, title, headline.tone)
        },
        headline,
        incidents: vec![(); usize::from(current.outline.incidents.min(INCIDENTS_MAX))],
        groups: groups
            .map(|&size| Outline::new(size, large_page, &mut rows_left))
            .collect(),
        searchable: current.outline.components as usize >= SEARCH_COMPONENTS_MIN,
        legend: legend(voice),
        renderer: completion.renderer,
        keeps_language: completion.keeps_language,
    };
    render_or_apologise("skeleton.html", voice, view)
}

impl Outline {
    /// A large page shows the heads of its groups only.
    fn new(size: i32, large_page: bool, rows_left: &mut u32) -> Self {
        let named = size >= 0;
        let rows = if large_page && named {
            0
        } else {
            size.unsigned_abs().min(*rows_left)
        };
        *rows_left -= rows;
        let rows = vec![(); rows as usize];
        Self { named, rows }
    }
}

/// Below these the rest is out of sight anyway.
const INCIDENTS_MAX: u16 = 5;
