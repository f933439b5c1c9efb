//! What everybody sees of a page now.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use origin_time::zone;
use page_model::{
    Id, PageId, Snapshot, Stamp,
    snapshot::{Affected, Cancelled, Component, Group, Incident, Maintenance, NamedGroup, Page, Touched, Update},
    status::Status,
};

use crate::{
    headline::headline,
    past::past_days,
    rows::{self, Live},
    sparkline,
    uptime::Days,
};

/// A page and what its incidents are told with: its zone and the names of its components.
pub struct Frame<'a> {
    pub live: &'a Live,
    pub zone: TimeZone,
    pub page: Page,
    /// Full name of each component and its place on the page.
    names: HashMap<&'a Id, (usize, String)>,
    /// Newest updates shown of one incident.
    updates_max: usize,
}

impl<'a> Frame<'a> {
    pub fn new(page: &PageId, live: &'a Live, updates_max: usize) -> Self {
        Self {
            zone: zone::named(&live.time_zone),
            page: Page {
                id: page.clone(),
                name: live.name.clone(),
                description_html: live.description_html.clone(),
                description: live.description.clone(),
                host: live.hosts.first().cloned(),
                website: live.website.clone(),
                time_zone: live.time_zone.clone(),
                language: live.language,
                branding: live.branding.clone(),
            },
            names: names(live),
            live,
            updates_max,
        }
    }

    pub fn snapshot(&self, as_of_ms: i64) -> Snapshot {
        let groups = self.groups(&Days::ending(&self.zone, as_of_ms));
        let incidents: Vec<Incident> = self
            .live
            .incidents
            .iter()
            .map(|incident| self.incident(incident))
            .collect();
        Snapshot {
            page: self.page.clone(),
            as_of: self.stamp(as_of_ms),
            headline: headline(&groups, &incidents),
            incidents,
            announcement: self.live.announcement.clone(),
            maintenances: self
                .live
                .maintenances
                .iter()
                .map(|maintenance| self.maintenance(maintenance))
                .collect(),
            cancelled: self.live.cancelled.iter().map(|one| self.cancelled(one)).collect(),
            groups,
            metrics: self
                .live
                .metrics
                .iter()
                .map(|one| sparkline::metric(one, as_of_ms))
                .collect(),
            past: past_days(self, as_of_ms),
            archive_months: self.live.archive_months.iter().rev().cloned().collect(),
        }
    }

    pub fn incident(&self, incident: &rows::Incident) -> Incident {
        Incident {
            id: incident.id.clone(),
            number: incident.ordinal.unsigned_abs(),
            name: incident.name.clone(),
            status: incident.status,
            impact: incident.impact,
            started_at: self.stamp(incident.started_at_ms),
            monitoring_at: incident.monitoring_at_ms.map(|at_ms| self.stamp(at_ms)),
            resolved_at: incident.resolved_at_ms.map(|at_ms| self.stamp(at_ms)),
            components: self.names_of(&incident.components),
            updates: self.updates(&incident.updates),
        }
    }

    pub fn maintenance(&self, maintenance: &rows::Maintenance) -> Maintenance {
        Maintenance {
            id: maintenance.id.clone(),
            number: maintenance.ordinal.unsigned_abs(),
            name: maintenance.name.clone(),
            status: maintenance.status,
            created_at: self.stamp(maintenance.announced_at_ms),
            starts_at: self.stamp(maintenance.starts_at_ms),
            ends_at: self.stamp(maintenance.ends_at_ms),
            completed_at: maintenance.completed_at_ms.map(|at_ms| self.stamp(at_ms)),
            revision: maintenance.revision,
            series: maintenance.series.clone(),
            reminder_minutes: maintenance.reminder_minutes.clone(),
            components: self.names_of(&maintenance.components),
            updates: self.updates(&maintenance.updates),
        }
    }

    fn updates<S: Copy>(&self, updates: &[rows::Update<S>]) -> Vec<Update<S>> {
        let shown = updates.iter().take(self.updates_max).map(|update| Update {
            id: update.id.clone(),
            status: update.status,
            at: self.stamp(update.at_ms),
            body: update.body.clone(),
            body_html: update.body_html.clone(),
            affected: update.affected.as_deref().map(|affected| self.affected(affected)),
        });
        shown.collect()
    }

    /// In the order of the page.
    fn affected(&self, affected: &[crate::affected::Affected]) -> Vec<Affected> {
        let mut placed: Vec<_> = affected
            .iter()
            .filter_map(|one| Some((self.names.get(&one.component)?, one)))
            .collect();
        placed.sort_by_key(|((place, _), _)| *place);
        let affected = placed.into_iter().map(|((_, name), one)| Affected {
            id: one.component.clone(),
            name: name.clone(),
            old_status: one.old_status,
            new_status: one.new_status,
        });
        affected.collect()
    }

    fn cancelled(&self, cancelled: &rows::Cancelled) -> Cancelled {
        Cancelled {
            id: cancelled.id.clone(),
            name: cancelled.name.clone(),
            starts_at: self.stamp(cancelled.starts_at_ms),
            ends_at: self.stamp(cancelled.ends_at_ms),
            cancelled_at: self.stamp(cancelled.cancelled_at_ms),
            revision: cancelled.revision,
        }
    }

    fn stamp(&self, at_ms: i64) -> Stamp {
        zone::stamp(&self.zone, at_ms)
    }

    /// In the order of the page.
    fn names_of(&self, components: &[Id]) -> Vec<Touched> {
        let placed = components.iter().filter_map(|id| Some((self.names.get(id)?, id)));
        let mut placed: Vec<(&(usize, String), &Id)> = placed.collect();
        placed.sort();
        let touched = placed.into_iter().map(|((_, name), id)| Touched {
            id: id.clone(),
            name: name.clone(),
        });
        touched.collect()
    }

    fn groups(&self, days: &Days) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for section in sections(self.live) {
            let components = section
                .components
                .iter()
                .map(|component| self.component(component, days));
            match (section.group, groups.last_mut()) {
                (None, Some(last)) if last.named.is_none() => last.components.extend(components),
                (group, _) => groups.push(Group {
                    named: group.map(|group| self.named(group)),
                    status: Status::Operational,
                    components: components.collect(),
                }),
            }
        }
        for group in &mut groups {
            let worst = group.components.iter().map(|component| component.status).max();
            group.status = worst.unwrap_or(Status::Operational);
        }
        groups
    }

    fn named(&self, group: &rows::Group) -> NamedGroup {
        NamedGroup {
            id: group.id.clone(),
            name: group.name.clone(),
            description: group.description.clone(),
            description_html: group.description_html.clone(),
            display: group.display,
            position: group.position,
            created_at: self.stamp(group.created_at_ms),
            updated_at: self.stamp(group.updated_at_ms),
        }
    }

    fn component(&self, component: &rows::Component, days: &Days) -> Component {
        let changes = self
            .live
            .changes
            .get(&component.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let created_on = || zone::date(&self.zone, component.created_at_ms);
        let started_on = component.started_on.unwrap_or_else(created_on);
        let uptime = || days.uptime(started_on, component.before, changes);
        Component {
            id: component.id.clone(),
            name: component.name.clone(),
            description: component.description.clone(),
            description_html: component.description_html.clone(),
            status: component.status,
            only_show_if_degraded: component.only_show_if_degraded,
            position: component.position,
            start_date: component.started_on.map(|date| date.to_string()),
            created_at: self.stamp(component.created_at_ms),
            updated_at: self.stamp(component.updated_at_ms),
            uptime: component.show_uptime.then(uptime).flatten(),
        }
    }
}

/// A group with its components, or one component that stands without a group.
struct Section<'a> {
    group: Option<&'a rows::Group>,
    components: Vec<&'a rows::Component>,
}

/// The page from top to bottom. Groups without components are not shown.
fn sections(live: &Live) -> Vec<Section<'_>> {
    let mut grouped: HashMap<&Id, Vec<&rows::Component>> = HashMap::new();
    let mut placed = Vec::new();
    for component in &live.components {
        match &component.group_id {
            Some(group) => grouped.entry(group).or_default().push(component),
            None => {
                let section = Section {
                    group: None,
                    components: vec![component],
                };
                placed.push(((component.position, component.ordinal), section));
            }
        }
    }
    for group in &live.groups {
        if let Some(components) = grouped.remove(&group.id) {
            let section = Section {
                group: Some(group),
                components,
            };
            placed.push(((group.position, group.ordinal), section));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, section)| section).collect()
}

fn names(live: &Live) -> HashMap<&Id, (usize, String)> {
    let sections = sections(live);
    let named = sections.iter().flat_map(|section| {
        section.components.iter().map(|component| {
            let name = match section.group {
                Some(group) => format!("{} - {}", group.name, component.name),
                None => component.name.clone(),
            };
            (&component.id, name)
        })
    });
    named
        .enumerate()
        .map(|(place, (id, name))| (id, (place, name)))
        .collect()
}
