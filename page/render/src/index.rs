//! The page itself: what is wrong now, what was, and how reliable it has been.

use minijinja::Value;
use page_model::{Snapshot, prose::words};
use serde::Serialize;

use crate::{
    formats::line::one_line,
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    order,
    render::{RenderError, prose, render},
    times::{Moment, day_of},
    view::{
        component::{Affected, GroupView, affected, description, groups},
        course::Course,
        headline::HeadlineView,
        metric::MetricView,
        past::{Entry, last_days},
        report::{Place, Report, Reporter},
        touched::Components,
    },
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
    /// The next maintenances, and those behind them.
    upcoming: Vec<Report<'a>>,
    later: Vec<Report<'a>>,
    later_label: String,
    /// On a large page, the components that are not well.
    affected: Vec<Affected<'a>>,
    groups: Vec<GroupView<'a>>,
    /// On a page with many groups, those behind the first that are well.
    more_groups: Vec<GroupView<'a>>,
    more_groups_label: String,
    /// How old the oldest day of a bar is, and the newest.
    legend: [String; 2],
    searchable: bool,
    uptime: bool,
    metrics: Vec<MetricView<'a>>,
    past: Vec<Entry<'a>>,
    history: bool,
}

/// `/`
pub fn index(snapshot: &Snapshot, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    render(
        "index.html",
        locale,
        Index::new(snapshot, options, locale),
        options.fuel,
    )
}

impl<'a> Index<'a> {
    fn new(snapshot: &'a Snapshot, options: RenderOptions, locale: &'static Locale) -> Self {
        let large_page = snapshot.is_large();
        let day = day_of(snapshot.as_of);
        let mut headline =
            HeadlineView::new(&snapshot.status, snapshot.as_of, locale).known_until(options.delayed_since, locale);
        headline.course = Course::of_page(snapshot, day, locale);
        let title = headline.title(locale);
        let frame = Frame::of_page(&snapshot.page, &title, headline.tone, "/", options);
        let reporter = Reporter {
            locale,
            place: Place::Current,
            day: Some(day),
        };
        let components = Components::of(snapshot);
        let mut upcoming = upcoming(snapshot, reporter);
        let later = upcoming.split_off(upcoming.len().min(UPCOMING_OPEN_MAX));
        let searchable = snapshot.components() >= SEARCH_COMPONENTS_MIN;
        let (groups, more_groups) = groups(snapshot, locale, large_page);
        let all = snapshot.groups.iter().flat_map(|group| &group.components);
        Self {
            frame: with_description(&snapshot.page.description_html, frame).with_moment(
                &snapshot.page,
                snapshot.as_of,
                locale,
            ),
            headline,
            delayed: delayed(options.delayed_since, locale),
            announcement: announcement(snapshot),
            about: description(&snapshot.page.description_html, TEXT_LEVEL),
            reports: under_way(snapshot, reporter, &components),
            upcoming,
            later_label: locale.format("more-events", [("count", later.len().into())]),
            later,
            affected: match searchable {
                true => affected(&snapshot.groups, &|id| components.has(id), locale),
                false => Vec::new(),
            },
            more_groups_label: locale.format("more-groups", [("count", more_groups.len().into())]),
            more_groups,
            groups,
            legend: legend(locale),
            searchable,
            uptime: all.clone().any(|component| component.uptime.is_some()),
            metrics: snapshot
                .metrics
                .iter()
                .map(|metric| MetricView::new(metric, locale))
                .collect(),
            past: last_days(snapshot, locale),
            history: !snapshot.archive_months.is_empty(),
        }
    }
}

pub fn announcement(snapshot: &Snapshot) -> Option<Value> {
    let announcement = snapshot.announcement.as_ref();
    announcement.map(|announcement| prose(&announcement.body_html, TEXT_LEVEL))
}

/// With the publisher's own description, where there is one.
fn with_description<'a>(html: &str, frame: Frame<'a>) -> Frame<'a> {
    let description = one_line(&words(html));
    if description.is_empty() {
        return frame;
    }
    Frame {
        description: description.chars().take(DESCRIPTION_CHARS_MAX).collect(),
        ..frame
    }
}

fn under_way<'a>(snapshot: &'a Snapshot, reporter: Reporter, components: &Components<'a>) -> Vec<Report<'a>> {
    let open = order::open(snapshot).into_iter();
    let incidents = open.map(|one| reporter.located(reporter.incident(one), &one.components, components));
    let running = order::running(snapshot);
    let maintenances = running.map(|one| reporter.located(reporter.maintenance(one), &one.components, components));
    incidents.chain(maintenances).collect()
}

/// What is to come says nothing yet of how its components are.
fn upcoming(snapshot: &Snapshot, reporter: Reporter) -> Vec<Report<'_>> {
    let next = order::next(snapshot).into_iter();
    next.map(|maintenance| reporter.maintenance(maintenance)).collect()
}

/// What stands under the bars.
pub fn legend(locale: &Locale) -> [String; 2] {
    let days = page_model::limits::UPTIME_DAYS;
    [
        locale.format("days-ago", [("days", days.into())]),
        locale.text("today").to_owned(),
    ]
}

/// Of headings in texts that stand below the page's headline.
const TEXT_LEVEL: u8 = 2;
/// Search engines show no more of a description.
const DESCRIPTION_CHARS_MAX: usize = 300;
/// Maintenances to come that stand open; more of them would push down what is wrong now.
const UPCOMING_OPEN_MAX: usize = 3;
