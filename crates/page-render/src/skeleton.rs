//! The page's geometry before its content is there. It completes itself in the browser.

use page_model::{
    Language,
    limits::OUTLINE_GROUPS_MAX,
    site::{Current, SitePage},
};
use serde::Serialize;

use crate::{
    frame::{Frame, SiteView},
    index::OPEN_COMPONENTS_MAX,
    render::render_or_apologise,
    words::Tone,
};

#[derive(Serialize)]
struct Skeleton<'a> {
    frame: Frame<'a>,
    incidents: u16,
    groups: Vec<Outline>,
}

#[derive(Serialize)]
struct Outline {
    named: bool,
    rows: u32,
}

pub fn skeleton(site: &SitePage, current: &Current, _language: Language) -> String {
    let large_page = current.outline.components as usize > OPEN_COMPONENTS_MAX;
    let mut rows_left = OPEN_COMPONENTS_MAX as u32;
    let groups = current.outline.groups.iter().take(OUTLINE_GROUPS_MAX);
    let view = Skeleton {
        frame: Frame {
            site: Some(SiteView {
                name: &site.name,
                website: None,
            }),
            ..Frame::plain(format!("{} status", site.name), Tone::Fine)
        },
        incidents: current.outline.incidents.min(INCIDENTS_MAX),
        groups: groups
            .map(|&size| Outline::new(size, large_page, &mut rows_left))
            .collect(),
    };
    render_or_apologise("skeleton.html", view)
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
        Self { named, rows }
    }
}

/// Below these the rest is out of sight anyway.
const INCIDENTS_MAX: u16 = 5;
