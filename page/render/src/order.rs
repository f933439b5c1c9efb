//! What a list holds when there is more than fits, and in which order. Every feed, document, page and search asks here:
//! what goes on comes first, then what is over, then what is planned; the last told first, of what is planned the next
//! first.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use crate::sorted::sort_by_key;
use page_model::{
    Id, Snapshot, Stamp,
    snapshot::{Incident, Maintenance, Touched},
    status::{Impact, MaintenanceStatus},
};

#[derive(Clone, Copy)]
pub enum Event<'a> {
    Incident(&'a Incident),
    Maintenance(&'a Maintenance),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// An open incident, or a maintenance that has begun.
    GoesOn,
    Over,
    Planned,
}

impl<'a> Event<'a> {
    pub fn id(&self) -> &'a Id {
        match self {
            Self::Incident(incident) => &incident.id,
            Self::Maintenance(maintenance) => &maintenance.id,
        }
    }

    pub fn name(&self) -> &'a str {
        match self {
            Self::Incident(incident) => &incident.name,
            Self::Maintenance(maintenance) => &maintenance.name,
        }
    }

    /// Where its own page is.
    pub fn path(&self) -> String {
        match self {
            Self::Incident(incident) => format!("/incidents/{}", incident.id),
            Self::Maintenance(maintenance) => format!("/maintenances/{}", maintenance.id),
        }
    }

    pub fn components(&self) -> &'a [Touched] {
        match self {
            Self::Incident(incident) => &incident.components,
            Self::Maintenance(maintenance) => &maintenance.components,
        }
    }

    pub fn touches(&self, component: &Id) -> bool {
        self.components().iter().any(|touched| touched.id == *component)
    }

    /// In fact, or as planned.
    pub fn began(&self) -> Stamp {
        match self {
            Self::Incident(incident) => incident.started_at,
            Self::Maintenance(maintenance) => maintenance.began().unwrap_or(maintenance.starts_at),
        }
    }

    pub fn ended(&self) -> Option<Stamp> {
        match self {
            Self::Incident(incident) => incident.resolved_at,
            Self::Maintenance(maintenance) => maintenance.completed_at,
        }
    }

    /// How bad it is for users; a maintenance is announced, so it is not.
    pub fn impact(&self) -> Impact {
        match self {
            Self::Incident(incident) => incident.impact,
            Self::Maintenance(_) => Impact::None,
        }
    }

    pub fn stage(&self) -> Stage {
        match self {
            Self::Incident(incident) if !incident.status.is_over() => Stage::GoesOn,
            Self::Maintenance(maintenance) if maintenance.status == MaintenanceStatus::Scheduled => Stage::Planned,
            Self::Maintenance(maintenance) if maintenance.status.is_under_way() => Stage::GoesOn,
            _ => Stage::Over,
        }
    }

    pub fn told_at(&self) -> Stamp {
        match self {
            Self::Incident(incident) => incident.told_at(),
            Self::Maintenance(maintenance) => maintenance.told_at(),
        }
    }
}

pub fn all(snapshot: &Snapshot) -> impl Iterator<Item = Event<'_>> {
    let incidents = snapshot.incidents.iter().map(Event::Incident);
    incidents.chain(snapshot.maintenances.iter().map(Event::Maintenance))
}

/// As many as there are places, in the order of the rule. A fifth of the places is kept for what is planned, or nobody
/// would be told of it where the past is long; of a series only the next counts as news.
pub fn chosen<'a>(events: impl Iterator<Item = Event<'a>>, places: usize) -> Vec<Event<'a>> {
    let (planned, mut told): (Vec<_>, Vec<_>) = events.partition(|event| event.stage() == Stage::Planned);
    sort_by_key(&mut told, |event| {
        (event.stage(), Reverse(event.told_at().at_ms), event.id())
    });
    let go_on = told.partition_point(|event| event.stage() == Stage::GoesOn);
    let kept = (places / 5).min(places.saturating_sub(go_on));
    let planned_places = places.saturating_sub(told.len()).max(kept).min(planned.len());
    told.truncate(places - planned_places);
    told.extend(by_turn(planned).into_iter().take(planned_places));
    told
}

/// Which of them are chosen, for a list that has an order of its own.
pub fn chosen_ids<'a>(events: impl Iterator<Item = Event<'a>>, places: usize) -> HashSet<&'a Id> {
    chosen(events, places).iter().map(Event::id).collect()
}

/// Incidents that are not over: the worst first, of equal ones the newest.
pub fn open(snapshot: &Snapshot) -> Vec<&Incident> {
    let incidents = snapshot.incidents.iter();
    let mut open: Vec<&Incident> = incidents.filter(|incident| !incident.status.is_over()).collect();
    sort_by_key(&mut open, |incident| {
        (Reverse(incident.impact), Reverse(incident.started_at.at_ms))
    });
    open
}

/// Planned maintenances, the next first.
pub fn next(snapshot: &Snapshot) -> Vec<&Maintenance> {
    let maintenances = snapshot.maintenances.iter();
    let mut planned: Vec<&Maintenance> = maintenances
        .filter(|maintenance| maintenance.status == MaintenanceStatus::Scheduled)
        .collect();
    sort_by_key(&mut planned, |maintenance| start(maintenance));
    planned
}

/// Maintenances that have begun and are not over, as they stand in the snapshot.
pub fn running(snapshot: &Snapshot) -> impl Iterator<Item = &Maintenance> {
    let maintenances = snapshot.maintenances.iter();
    maintenances.filter(|maintenance| maintenance.status.is_under_way())
}

/// Incidents that are over, the last told first.
pub fn over(snapshot: &Snapshot) -> Vec<&Incident> {
    let mut over: Vec<&Incident> = snapshot
        .incidents
        .iter()
        .filter(|incident| incident.status.is_over())
        .collect();
    sort_by_key(&mut over, |incident| Reverse(incident.told_at().at_ms));
    over
}

/// The next of each series and of all others, then their second ones, and so on.
fn by_turn(mut planned: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let place = |event: &Event<'_>| match event {
        Event::Maintenance(maintenance) => start(maintenance),
        Event::Incident(incident) => (incident.started_at.at_ms, 0),
    };
    sort_by_key(&mut planned, place);
    let mut turns: HashMap<&Id, usize> = HashMap::new();
    sort_by_key(&mut planned, |event| match event {
        Event::Maintenance(Maintenance {
            series: Some(series), ..
        }) => {
            let turn = turns.entry(series).or_default();
            *turn += 1;
            *turn
        }
        _ => 1,
    });
    planned
}

fn start(maintenance: &Maintenance) -> (i64, u64) {
    (maintenance.starts_at.at_ms, maintenance.number)
}
