//! How bad it is and for how long already, in words.
//!
//! A page is kept and read long after it was drawn, and its snapshot is as old as the last change. So the beginning is told as a
//! moment, and the time since as the least that it can be: that stays true however late somebody reads it.

use page_model::{Snapshot, Stamp, snapshot::Incident};
use serde::Serialize;
use time::Date;

use crate::{
    locale::Locale,
    order,
    times::{Moment, Zone},
    tone::Tone,
};

#[derive(Debug, Serialize)]
pub struct Course<'a> {
    tone: Tone,
    /// `Critical impact`
    impact: Option<&'a str>,
    /// `2 open incidents`, where there are several.
    count: Option<String>,
    /// `ongoing for over 9 h`
    ongoing: String,
    started: Moment,
}

impl<'a> Course<'a> {
    /// Of everything that is open; `None` where no incident is.
    pub fn of_page(snapshot: &'a Snapshot, day: Date, locale: &'static Locale) -> Option<Self> {
        let open = order::open(snapshot);
        let worst = open.first()?;
        let first = open.iter().min_by_key(|incident| incident.started_at.at_ms)?;
        let count = (open.len() > 1).then(|| locale.format("open-incidents", [("count", open.len().into())]));
        let started = locale.time_on(day, first.started_at, Zone::Shown);
        Some(Self {
            count,
            ..Self::new(worst, first.started_at, started, Some(snapshot.as_of), locale)
        })
    }

    /// Of one incident on its own page; `None` where it is over.
    pub fn of_incident(incident: &'a Incident, as_of: Option<Stamp>, locale: &'static Locale) -> Option<Self> {
        let started = locale.date_and_time(incident.started_at);
        (!incident.status.is_over()).then(|| Self::new(incident, incident.started_at, started, as_of, locale))
    }

    fn new(
        worst: &'a Incident,
        started_at: Stamp,
        started: Moment,
        as_of: Option<Stamp>,
        locale: &'static Locale,
    ) -> Self {
        let minutes = as_of.map_or(0, |as_of| as_of.at_ms.saturating_sub(started_at.at_ms) / MINUTE_MS);
        Self {
            tone: worst.impact.into(),
            impact: locale.impact(worst.impact),
            count: None,
            ongoing: match coarse(minutes) {
                ..1 => locale.text("ongoing-now").to_owned(),
                minutes => locale.format("ongoing-for", [("duration", locale.duration(minutes).into())]),
            },
            started,
        }
    }
}

/// In the unit that a reader thinks in.
fn coarse(minutes: i64) -> i64 {
    let unit = match minutes {
        ..60 => 1,
        60..DAY => 60,
        _ => DAY,
    };
    minutes / unit * unit
}

const MINUTE_MS: i64 = 60_000;
const DAY: i64 = 1_440;
