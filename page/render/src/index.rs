//! The page itself: what is wrong now, what was, and how reliable it has been.

use minijinja::Value;
use page_model::{Snapshot, snapshot::Maintenance, status::MaintenanceStatus};
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    render::{RenderError, render, safe},
    view::{
        component::{Affected, GroupView, affected, described, groups},
        headline::HeadlineView,
        metric::MetricView,
        past::{Entry, last_days},
        report::{Place, Report, Reporter},
    },
    voice::Voice,
    when::{Moment, day_of},
};

/// From this size on a page can be searched; a smaller one is read faster.
pub const SEARCH_COMPONENTS_MIN: usize = 30;

#[derive(Serialize)]
struct Index<'a> {
    frame: Frame<'a>,
    headline: HeadlineView<'a>,
    delayed: Option<Moment>,
    announcement: Option<Value>,
    about: Option<Value>,
    reports: Vec<Report<'a>>,
    upcoming: Vec<Report<'a>>,
    /// On a large page, the components that are not well.
    affected: Vec<Affected<'a>>,
    groups: Vec<GroupView<'a>>,
    /// How old the oldest day of a bar is, and the newest.
    legend: [String; 2],
    searchable: bool,
    uptime: bool,
    metrics: Vec<MetricView<'a>>,
    past: Vec<Entry<'a>>,
    history: bool,
}

/// `/`
pub fn index(snapshot: &Snapshot, ask: Ask) -> Result<String, RenderError> {
    let voice = Voice::of(ask.language);
    render("index.html", voice, Index::new(snapshot, ask, voice), ask.fuel)
}

impl<'a> Index<'a> {
    fn new(snapshot: &'a Snapshot, ask: Ask, voice: &'static Voice) -> Self {
        let large_page = snapshot.is_large();
        let headline = HeadlineView::of_snapshot(snapshot, voice);
        let frame = Frame::of_page(&snapshot.page, headline.text, headline.tone, "/", ask);
        let reporter = Reporter {
            voice,
            place: Place::Current,
            day: Some(day_of(snapshot.as_of)),
        };
        let all = snapshot.groups.iter().flat_map(|group| &group.components);
        Self {
            frame: described_by(&snapshot.page.description, frame).on_clock_of(&snapshot.page, snapshot.as_of, voice),
            headline,
            delayed: delayed(ask.delayed_since, voice),
            announcement: snapshot.announcement.as_ref().map(|said| safe(said.body_html.as_str())),
            about: described(&snapshot.page.description_html),
            reports: under_way(snapshot, reporter),
            upcoming: upcoming(snapshot, reporter),
            affected: match large_page {
                true => affected(&snapshot.groups, voice),
                false => Vec::new(),
            },
            groups: groups(&snapshot.groups, voice, large_page),
            legend: legend(voice),
            searchable: snapshot.components() >= SEARCH_COMPONENTS_MIN,
            uptime: all.clone().any(|component| component.uptime.is_some()),
            metrics: snapshot
                .metrics
                .iter()
                .map(|metric| MetricView::new(metric, voice))
                .collect(),
            past: last_days(snapshot, voice),
            history: !snapshot.archive_months.is_empty(),
        }
    }
}

/// In the publisher's own words, where there are any.
fn described_by<'a>(description: &str, frame: Frame<'a>) -> Frame<'a> {
    if description.is_empty() {
        return frame;
    }
    Frame {
        description: description.chars().take(DESCRIPTION_CHARS_MAX).collect(),
        ..frame
    }
}

fn under_way(snapshot: &Snapshot, reporter: Reporter) -> Vec<Report<'_>> {
    let incidents = snapshot.incidents.iter().filter(|incident| !incident.status.is_over());
    let maintenances = snapshot.maintenances.iter();
    let maintenances = maintenances.filter(|maintenance| maintenance.status.is_under_way());
    incidents
        .map(|incident| reporter.incident(incident))
        .chain(maintenances.map(|maintenance| reporter.maintenance(maintenance)))
        .collect()
}

fn upcoming(snapshot: &Snapshot, reporter: Reporter) -> Vec<Report<'_>> {
    let mut maintenances: Vec<&Maintenance> = snapshot
        .maintenances
        .iter()
        .filter(|maintenance| maintenance.status == MaintenanceStatus::Scheduled)
        .collect();
    maintenances.sort_by_key(|maintenance| maintenance.starts_at.at_ms);
    maintenances
        .into_iter()
        .map(|maintenance| reporter.maintenance(maintenance))
        .collect()
}

/// What stands under the bars.
pub fn legend(voice: &Voice) -> [String; 2] {
    let days = page_model::limits::UPTIME_DAYS;
    [
        voice.tell("days-ago", [("days", days.into())]),
        voice.say("today").to_owned(),
    ]
}

/// Search engines show no more of a description.
const DESCRIPTION_CHARS_MAX: usize = 300;
