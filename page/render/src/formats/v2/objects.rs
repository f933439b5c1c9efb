//! The objects of the API: every key, in the order that its clients know, also where it has no value.

use std::collections::HashMap;

use page_model::{
    Host, Id, PageId, Snapshot, Stamp,
    snapshot::{Affected, Component, Group, GroupDisplay, Incident, Maintenance, NamedGroup, Page, Touched, Update},
    status::{IncidentStatus, MaintenanceStatus, Status},
};
use serde::Serialize;

use crate::{formats::link, times::machine::iso};

#[derive(Serialize)]
pub struct PageObject<'a> {
    id: &'a PageId,
    name: &'a str,
    url: String,
    time_zone: &'a str,
    updated_at: String,
}

/// A component, or a group, which has its components' ids as its last key.
#[derive(Clone, Serialize)]
pub struct ComponentObject<'a> {
    id: &'a Id,
    name: &'a str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    position: i32,
    description: Option<&'a str>,
    showcase: bool,
    start_date: Option<&'a str>,
    group_id: Option<&'a Id>,
    page_id: &'a PageId,
    group: bool,
    only_show_if_degraded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<&'a Id>>,
}

#[derive(Serialize)]
pub struct EventObject<'a> {
    id: &'a Id,
    name: &'a str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    monitoring_at: Option<String>,
    resolved_at: Option<String>,
    impact: &'static str,
    shortlink: String,
    started_at: String,
    page_id: &'a PageId,
    incident_updates: Vec<UpdateObject<'a>>,
    components: Vec<ComponentObject<'a>>,
    /// Those of maintenances stand in the calendar; the API means others by this.
    reminder_intervals: Option<()>,
    #[serde(flatten)]
    scheduled: Option<Scheduled>,
}

/// What a maintenance has besides an incident's keys.
#[derive(Serialize)]
struct Scheduled {
    scheduled_for: String,
    scheduled_until: String,
}

#[derive(Serialize)]
struct UpdateObject<'a> {
    id: &'a Id,
    status: &'static str,
    body: &'a str,
    incident_id: &'a Id,
    created_at: String,
    updated_at: String,
    display_at: String,
    affected_components: Option<Vec<AffectedObject<'a>>>,
    deliver_notifications: bool,
    custom_tweet: Option<()>,
    tweet_id: Option<()>,
}

#[derive(Serialize)]
struct AffectedObject<'a> {
    code: &'a Id,
    name: &'a str,
    old_status: &'static str,
    new_status: &'static str,
}

/// What makes objects of a snapshot's parts.
pub struct Objects<'a> {
    page: &'a Page,
    host: &'a Host,
    as_of: Stamp,
    groups: &'a [Group],
    components: HashMap<&'a Id, Placed<'a>>,
}

/// A component and the id of its group, where it has one.
type Placed<'a> = (&'a Component, Option<&'a Id>);

impl<'a> Objects<'a> {
    pub fn of(snapshot: &'a Snapshot, host: &'a Host) -> Self {
        let placed = snapshot.groups.iter().flat_map(placed);
        Self {
            page: &snapshot.page,
            host,
            as_of: snapshot.as_of,
            groups: &snapshot.groups,
            components: placed.map(|placed| (&placed.0.id, placed)).collect(),
        }
    }

    pub fn page(&self) -> PageObject<'a> {
        PageObject {
            id: &self.page.id,
            name: &self.page.name,
            url: link::front(self.page, self.host),
            time_zone: &self.page.time_zone,
            updated_at: iso(self.as_of),
        }
    }

    /// Each group before its components.
    pub fn components(&self) -> Vec<ComponentObject<'a>> {
        let mut objects = Vec::new();
        for group in self.groups {
            objects.extend(group.named.as_ref().map(|named| self.group(group, named)));
            objects.extend(placed(group).map(|placed| self.component(placed)));
        }
        objects
    }

    pub fn incident(&self, incident: &'a Incident) -> EventObject<'a> {
        let updates = incident.updates.iter();
        EventObject {
            id: &incident.id,
            name: &incident.name,
            status: incident.status.as_str(),
            created_at: iso(incident.started_at),
            updated_at: iso(incident.told_at()),
            monitoring_at: incident.monitoring_at.map(iso),
            resolved_at: incident.resolved_at.map(iso),
            impact: incident.impact.as_str(),
            shortlink: link::event(self.page, self.host, &incident.id),
            started_at: iso(incident.started_at),
            page_id: &self.page.id,
            incident_updates: updates
                .map(|update| self.update(&incident.id, update, IncidentStatus::as_str))
                .collect(),
            components: self.touched(&incident.components),
            reminder_intervals: None,
            scheduled: None,
        }
    }

    pub fn maintenance(&self, maintenance: &'a Maintenance) -> EventObject<'a> {
        let updates = maintenance.updates.iter();
        EventObject {
            id: &maintenance.id,
            name: &maintenance.name,
            status: maintenance.status.as_str(),
            created_at: iso(maintenance.created_at),
            updated_at: iso(maintenance.told_at()),
            monitoring_at: None,
            resolved_at: maintenance.completed_at.map(iso),
            impact: "maintenance",
            shortlink: link::event(self.page, self.host, &maintenance.id),
            started_at: iso(maintenance.created_at),
            page_id: &self.page.id,
            incident_updates: updates
                .map(|update| self.update(&maintenance.id, update, MaintenanceStatus::as_str))
                .collect(),
            components: self.touched(&maintenance.components),
            reminder_intervals: None,
            scheduled: Some(Scheduled {
                scheduled_for: iso(maintenance.starts_at),
                scheduled_until: iso(maintenance.ends_at),
            }),
        }
    }

    fn component(&self, (component, group_id): Placed<'a>) -> ComponentObject<'a> {
        ComponentObject {
            id: &component.id,
            name: &component.name,
            status: component.status.as_str(),
            created_at: iso(component.created_at),
            updated_at: iso(component.updated_at),
            position: component.position,
            description: non_empty(&component.description),
            showcase: component.uptime.is_some(),
            start_date: component.start_date.as_deref(),
            group_id,
            page_id: &self.page.id,
            group: false,
            only_show_if_degraded: component.only_show_if_degraded,
            components: None,
        }
    }

    fn group(&self, group: &'a Group, named: &'a NamedGroup) -> ComponentObject<'a> {
        ComponentObject {
            id: &named.id,
            name: &named.name,
            status: group.status.as_str(),
            created_at: iso(named.created_at),
            updated_at: iso(named.updated_at),
            position: named.position,
            description: non_empty(&named.description),
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: &self.page.id,
            group: true,
            only_show_if_degraded: named.display == GroupDisplay::OnlyWhenDegraded,
            components: Some(group.components.iter().map(|component| &component.id).collect()),
        }
    }

    /// The components at their current status; one that is no more has none.
    fn touched(&self, touched: &[Touched]) -> Vec<ComponentObject<'a>> {
        let placed = touched.iter().filter_map(|touched| self.components.get(&touched.id));
        placed.map(|placed| self.component(*placed)).collect()
    }

    fn update<S: Copy>(&self, event: &'a Id, update: &'a Update<S>, word: fn(S) -> &'static str) -> UpdateObject<'a> {
        let affected = update.affected.as_deref().filter(|affected| !affected.is_empty());
        UpdateObject {
            id: &update.id,
            status: word(update.status),
            body: &update.body,
            incident_id: event,
            created_at: iso(update.at),
            updated_at: iso(update.updated_at.unwrap_or(update.at)),
            display_at: iso(update.shown_at()),
            affected_components: affected.map(|affected| affected.iter().map(AffectedObject::of).collect()),
            deliver_notifications: true,
            custom_tweet: None,
            tweet_id: None,
        }
    }
}

impl<'a> AffectedObject<'a> {
    fn of(affected: &'a Affected) -> Self {
        Self {
            code: &affected.id,
            name: &affected.name,
            old_status: Status::as_str(affected.old_status),
            new_status: Status::as_str(affected.new_status),
        }
    }
}

fn placed(group: &Group) -> impl Iterator<Item = Placed<'_>> {
    let id = group.named.as_ref().map(|named| &named.id);
    group.components.iter().map(move |component| (component, id))
}

fn non_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
