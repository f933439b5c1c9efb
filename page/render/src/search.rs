//! What of a page has the words that somebody looks for.

use minijinja::Value;
use page_model::{
    Archive, Snapshot, Stamp,
    limits::{RECENT_EVENTS_MAX, SEARCH_CHARS_MAX},
    snapshot::{Component, Page, Update},
};
use serde::Serialize;
use time::Date;

use crate::{
    folded::folded,
    frame::{Frame, delayed},
    index::{announcement, legend},
    locale::Locale,
    month::of_archive,
    options::RenderOptions,
    order::{self, Event, Stage},
    render::{RenderError, render},
    times::{Moment, day_of, month_of},
    tone::Tone,
    view::{
        component::{GroupView, level_in, open_group},
        report::{Place, Report, Reporter},
    },
};

#[derive(Serialize)]
struct SearchPage<'a> {
    frame: Frame<'a>,
    query: String,
    title: String,
    delayed: Option<Moment>,
    count: Option<String>,
    left_out: Option<String>,
    announcement: Option<Value>,
    groups: Vec<GroupView<'a>>,
    reports: Vec<Report<'a>>,
    legend: [String; 2],
    /// The months that were looked through, where these are not the newest.
    months: Option<String>,
    /// Where to look further, without the language, and how that is called.
    earlier: Option<String>,
    earlier_text: String,
}

/// `/search?q=`
pub fn search(snapshot: &Snapshot, query: &str, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let mut hits = Hits::new(query);
    let groups = hits.groups(snapshot, locale);
    let reports = hits.reports(order::all(snapshot).collect(), Some(day_of(snapshot.as_of)), locale);
    let view = hits.page(&snapshot.page, newest_incomplete(snapshot), options);
    let view = SearchPage {
        frame: view.frame.with_moment(&snapshot.page, snapshot.as_of, locale),
        announcement: announcement(snapshot),
        groups,
        reports,
        ..view
    };
    render("search.html", locale, view, options.fuel)
}

/// `/search?q=&month=`: what began in these months of the archive and is over. They are the newest first, and no more than one
/// visit looks through; there is at least one.
pub fn earlier_results(months: &[Archive], query: &str, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let mut hits = Hits::new(query);
    let mut reports = Vec::new();
    let mut looked_through = months;
    for (at, month) in months.iter().enumerate() {
        let incidents = month.incidents.iter().map(Event::Incident);
        let mut events: Vec<Event<'_>> = incidents
            .chain(month.maintenances.iter().map(Event::Maintenance))
            .collect();
        events.retain(|event| event.stage() == Stage::Over && month_of(event.began()) == month.month);
        reports.extend(hits.reports(events, None, locale));
        if hits.found >= EARLIER_RESULTS_MIN {
            looked_through = &months[..=at];
            break;
        }
    }
    let (Some(newest), Some(oldest)) = (looked_through.first(), looked_through.last()) else {
        return Err(RenderError::OverBudget);
    };
    let view = hits.page(&newest.page, oldest.older.as_deref(), options);
    let mut names = [newest, oldest]
        .into_iter()
        .filter_map(|one| locale.month_of_year(&one.month));
    let view = SearchPage {
        frame: Frame {
            query: format!("month={}&q={}&", newest.month, encoded(&hits.query)),
            ..of_archive(view.frame, newest, locale)
        },
        months: match looked_through.len() {
            1 => names.next(),
            _ => {
                let [last, first] = [names.next().unwrap_or_default(), names.next().unwrap_or_default()];
                Some(locale.format("days", [("first", first.into()), ("last", last.into())]))
            }
        },
        reports,
        ..view
    };
    render("search.html", locale, view, options.fuel)
}

/// The newest month of the archive of which the snapshot may not have all that began in it. A snapshot that holds fewer events
/// than it keeps whatever their age has everything.
fn newest_incomplete(snapshot: &Snapshot) -> Option<&str> {
    let incidents = snapshot.incidents.iter().map(|one| one.started_at).collect();
    let maintenances = snapshot.maintenances.iter().map(|one| one.starts_at).collect();
    let oldest_surely_there = oldest_of_recent(incidents).max(oldest_of_recent(maintenances))?;
    let mut months = snapshot.archive_months.iter().map(String::as_str);
    months.find(|month| *month <= oldest_surely_there.as_str())
}

/// The month of the oldest of those that a snapshot has whatever their age, if it has so many.
fn oldest_of_recent(starts: Vec<Stamp>) -> Option<String> {
    let later = |than: &Stamp| starts.iter().filter(|one| one.at_ms > than.at_ms).count();
    let recent = starts.iter().filter(|one| later(one) < RECENT_EVENTS_MAX);
    let oldest = recent.min_by_key(|one| one.at_ms).copied();
    oldest.filter(|_| starts.len() >= RECENT_EVENTS_MAX).map(month_of)
}

/// Counts everything that has all the words, and keeps the first.
struct Hits {
    query: String,
    words: Vec<String>,
    found: usize,
}

impl Hits {
    fn new(query: &str) -> Self {
        let query: String = query.trim().chars().take(SEARCH_CHARS_MAX).collect();
        let words = query.split_whitespace().take(QUERY_WORDS_MAX);
        Self {
            words: words.map(folded).collect(),
            query,
            found: 0,
        }
    }

    /// The page around what was found.
    fn page<'a>(&self, page: &'a Page, earlier: Option<&'a str>, options: RenderOptions) -> SearchPage<'a> {
        let locale = Locale::of(options.language);
        let title = match self.query.as_str() {
            "" => locale.text("search").to_owned(),
            query => locale.format("search-results", [("query", query.into())]),
        };
        let count = |message: &str, number: usize| locale.format(message, [("count", number.into())]);
        let earlier = earlier.filter(|_| !self.words.is_empty());
        SearchPage {
            frame: Frame {
                query: format!("q={}&", encoded(&self.query)),
                ..Frame::of_page(page, &title, Tone::Fine, "/search", options)
            },
            query: self.query.clone(),
            title,
            delayed: delayed(options.delayed_since, locale),
            count: (!self.query.is_empty()).then(|| count("search-count", self.found)),
            left_out: (self.found > RESULTS_MAX).then(|| count("search-left-out", self.found - RESULTS_MAX)),
            announcement: None,
            groups: Vec::new(),
            reports: Vec::new(),
            legend: legend(locale),
            months: None,
            earlier: earlier.map(|month| format!("month={month}&q={}", encoded(&self.query))),
            earlier_text: earlier
                .and_then(|month| locale.month_of_year(month))
                .map_or_else(String::new, |month| {
                    locale.format("search-earlier", [("month", month.into())])
                }),
        }
    }

    /// Whether it is one of those to be shown.
    fn takes(&mut self, text: &str) -> bool {
        let hit = self.has_all(text);
        self.found += usize::from(hit);
        hit && self.found <= RESULTS_MAX
    }

    fn has_all(&self, text: &str) -> bool {
        let text = folded(text);
        !self.words.is_empty() && self.words.iter().all(|word| text.contains(word))
    }

    /// Components are found by their group's name too.
    fn groups<'a>(&mut self, snapshot: &'a Snapshot, locale: &'static Locale) -> Vec<GroupView<'a>> {
        let mut views = Vec::new();
        for group in snapshot.groups.iter().filter(|group| group.is_shown()) {
            let name = group.named.as_ref().map_or("", |named| named.name.as_str());
            let hits: Vec<&Component> = group
                .shown()
                .filter(|component| self.takes(&format!("{name} {}", component.name)))
                .collect();
            if !hits.is_empty() {
                views.push(open_group(snapshot, group, hits.into_iter(), level_in(group), locale));
            }
        }
        views
    }

    /// Of an event on `day` the times do without it.
    fn reports<'a>(
        &mut self,
        mut events: Vec<Event<'a>>,
        day: Option<Date>,
        locale: &'static Locale,
    ) -> Vec<Report<'a>> {
        let reporter = Reporter {
            locale,
            place: Place::Found,
            day,
        };
        events.retain(|event| self.has_all(&told(event)));
        let places = RESULTS_MAX.saturating_sub(self.found);
        self.found += events.len();
        let reports = order::chosen(events.into_iter(), places)
            .into_iter()
            .map(|event| match event {
                Event::Incident(incident) => reporter.incident(incident),
                Event::Maintenance(maintenance) => reporter.maintenance(maintenance),
            });
        reports.collect()
    }
}

/// All that an event says: its name, and its updates as they were written.
fn told(event: &Event<'_>) -> String {
    fn add<S>(text: &mut String, updates: &[Update<S>]) {
        for update in updates {
            text.push('\n');
            text.push_str(&update.body);
        }
    }
    let mut text = event.name().to_owned();
    match event {
        Event::Incident(incident) => add(&mut text, &incident.updates),
        Event::Maintenance(maintenance) => add(&mut text, &maintenance.updates),
    }
    text
}

/// As it stands in an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

const QUERY_WORDS_MAX: usize = 10;
const RESULTS_MAX: usize = 50;
/// With so many from some months nobody looks into those before them yet.
const EARLIER_RESULTS_MIN: usize = 20;
