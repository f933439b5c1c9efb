//! How reliable every component has been, in numbers.

use minijinja::Value;
use page_model::{
    Snapshot,
    snapshot::{Component, Group},
};
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    render::{RenderError, render},
    view::component::home,
    voice::Voice,
    when::Moment,
    words::Tone,
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
    home: Value,
    rows: Vec<Shares<'a>>,
}

#[derive(Serialize)]
struct Shares<'a> {
    id: &'a str,
    name: &'a str,
    shares: [String; 3],
}

/// `/uptime`
pub fn uptime(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    let voice = Voice::of(ask.language);
    let page = &snapshot.page;
    let frame = Frame::of_page(page, voice.say("uptime"), Tone::Fine, "/uptime", ask);
    let large_page = snapshot.is_large();
    let groups = snapshot.groups.iter();
    let groups = groups.map(|group| GroupShares::new(group, large_page, voice));
    let view = UptimePage {
        frame: Frame {
            description: voice.tell("uptime-description", [("name", page.name.as_str().into())]),
            ..frame.on_clock_of(page, snapshot.as_of, voice)
        },
        delayed: delayed(ask.delayed_since, voice),
        as_of: voice.whole(snapshot.as_of),
        spans: [90, 60, 30].map(|days| voice.tell("last-days", [("days", days.into())])),
        groups: groups.filter(|group| !group.rows.is_empty()).collect(),
    };
    render("uptime.html", voice, view, ask.fuel)
}

impl<'a> GroupShares<'a> {
    fn new(group: &'a Group, large_page: bool, voice: &Voice) -> Self {
        let shown = group.shown().filter_map(|component| Shares::new(component, voice));
        Self {
            name: group.named.as_ref().map(|named| named.name.as_str()),
            home: home(group, large_page),
            rows: if group.is_shown() { shown.collect() } else { Vec::new() },
        }
    }
}

impl<'a> Shares<'a> {
    fn new(component: &'a Component, voice: &Voice) -> Option<Self> {
        let uptime = component.uptime.as_ref()?;
        let shares = [uptime.up_millionths, uptime.up_60_millionths, uptime.up_30_millionths];
        Some(Self {
            id: component.id.as_str(),
            name: &component.name,
            shares: shares.map(|share| voice.percent(share)),
        })
    }
}
