//! How reliable every component has been, in numbers.

use minijinja::Value;
use page_model::{
    Id, Snapshot,
    limits::UPTIME_DAYS,
    snapshot::{BadDay, Component, Group},
    status::Status,
};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, render},
    times::{Moment, day_of},
    tone::Tone,
    view::{
        bar::{Day, days, degraded_minutes},
        calendar::calendar,
        component::path_of_rows,
        told::Told,
    },
};

#[derive(Serialize)]
struct UptimePage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    as_of: Moment,
    /// `90 days`, `60 days`, `30 days`
    spans: [String; 3],
    groups: Vec<GroupShares<'a>>,
    /// The component that the page is narrowed to, its calendar, and the days that were not quiet, with what happened.
    component: Option<&'a str>,
    calendar: Option<Value>,
    days: Vec<Day<'a>>,
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
    shares: [Share; 3],
}

/// `/uptime`
pub fn uptime(snapshot: &Snapshot, options: RenderOptions) -> Result<String, RenderError> {
    uptime_of(snapshot, None, options)
}

/// `/uptime?component=`: one component, with a calendar of its days. One that the page does not show narrows nothing.
pub fn uptime_of(snapshot: &Snapshot, component: Option<&Id>, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let page = &snapshot.page;
    let shown = snapshot.groups.iter().filter(|group| group.is_shown());
    let mut shown = shown.flat_map(Group::shown).filter(|one| one.uptime.is_some());
    let component = component.and_then(|id| shown.find(|one| one.id == *id));
    let of_one = component.and_then(|one| one.uptime.as_ref());
    let told = component
        .zip(of_one)
        .map(|(one, uptime)| days(&one.id, uptime, &Told::of(snapshot), locale));
    let told = told.unwrap_or_default();
    let title = match component {
        Some(one) => format!("{} – {}", one.name, locale.text("uptime")),
        None => locale.text("uptime").to_owned(),
    };
    let frame = Frame::of_page(page, &title, Tone::Fine, "/uptime", options);
    let large_page = snapshot.is_large();
    let groups = snapshot.groups.iter();
    let groups = groups.map(|group| GroupShares::new(group, component, large_page, locale));
    let view = UptimePage {
        frame: Frame {
            description: locale.format("uptime-description", [("name", page.name.as_str().into())]),
            ..frame
                .with_moment(page, snapshot.as_of, locale)
                .narrowed(component.map(|one| &one.id))
        },
        component: component.map(|one| one.name.as_str()),
        calendar: of_one.map(|uptime| calendar(uptime, &told, day_of(snapshot.as_of), locale)),
        days: told,
        delayed: delayed(options.delayed_since, locale),
        as_of: locale.date_and_time(snapshot.as_of),
        spans: SPANS.map(|days| locale.format("last-days", [("days", days.into())])),
        groups: groups.filter(|group| !group.rows.is_empty()).collect(),
    };
    render("uptime.html", locale, view, options.fuel)
}

/// A number; where nothing was down but something degraded, that in place of a full one.
#[derive(Serialize)]
struct Share {
    text: String,
    is_number: bool,
}

impl Share {
    fn new(share: u32, days: &[BadDay], locale: &Locale) -> Self {
        match degraded_minutes(share, days) {
            None => Self {
                text: locale.percent(share),
                is_number: true,
            },
            Some(minutes) => Self {
                text: format!(
                    "{} {}",
                    locale.status(Status::DegradedPerformance),
                    locale.duration(minutes)
                ),
                is_number: false,
            },
        }
    }
}

impl<'a> GroupShares<'a> {
    /// With all its rows, or that of one component.
    fn new(group: &'a Group, only: Option<&Component>, large_page: bool, locale: &Locale) -> Self {
        let shown = group.shown().filter(|one| only.is_none_or(|only| only.id == one.id));
        let shown = shown.filter_map(|component| Shares::new(component, locale));
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
            shares: std::array::from_fn(|at| {
                let first = (UPTIME_DAYS - SPANS[at]) as u16;
                let days: Vec<BadDay> = uptime.days.iter().filter(|day| day.day >= first).cloned().collect();
                Share::new(shares[at], &days, locale)
            }),
        })
    }
}

/// In days, each up to today.
const SPANS: [usize; 3] = [90, 60, 30];
