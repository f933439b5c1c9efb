//! Groups and their components.

use std::cmp::Reverse;

use minijinja::Value;
use page_model::{
    snapshot::{Component, Group},
    status::Status,
};
use serde::Serialize;

use super::bar::{Day, Lead, bar, days};
use crate::{
    render::{address, safe},
    voice::Voice,
    words::Tone,
};

#[derive(Debug, Serialize)]
pub struct GroupView<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    description: Option<Value>,
    tone: Tone,
    word: &'a str,
    open: bool,
    /// Whether its rows are on a page of its own.
    elsewhere: bool,
    /// Whether any row has a bar, and so whether the bars need their legend.
    bars: bool,
    rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    tone: Tone,
    word: &'a str,
    uptime: Option<String>,
    bar: Option<Value>,
    description: Option<Value>,
    days: Vec<Day<'a>>,
}

/// A component that is not well, and where it stands on the page.
#[derive(Debug, Serialize)]
pub struct Affected<'a> {
    id: &'a str,
    name: &'a str,
    tone: Tone,
    word: &'a str,
}

/// The worst first, since a large page hides them among many.
pub fn affected<'a>(groups: &'a [Group], voice: &'static Voice) -> Vec<Affected<'a>> {
    let components = groups.iter().flat_map(|group| &group.components);
    let mut affected: Vec<&Component> = components.filter(|one| one.status != Status::Operational).collect();
    affected.sort_by_key(|component| Reverse(component.status));
    let views = affected.into_iter().take(AFFECTED_MAX).map(|component| Affected {
        id: component.id.as_str(),
        name: &component.name,
        tone: component.status.into(),
        word: voice.status(component.status),
    });
    views.collect()
}

/// What stands on the page. A large page has the rows of groups in which something is wrong; the others have pages of
/// their own.
pub fn groups<'a>(groups: &'a [Group], voice: &'static Voice, large_page: bool) -> Vec<GroupView<'a>> {
    let mut lead = Lead::new(voice);
    let shown = groups.iter().filter(|group| group.is_shown());
    shown
        .map(|group| match large_page && group.has_own_page() {
            true => GroupView {
                elsewhere: true,
                ..GroupView::new(group, std::iter::empty(), false, &mut lead, voice)
            },
            false => GroupView::new(group, group.shown(), group.is_open(), &mut lead, voice),
        })
        .collect()
}

/// The path of the page that a component's row is on.
pub fn home(group: &Group, large_page: bool) -> Value {
    match group.named.as_ref().filter(|_| large_page && group.has_own_page()) {
        Some(named) => address(format!("/groups/{}", named.id)),
        None => address("/".to_owned()),
    }
}

/// A group away from the front page, with these of its components.
pub fn alone<'a>(
    group: &'a Group,
    components: impl Iterator<Item = &'a Component>,
    voice: &'static Voice,
) -> GroupView<'a> {
    GroupView::new(group, components, true, &mut Lead::new(voice), voice)
}

impl<'a> GroupView<'a> {
    fn new(
        group: &'a Group,
        components: impl Iterator<Item = &'a Component>,
        open: bool,
        lead: &mut Lead,
        voice: &'static Voice,
    ) -> Self {
        let named = group.named.as_ref();
        let rows: Vec<Row<'_>> = components.map(|component| Row::new(component, lead, voice)).collect();
        Self {
            id: named.map(|named| named.id.as_str()),
            name: named.map(|named| named.name.as_str()),
            description: named.and_then(|named| described(&named.description_html)),
            tone: group.status.into(),
            word: voice.status(group.status),
            open,
            elsewhere: false,
            bars: rows.iter().any(|row| row.bar.is_some()),
            rows,
        }
    }
}

impl<'a> Row<'a> {
    fn new(component: &'a Component, lead: &mut Lead, voice: &'static Voice) -> Self {
        let uptime = component.uptime.as_ref();
        let days = uptime.map(|uptime| days(uptime, voice)).unwrap_or_default();
        Self {
            id: component.id.as_str(),
            name: &component.name,
            tone: component.status.into(),
            word: voice.status(component.status),
            uptime: uptime.map(|uptime| voice.percent(uptime.up_millionths)),
            bar: uptime.map(|uptime| bar(&uptime.runs, &days, lead)),
            description: described(&component.description_html),
            days,
        }
    }
}

/// Sanitised HTML, if there is any.
pub fn described(html: &str) -> Option<Value> {
    (!html.is_empty()).then(|| safe(html))
}

/// Longer than what fits on a screen, the list helps nobody.
const AFFECTED_MAX: usize = 20;
