//! Groups and their components.

use std::{borrow::Cow, cmp::Reverse};

use minijinja::Value;
use page_model::{
    Id, Snapshot,
    snapshot::{Component, Group},
    status::Status,
};
use serde::Serialize;

use super::{
    bar::{BarLabels, Day, bar, days, degraded_minutes, share},
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
    status: Cow<'a, str>,
    open: bool,
    /// Whether its rows are on a page of its own, which it links to.
    has_own_page: bool,
    /// Whether any row has a bar, and so whether the bars need their legend.
    bars: bool,
    rows: Vec<Row<'a>>,
    /// Those that share a line, and what it says.
    rest: Vec<Row<'a>>,
    rest_label: String,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    tone: Tone,
    status: &'a str,
    uptime: Option<String>,
    /// Whether that is more than a number.
    told: bool,
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

/// The worst first, since a large page hides them among many; without those that an open event names.
pub fn affected<'a>(groups: &'a [Group], is_told: &dyn Fn(&Id) -> bool, locale: &'static Locale) -> Vec<Affected<'a>> {
    let components = groups.iter().flat_map(|group| &group.components);
    let mut affected: Vec<&Component> = components
        .filter(|one| one.status != Status::Operational && !is_told(&one.id))
        .collect();
    sort_by_key(&mut affected, |component| Reverse(component.status));
    let views = affected.into_iter().take(AFFECTED_MAX).map(|component| Affected {
        id: component.id.as_str(),
        name: &component.name,
        tone: component.status.into(),
        status: locale.status(component.status),
    });
    views.collect()
}

/// What stands on the page, and what is well and shares one line behind it. A large page has the rows of groups in which
/// something is wrong; the others have pages of their own.
pub fn groups<'a>(
    snapshot: &'a Snapshot,
    locale: &'static Locale,
    large_page: bool,
) -> (Vec<GroupView<'a>>, Vec<GroupView<'a>>) {
    let mut drawn = Rows::of(snapshot, locale);
    let folds = snapshot.folds();
    let mut views = |groups: Vec<&'a Group>| -> Vec<GroupView<'a>> {
        let views = groups.into_iter().map(|group| {
            let has_own_page = large_page && group.has_own_page();
            let (lines, rest) = if has_own_page {
                Default::default()
            } else {
                group.lines()
            };
            let well = (folds && !group.is_in_trouble()).then(|| operational(group.shown().count(), locale));
            let view = GroupView::new(group, lines, group.is_open(folds), level_in(group), &mut drawn);
            GroupView {
                has_own_page,
                status: well.map_or(view.status, Cow::Owned),
                bars: view.bars || rest.iter().any(|component| component.uptime.is_some()),
                rest_label: operational(rest.len(), locale),
                rest: drawn.rows(rest, level_in(group)),
                ..view
            }
        });
        views.collect()
    };
    let (standing, others) = snapshot.groups_on_page();
    (views(standing), views(others))
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
    GroupView::new(
        group,
        components.collect(),
        true,
        level,
        &mut Rows::of(snapshot, locale),
    )
}

impl<'a> GroupView<'a> {
    fn new(group: &'a Group, components: Vec<&'a Component>, open: bool, level: u8, drawn: &mut Rows<'a>) -> Self {
        let locale = drawn.locale;
        let named = group.named.as_ref();
        let rows = drawn.rows(components, level);
        Self {
            id: named.map(|named| named.id.as_str()),
            name: named.map(|named| named.name.as_str()),
            description: named.and_then(|named| description(&named.description_html, level)),
            tone: group.status.into(),
            status: locale.status(group.status).into(),
            open,
            has_own_page: false,
            bars: rows.iter().any(|row| row.bar.is_some()),
            rows,
            rest: Vec::new(),
            rest_label: String::new(),
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

    fn rows(&mut self, components: Vec<&'a Component>, level: u8) -> Vec<Row<'a>> {
        let rows = components.into_iter().map(|component| self.row(component, level));
        rows.collect()
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
            told: uptime.is_some_and(|uptime| degraded_minutes(uptime.up_millionths, &uptime.days).is_some()),
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

fn operational(count: usize, locale: &Locale) -> String {
    locale.format("count-operational", [("count", count.into())])
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
