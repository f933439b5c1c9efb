//! What a page tells of each component's days: the events that touched it, and where older ones are told.

use std::collections::HashMap;

use minijinja::Value;
use page_model::{Id, Snapshot, Stamp};
use serde::Serialize;
use time::Date;

use crate::{
    order::{self, Event, Stage},
    render::address,
    times::day_of,
};

/// The events of a snapshot by the components that they touched, and the months of its archive.
pub struct Told<'a> {
    events: HashMap<&'a Id, Vec<(Date, Date, Event<'a>)>>,
    months: &'a [String],
}

#[derive(Debug, Serialize)]
pub struct Named<'a> {
    pub href: Value,
    pub name: &'a str,
}

impl<'a> Told<'a> {
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut events: HashMap<&Id, Vec<_>> = HashMap::new();
        for event in order::all(snapshot).filter(|event| event.stage() != Stage::Planned) {
            let began = event.began();
            // What ends at midnight does not touch the day that begins.
            let end = event.ended().unwrap_or(snapshot.as_of);
            let last = Stamp {
                at_ms: (end.at_ms - 1).max(began.at_ms),
                ..end
            };
            for touched in event.components() {
                let entry = (day_of(began), day_of(last), event);
                events.entry(&touched.id).or_default().push(entry);
            }
        }
        Self {
            events,
            months: &snapshot.archive_months,
        }
    }

    pub fn on(&self, component: &Id, date: Date) -> Vec<Named<'a>> {
        let events = self.events.get(component).into_iter().flatten();
        let touched = events.filter(|(first, last, _)| (*first..=*last).contains(&date));
        let named = touched.map(|(_, _, event)| Named {
            href: address(event.path()),
            name: event.name(),
        });
        named.take(NAMED_MAX).collect()
    }

    /// The month that tells of a day, `yyyy-mm`, if there is one.
    pub fn month(&self, date: Date) -> Option<&'a str> {
        let month = format!("{:04}-{:02}", date.year(), u8::from(date.month()));
        self.months.iter().find(|one| **one == month).map(String::as_str)
    }
}

/// A day with more has a page that tells of all.
const NAMED_MAX: usize = 3;
