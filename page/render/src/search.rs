//! What of a page has the words that somebody looks for.

use minijinja::Value;
use page_model::{Snapshot, limits::SEARCH_CHARS_MAX, snapshot::Component};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    index::{announcement, legend},
    locale::Locale,
    options::RenderOptions,
    order::{self, Event},
    render::{RenderError, render},
    times::{Moment, day_of},
    tone::Tone,
    view::{
        component::{GroupView, level_in, open_group},
        report::{Place, Report, Reporter},
    },
};

#[derive(Serialize)]
struct SearchPage<'a> {
    frame: Frame<'a>,
    query: &'a str,
    title: &'a str,
    delayed: Option<Moment>,
    count: Option<String>,
    left_out: Option<String>,
    announcement: Option<Value>,
    groups: Vec<GroupView<'a>>,
    reports: Vec<Report<'a>>,
    legend: [String; 2],
}

/// `/search?q=`
pub fn search(snapshot: &Snapshot, query: &str, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let query: String = query.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let title = match query.as_str() {
        "" => locale.text("search").to_owned(),
        query => locale.format("search-results", [("query", query.into())]),
    };
    let mut hits = Hits::new(&query);
    let groups = hits.groups(snapshot, locale);
    let reports = hits.reports(snapshot, locale);
    let count = |message: &str, number: usize| locale.format(message, [("count", number.into())]);
    let view = SearchPage {
        frame: Frame {
            query: format!("q={}&", encoded(&query)),
            ..Frame::of_page(&snapshot.page, &title, Tone::Fine, "/search", options).with_moment(
                &snapshot.page,
                snapshot.as_of,
                locale,
            )
        },
        query: &query,
        title: &title,
        delayed: delayed(options.delayed_since, locale),
        count: (!query.is_empty()).then(|| count("search-count", hits.found)),
        left_out: (hits.found > RESULTS_MAX).then(|| count("search-left-out", hits.found - RESULTS_MAX)),
        announcement: announcement(snapshot),
        groups,
        reports,
        legend: legend(locale),
    };
    render("search.html", locale, view, options.fuel)
}

/// Counts everything that has all the words, and keeps the first.
struct Hits {
    words: Vec<String>,
    found: usize,
}

impl Hits {
    fn new(query: &str) -> Self {
        let words = query.split_whitespace().take(QUERY_WORDS_MAX);
        Self {
            words: words.map(folded).collect(),
            found: 0,
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

    fn reports<'a>(&mut self, snapshot: &'a Snapshot, locale: &'static Locale) -> Vec<Report<'a>> {
        let reporter = Reporter {
            locale,
            place: Place::Found,
            day: Some(day_of(snapshot.as_of)),
        };
        let hits: Vec<Event<'_>> = order::all(snapshot)
            .filter(|event| self.has_all(event.name()))
            .collect();
        let places = RESULTS_MAX.saturating_sub(self.found);
        self.found += hits.len();
        let reports = order::chosen(hits.into_iter(), places)
            .into_iter()
            .map(|event| match event {
                Event::Incident(incident) => reporter.incident(incident),
                Event::Maintenance(maintenance) => reporter.maintenance(maintenance),
            });
        reports.collect()
    }
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

/// For comparing: large letters are small ones, and the sigma at the end of a word is one like any other.
fn folded(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters.map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect()
}
