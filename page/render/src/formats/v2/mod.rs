//! The public API that hundreds of clients read: the documents under `/api/v2/`, as Statuspage writes them.

mod objects;

use page_model::{
    Host, Snapshot,
    limits::RECENT_EVENTS_MAX,
    snapshot::{Incident, Maintenance, PageStatus},
    status::MaintenanceStatus,
};
use serde::Serialize;

use self::objects::{ComponentObject, EventObject, Objects, PageObject};

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

/// What is going on and what is to come.
pub fn summary(snapshot: &Snapshot, host: &Host) -> String {
    let objects = Objects::of(snapshot, host);
    json(&Summary {
        page: objects.page(),
        components: objects.components(),
        incidents: events(&snapshot.incidents, is_unresolved, |incident| {
            objects.incident(incident)
        }),
        scheduled_maintenances: events(&snapshot.maintenances, is_not_over, |maintenance| {
            objects.maintenance(maintenance)
        }),
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

/// The most recent ones, in every state.
pub fn incidents(snapshot: &Snapshot, host: &Host) -> String {
    incidents_that(snapshot, host, |_| true)
}

pub fn unresolved_incidents(snapshot: &Snapshot, host: &Host) -> String {
    incidents_that(snapshot, host, is_unresolved)
}

/// The most recent ones, in every state.
pub fn scheduled_maintenances(snapshot: &Snapshot, host: &Host) -> String {
    maintenances_that(snapshot, host, |_| true)
}

pub fn upcoming_maintenances(snapshot: &Snapshot, host: &Host) -> String {
    maintenances_that(snapshot, host, |maintenance| {
        maintenance.status == MaintenanceStatus::Scheduled
    })
}

pub fn active_maintenances(snapshot: &Snapshot, host: &Host) -> String {
    maintenances_that(snapshot, host, |maintenance| maintenance.status.is_under_way())
}

fn incidents_that(snapshot: &Snapshot, host: &Host, wanted: fn(&Incident) -> bool) -> String {
    let objects = Objects::of(snapshot, host);
    json(&Incidents {
        page: objects.page(),
        incidents: events(&snapshot.incidents, wanted, |incident| objects.incident(incident)),
    })
}

fn maintenances_that(snapshot: &Snapshot, host: &Host, wanted: fn(&Maintenance) -> bool) -> String {
    let objects = Objects::of(snapshot, host);
    json(&ScheduledMaintenances {
        page: objects.page(),
        scheduled_maintenances: events(&snapshot.maintenances, wanted, |maintenance| {
            objects.maintenance(maintenance)
        }),
    })
}

fn events<'a, E>(
    events: &'a [E],
    wanted: fn(&E) -> bool,
    object: impl Fn(&'a E) -> EventObject<'a>,
) -> Vec<EventObject<'a>> {
    let wanted = events.iter().filter(|event| wanted(event));
    wanted.take(RECENT_EVENTS_MAX).map(object).collect()
}

fn is_unresolved(incident: &Incident) -> bool {
    !incident.status.is_over()
}

fn is_not_over(maintenance: &Maintenance) -> bool {
    !maintenance.status.is_over()
}

/// Writing into memory does not fail, and every key of ours is a text.
fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}
