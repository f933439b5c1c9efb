//! The public API that hundreds of clients read: the documents under `/api/v2/`, as Statuspage writes them.

mod objects;

use page_model::{
    Host, Snapshot,
    limits::RECENT_EVENTS_MAX,
    snapshot::{Incident, PageStatus},
};
use serde::Serialize;

use self::objects::{ComponentObject, EventObject, Objects, PageObject};
use crate::order::{self, Event};

#[derive(Serialize)]
struct Summary<'a> {
    page: PageObject<'a>,
    components: Vec<ComponentObject<'a>>,
    incidents: Vec<EventObject<'a>>,
    scheduled_maintenances: Vec<EventObject<'a>>,
    status: StatusObject<'a>,
}

#[derive(Serialize)]
struct StatusObject<'a> {
    indicator: &'static str,
    description: &'a str,
}

#[derive(Serialize)]
struct StatusDocument<'a> {
    page: PageObject<'a>,
    status: StatusObject<'a>,
}

#[derive(Serialize)]
struct Components<'a> {
    page: PageObject<'a>,
    components: Vec<ComponentObject<'a>>,
}

#[derive(Serialize)]
struct Incidents<'a> {
    page: PageObject<'a>,
    incidents: Vec<EventObject<'a>>,
}

#[derive(Serialize)]
struct ScheduledMaintenances<'a> {
    page: PageObject<'a>,
    scheduled_maintenances: Vec<EventObject<'a>>,
}

/// What every document says of the page.
pub fn page(snapshot: &Snapshot, host: &Host) -> String {
    json(&Objects::of(snapshot, host).page())
}

/// What is open, the next maintenances, and behind them those that run.
pub fn summary(snapshot: &Snapshot, host: &Host) -> String {
    let objects = Objects::of(snapshot, host);
    json(&Summary {
        page: objects.page(),
        components: objects.components(),
        incidents: incident_objects(&objects, snapshot, is_unresolved),
        scheduled_maintenances: upcoming(&objects, snapshot).chain(active(&objects, snapshot)).collect(),
        status: StatusObject::of(&snapshot.status),
    })
}

impl<'a> StatusObject<'a> {
    fn of(status: &'a PageStatus) -> Self {
        Self {
            indicator: status.indicator.as_str(),
            description: &status.description,
        }
    }
}

pub fn status(snapshot: &Snapshot, host: &Host) -> String {
    json(&StatusDocument {
        page: Objects::of(snapshot, host).page(),
        status: StatusObject::of(&snapshot.status),
    })
}

pub fn components(snapshot: &Snapshot, host: &Host) -> String {
    let objects = Objects::of(snapshot, host);
    json(&Components {
        page: objects.page(),
        components: objects.components(),
    })
}

/// Those that matter most, in every state; newest start first.
pub fn incidents(snapshot: &Snapshot, host: &Host) -> String {
    incidents_that(snapshot, host, |_| true)
}

pub fn unresolved_incidents(snapshot: &Snapshot, host: &Host) -> String {
    incidents_that(snapshot, host, is_unresolved)
}

/// Those that matter most, in every state; newest start first.
pub fn scheduled_maintenances(snapshot: &Snapshot, host: &Host) -> String {
    let objects = Objects::of(snapshot, host);
    let chosen = order::chosen_ids(snapshot.maintenances.iter().map(Event::Maintenance), RECENT_EVENTS_MAX);
    let maintenances = snapshot.maintenances.iter();
    let chosen = maintenances.filter(|maintenance| chosen.contains(&maintenance.id));
    maintenance_document(&objects, chosen.map(|maintenance| objects.maintenance(maintenance)))
}

/// The next one first.
pub fn upcoming_maintenances(snapshot: &Snapshot, host: &Host) -> String {
    let objects = Objects::of(snapshot, host);
    maintenance_document(&objects, upcoming(&objects, snapshot))
}

pub fn active_maintenances(snapshot: &Snapshot, host: &Host) -> String {
    let objects = Objects::of(snapshot, host);
    maintenance_document(&objects, active(&objects, snapshot))
}

fn incidents_that(snapshot: &Snapshot, host: &Host, wanted: fn(&Incident) -> bool) -> String {
    let objects = Objects::of(snapshot, host);
    json(&Incidents {
        page: objects.page(),
        incidents: incident_objects(&objects, snapshot, wanted),
    })
}

fn maintenance_document<'a>(objects: &Objects<'a>, maintenances: impl Iterator<Item = EventObject<'a>>) -> String {
    json(&ScheduledMaintenances {
        page: objects.page(),
        scheduled_maintenances: maintenances.collect(),
    })
}

fn incident_objects<'a>(
    objects: &Objects<'a>,
    snapshot: &'a Snapshot,
    wanted: fn(&Incident) -> bool,
) -> Vec<EventObject<'a>> {
    let wanted = snapshot.incidents.iter().filter(|incident| wanted(incident));
    let chosen = order::chosen_ids(wanted.clone().map(Event::Incident), RECENT_EVENTS_MAX);
    let chosen = wanted.filter(|incident| chosen.contains(&incident.id));
    chosen.map(|incident| objects.incident(incident)).collect()
}

fn upcoming<'a>(objects: &Objects<'a>, snapshot: &'a Snapshot) -> impl Iterator<Item = EventObject<'a>> {
    let next = order::next(snapshot).into_iter().take(RECENT_EVENTS_MAX);
    next.map(|maintenance| objects.maintenance(maintenance))
}

fn active<'a>(objects: &Objects<'a>, snapshot: &'a Snapshot) -> impl Iterator<Item = EventObject<'a>> {
    let running = order::running(snapshot).take(RECENT_EVENTS_MAX);
    running.map(|maintenance| objects.maintenance(maintenance))
}

fn is_unresolved(incident: &Incident) -> bool {
    !incident.status.is_over()
}

/// Writing into memory does not fail, and every key of ours is a text.
fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}
