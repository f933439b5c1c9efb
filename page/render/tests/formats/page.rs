//! A page that has everything that a format can show.

use page_model::{
    Host, Snapshot, Stamp,
    snapshot::{Affected, Cancelled, GroupDisplay, Update},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

use crate::fixture::{id, minutes_ago, northwind};

pub fn requested_host() -> Host {
    Host::parse("edge.example").expect("a host")
}

pub fn full() -> Snapshot {
    let mut snapshot = northwind::outage();
    snapshot.page.description = "What works and what does not.".to_owned();
    if let Some(named) = &mut snapshot.groups[1].named {
        named.display = GroupDisplay::OnlyWhenDegraded;
    }
    snapshot.groups[0].components[0].description = "For *programs*.".to_owned();
    snapshot.groups[0].components[0].start_date = Some("2026-01-31".to_owned());
    snapshot.groups[0].components[3].only_show_if_degraded = true;
    snapshot.groups[2].components[2].uptime = None;
    // The components of an incident by the ids that the page's have.
    for incident in &mut snapshot.incidents {
        incident.components[0].id = snapshot.groups[0].components[2].id.clone();
    }
    let webhooks = &mut snapshot.incidents[1];
    webhooks.updates.insert(0, still_identified());
    webhooks.monitoring_at = Some(minutes_ago(3));
    let next = &mut snapshot.maintenances[0];
    next.revision = 3;
    next.series = Some(id(300));
    next.reminder_minutes = vec![1440, 60];
    snapshot.cancelled = vec![Cancelled {
        id: id(107),
        name: "Move, to a; better \\ place".to_owned(),
        starts_at: minutes_ago(-4_000),
        ends_at: minutes_ago(-4_060),
        cancelled_at: minutes_ago(90),
        revision: 2,
    }];
    snapshot
}

/// An update that leaves the state as it was and changes the status of a component.
fn still_identified() -> Update<IncidentStatus> {
    Update {
        id: id(290),
        status: IncidentStatus::Identified,
        at: minutes_ago(4),
        displayed_at: None,
        updated_at: None,
        body: "Half of the queue is **drained**.\n\n- Frankfurt waits".to_owned(),
        body_html: "<p>Half of the queue is <strong>drained</strong>.</p><ul><li>Frankfurt waits</li></ul>".to_owned(),
        affected: Some(vec![Affected {
            id: id(3),
            name: "Platform - Webhooks".to_owned(),
            old_status: Status::PartialOutage,
            new_status: Status::DegradedPerformance,
        }]),
    }
}

/// The same in a zone that is not UTC.
pub fn elsewhere() -> Snapshot {
    let mut snapshot = full();
    snapshot.page.time_zone = "Asia/Kolkata".to_owned();
    let shift = |stamp: &mut Stamp| stamp.offset_minutes = 330;
    shift(&mut snapshot.as_of);
    for group in &mut snapshot.groups {
        if let Some(named) = &mut group.named {
            shift(&mut named.created_at);
            shift(&mut named.updated_at);
        }
        for component in &mut group.components {
            shift(&mut component.created_at);
            shift(&mut component.updated_at);
        }
    }
    for incident in &mut snapshot.incidents {
        shift(&mut incident.started_at);
        incident.resolved_at.as_mut().map(shift);
        incident.monitoring_at.as_mut().map(shift);
        incident.updates.iter_mut().for_each(|update| shift(&mut update.at));
    }
    for maintenance in &mut snapshot.maintenances {
        shift(&mut maintenance.created_at);
        shift(&mut maintenance.starts_at);
        shift(&mut maintenance.ends_at);
        maintenance.began_at.as_mut().map(shift);
        maintenance.completed_at.as_mut().map(shift);
        maintenance.updates.iter_mut().for_each(|update| shift(&mut update.at));
    }
    snapshot
}

/// A page with components of these statuses and incidents of these impacts that go on.
pub fn with_statuses(statuses: &[Status], impacts: &[Impact]) -> Snapshot {
    let mut snapshot = crate::fixture::stress::sized(statuses.len());
    let mut components = snapshot.groups.iter_mut().flat_map(|group| &mut group.components);
    for status in statuses {
        components.next().expect("as many").status = *status;
    }
    snapshot.incidents = impacts
        .iter()
        .map(|impact| {
            let mut incident = northwind::outage().incidents.remove(0);
            incident.impact = *impact;
            incident
        })
        .collect();
    crate::fixture::assessed(snapshot)
}

pub fn with_maintenance(status: MaintenanceStatus) -> Snapshot {
    let mut snapshot = full();
    snapshot.maintenances.truncate(1);
    snapshot.maintenances[0].status = status;
    snapshot
}
