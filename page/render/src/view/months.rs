//! The months that have an archive, in a calendar of their years, with the number of incidents that began in each.

use std::{cmp::Reverse, collections::HashMap};

use page_model::{Snapshot, limits::RECENT_EVENTS_MAX, snapshot::Incident};
use serde::Serialize;

use crate::{
    locale::Locale,
    sorted::sort_by_key,
    texts::capitalised,
    times::{month_of, parse_month},
};

#[derive(Debug, Serialize)]
pub struct Year<'a> {
    year: i32,
    months: Vec<MonthLink<'a>>,
}

#[derive(Debug, Serialize)]
struct MonthLink<'a> {
    id: &'a str,
    name: String,
    count: Option<String>,
}

/// How many incidents began in each month. A snapshot has the most recent ones without a gap, so what is before the oldest of
/// them is not known.
pub struct Counts {
    by_month: HashMap<String, usize>,
    /// The first month of which all are known; `None` where that is each.
    complete_from: Option<String>,
}

impl Counts {
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut recent: Vec<&Incident> = snapshot.incidents.iter().collect();
        sort_by_key(&mut recent, |incident| Reverse(incident.started_at.at_ms));
        let oldest = recent.get(RECENT_EVENTS_MAX - 1).map(|one| month_of(one.started_at));
        let mut by_month = HashMap::new();
        for incident in recent {
            *by_month.entry(month_of(incident.started_at)).or_default() += 1;
        }
        Self {
            by_month,
            complete_from: oldest,
        }
    }

    /// `3 incidents`
    pub fn text(&self, month: &str, locale: &Locale) -> Option<String> {
        // Of the month of the oldest one some may be left out.
        let is_known = self.complete_from.as_deref().is_none_or(|oldest| month > oldest);
        let count = self.by_month.get(month).copied().unwrap_or_default();
        is_known.then(|| locale.format("incident-count", [("count", count.into())]))
    }
}

/// In the order in which they are given: the newest first.
pub fn years<'a>(months: &'a [String], counts: Option<&Counts>, locale: &Locale) -> Vec<Year<'a>> {
    let mut years: Vec<Year<'_>> = Vec::new();
    for (id, (year, month)) in months.iter().filter_map(|text| Some((text, parse_month(text)?))) {
        let link = MonthLink {
            id,
            name: capitalised(locale.month(month)),
            count: counts.and_then(|counts| counts.text(id, locale)),
        };
        match years.last_mut() {
            Some(last) if last.year == year => last.months.push(link),
            _ => years.push(Year {
                year,
                months: vec![link],
            }),
        }
    }
    years
}
