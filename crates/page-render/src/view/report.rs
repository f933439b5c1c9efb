//! An incident or a maintenance: what happened, to what, when, and what was said about it.

use minijinja::Value;
use page_model::{
    Stamp,
    snapshot::{Incident, Maintenance, Touched, Update},
    status::Impact,
};
use serde::Serialize;
use time::Date;

use crate::{
    render::safe,
    when::{Moment, Zone, day_of},
    words::{self, Tone, count, minutes},
};

/// Where a report stands, and so how many of its updates stand open; the earlier ones are one click away.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// Among what is going on or will be.
    Current,
    Past,
}

#[derive(Debug, Serialize)]
pub struct Report<'a> {
    id: &'a str,
    name: &'a str,
    tone: Tone,
    state: &'static str,
    impact: Option<&'static str>,
    components: &'a [Touched],
    began: Moment,
    ended: Option<Moment>,
    lasted: Option<String>,
    updates: Vec<UpdateView>,
    earlier: Vec<UpdateView>,
    /// What unfolds the earlier updates: `3 earlier updates`.
    earlier_label: String,
}

#[derive(Debug, Serialize)]
struct UpdateView {
    state: &'static str,
    at: Moment,
    body: Value,
}

impl<'a> Report<'a> {
    /// `day` is the date that the reader has before their eyes: times on it stand without it.
    pub fn incident(incident: &'a Incident, place: Place, day: Date) -> Self {
        let (updates, earlier) = updates(&incident.updates, words::incident, place, day);
        Self {
            id: incident.id.as_str(),
            name: &incident.name,
            tone: incident.impact.into(),
            state: words::incident(incident.status),
            impact: words::impact(incident.impact),
            components: &incident.components,
            began: Moment::seen_on(day, incident.started_at, zone_of_start(incident.resolved_at)),
            ended: incident.resolved_at.map(|end| end_of(incident.started_at, end)),
            lasted: incident.resolved_at.map(|end| lasted(incident.started_at, end)),
            earlier_label: count(earlier.len(), "earlier update"),
            updates,
            earlier,
        }
    }

    pub fn maintenance(maintenance: &'a Maintenance, place: Place, day: Date) -> Self {
        let (updates, earlier) = updates(&maintenance.updates, words::maintenance, place, day);
        Self {
            id: maintenance.id.as_str(),
            name: &maintenance.name,
            tone: Impact::None.into(),
            state: words::maintenance(maintenance.status),
            impact: None,
            components: &maintenance.components,
            began: Moment::seen_on(day, maintenance.starts_at, Zone::Left),
            ended: Some(end_of(maintenance.starts_at, maintenance.ends_at)),
            lasted: Some(lasted(maintenance.starts_at, maintenance.ends_at)),
            earlier_label: count(earlier.len(), "earlier update"),
            updates,
            earlier,
        }
    }
}

impl Place {
    fn open_updates(self) -> usize {
        match self {
            Self::Current => 5,
            Self::Past => 1,
        }
    }
}

/// The newest updates that stand open, and those that are folded.
fn updates<S: Copy>(
    all: &[Update<S>],
    word: fn(S) -> &'static str,
    place: Place,
    day: Date,
) -> (Vec<UpdateView>, Vec<UpdateView>) {
    let view = |update: &Update<S>| UpdateView {
        state: word(update.status),
        at: Moment::seen_on(day, update.at, Zone::Said),
        body: safe(update.body_html.as_str()),
    };
    let (newest, earlier) = all.split_at(place.open_updates().min(all.len()));
    (newest.iter().map(view).collect(), earlier.iter().map(view).collect())
}

fn zone_of_start(end: Option<Stamp>) -> Zone {
    if end.is_some() { Zone::Left } else { Zone::Said }
}

/// The end of a range: the start, right before it, has said the day.
fn end_of(start: Stamp, end: Stamp) -> Moment {
    Moment::seen_on(day_of(start), end, Zone::Said)
}

fn lasted(from: Stamp, to: Stamp) -> String {
    minutes(to.at_ms.saturating_sub(from.at_ms).max(0) / 60_000)
}
