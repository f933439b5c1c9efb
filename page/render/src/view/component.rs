//! Groups and their components.

use std::cmp::Reverse;

use minijinja::Value;
use page_model::{
    Snapshot,
    snapshot::{Component, Group},
    status::Status,
};
use serde::Serialize;

use super::{
    bar::{BarLabels, Day, bar, days, share},
    told::Told,
};
use crate::{
    locale::Locale,
    render::{address, prose},
    sorted::sort_by_key,
    tone::Tone,
};

#[derive(Debug, Serialize)]
pub struct GroupView<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    description: Option<Value>,
    tone: Tone,
    status: &'a str,
    open: bool,
    /// Whether its rows are on a page of its own, which it links to.
    has_own_page: bool,
    /// Whether any row has a bar, and so whether the bars need their legend.
    bars: bool,
    rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    tone: Tone,
    status: &'a str,
    uptime: Option<String>,
    bar: Option<Value>,
    description: Option<Value>,
    days: Vec<Day<'a>>,
    /// Of a component without such days: how many days it has been quiet.
    quiet: Option<String>,
}

/// A component that is not well, and where it stands on the page.
#[derive(Debug, Serialize)]
pub struct Affected<'a> {
    id: &'a str,
    name: &'a str,
    tone: Tone,
    status: &'a str,
}

/// The worst first, since a large page hides them among many.
pub fn affected<'a>(groups: &'a [Group], locale: &'static Locale) -> Vec<Affected<'a>> {
    let components = groups.iter().flat_map(|group| &group.components);
    let mut affected: Vec<&Component> = components.filter(|one| one.status != Status::Operational).collect();
    sort_by_key(&mut affected, |component| Reverse(component.status));
    let views = affected.into_iter().take(AFFECTED_MAX).map(|component| Affected {
        id: component.id.as_str(),
        name: &component.name,
        tone: component.status.into(),
        status: locale.status(component.status),
    });
    views.collect()
}

/// What stands on the page. A large page has the rows of groups in which something is wrong; the others have pages of
/// their own.
pub fn groups<'a>(snapshot: &'a Snapshot, locale: &'static Locale, large_page: bool) -> Vec<GroupView<'a>> {
    let mut rows = Rows::of(snapshot, locale);
    let shown = snapshot.groups.iter().filter(|group| group.is_shown());
    shown
        .map(|group| match large_page && group.has_own_page() {
            true => GroupView {
                has_own_page: true,
                ..GroupView::new(group, std::iter::empty(), false, level_in(group), &mut rows)
            },
            false => GroupView::new(group, group.shown(), group.is_open(), level_in(group), &mut rows),
        })
        .collect()
}

/// The path of the page that a component's row is on.
pub fn path_of_rows(group: &Group, large_page: bool) -> Value {
    match group.named.as_ref().filter(|_| large_page && group.has_own_page()) {
        Some(named) => address(format!("/groups/{}", named.id)),
        None => address("/".to_owned()),
    }
}

/// A group on another page than the front page: open, with these of its components. `level` is that of the first heading
/// in a description.
pub fn open_group<'a>(
    snapshot: &'a Snapshot,
    group: &'a Group,
    components: impl Iterator<Item = &'a Component>,
    level: u8,
    locale: &'static Locale,
) -> GroupView<'a> {
    GroupView::new(group, components, true, level, &mut Rows::of(snapshot, locale))
}

impl<'a> GroupView<'a> {
    fn new(
        group: &'a Group,
        components: impl Iterator<Item = &'a Component>,
        open: bool,
        level: u8,
        drawn: &mut Rows<'a>,
    ) -> Self {
        let locale = drawn.locale;
        let named = group.named.as_ref();
        let rows: Vec<Row<'_>> = components.map(|component| drawn.row(component, level)).collect();
        Self {
            id: named.map(|named| named.id.as_str()),
            name: named.map(|named| named.name.as_str()),
            description: named.and_then(|named| description(&named.description_html, level)),
            tone: group.status.into(),
            status: locale.status(group.status),
            open,
            has_own_page: false,
            bars: rows.iter().any(|row| row.bar.is_some()),
            rows,
        }
    }
}

/// Draws the rows of one page.
struct Rows<'a> {
    locale: &'static Locale,
    labels: BarLabels,
    told: Told<'a>,
}

impl<'a> Rows<'a> {
    fn of(snapshot: &'a Snapshot, locale: &'static Locale) -> Self {
        Self {
            locale,
            labels: BarLabels::new(locale),
            told: Told::of(snapshot),
        }
    }

    fn row(&mut self, component: &'a Component, level: u8) -> Row<'a> {
        let locale = self.locale;
        let uptime = component.uptime.as_ref();
        let days = uptime.map(|uptime| days(&component.id, uptime, &self.told, locale));
        let days = days.unwrap_or_default();
        Row {
            id: component.id.as_str(),
            name: &component.name,
            tone: component.status.into(),
            status: locale.status(component.status),
            uptime: uptime.map(|uptime| share(uptime.up_millionths, &uptime.days, locale)),
            bar: uptime.map(|uptime| bar(&uptime.runs, &days, &mut self.labels)),
            description: description(&component.description_html, level),
            quiet: uptime
                .filter(|_| days.is_empty())
                .map(|uptime| self.labels.quiet(uptime)),
            days,
        }
    }
}

/// Sanitised HTML, if there is any.
pub fn description(html: &str, level: u8) -> Option<Value> {
    (!html.is_empty()).then(|| prose(html, level))
}

/// Of headings in descriptions, among other groups: below the group's name, or below that of all components.
pub fn level_in(group: &Group) -> u8 {
    if group.named.is_some() { 4 } else { 3 }
}

/// Longer than what fits on a screen, the list helps nobody.
const AFFECTED_MAX: usize = 20;
