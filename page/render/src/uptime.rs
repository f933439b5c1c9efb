//! How reliable every component has been, in numbers.

use minijinja::Value;
use page_model::{
    Snapshot,
    snapshot::{Component, Group},
};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, render},
    times::Moment,
    tone::Tone,
    view::component::path_of_rows,
};

#[derive(Serialize)]
struct UptimePage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    as_of: Moment,
    /// `90 days`, `60 days`, `30 days`
    spans: [String; 3],
    groups: Vec<GroupShares<'a>>,
}

#[derive(Serialize)]
struct GroupShares<'a> {
    name: Option<&'a str>,
    /// The page that has the rows of its components.
    path: Value,
    rows: Vec<Shares<'a>>,
}

#[derive(Serialize)]
struct Shares<'a> {
    id: &'a str,
    name: &'a str,
    shares: [String; 3],
}

/// `/uptime`
pub fn uptime(snapshot: &Snapshot, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let page = &snapshot.page;
    let frame = Frame::of_page(page, locale.text("uptime"), Tone::Fine, "/uptime", options);
    let large_page = snapshot.is_large();
    let groups = snapshot.groups.iter();
    let groups = groups.map(|group| GroupShares::new(group, large_page, locale));
    let view = UptimePage {
        frame: Frame {
            description: locale.format("uptime-description", [("name", page.name.as_str().into())]),
            ..frame.with_time_zone(page, snapshot.as_of, locale)
        },
        delayed: delayed(options.delayed_since, locale),
        as_of: locale.date_and_time(snapshot.as_of),
        spans: [90, 60, 30].map(|days| locale.format("last-days", [("days", days.into())])),
        groups: groups.filter(|group| !group.rows.is_empty()).collect(),
    };
    render("uptime.html", locale, view, options.fuel)
}

impl<'a> GroupShares<'a> {
    fn new(group: &'a Group, large_page: bool, locale: &Locale) -> Self {
        let shown = group.shown().filter_map(|component| Shares::new(component, locale));
        Self {
            name: group.named.as_ref().map(|named| named.name.as_str()),
            path: path_of_rows(group, large_page),
            rows: if group.is_shown() { shown.collect() } else { Vec::new() },
        }
    }
}

impl<'a> Shares<'a> {
    fn new(component: &'a Component, locale: &Locale) -> Option<Self> {
        let uptime = component.uptime.as_ref()?;
        let shares = [uptime.up_millionths, uptime.up_60_millionths, uptime.up_30_millionths];
        Some(Self {
            id: component.id.as_str(),
            name: &component.name,
            shares: shares.map(|share| locale.percent(share)),
        })
    }
}
