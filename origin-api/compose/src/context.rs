//! The incidents and maintenances of a page, for its snapshot and for its archives.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use origin_time::zone;
use page_model::{
    Id, PageId, Stamp,
    snapshot::{Affected, Incident, Maintenance, Page, Touched, Update},
};

use crate::{
    rows::{self, LivePage},
    sections::sections,
};

/// A page with what its incidents and maintenances need: its zone and the names of its components.
pub struct PageContext<'a> {
    pub live: &'a LivePage,
    pub zone: TimeZone,
    pub page: Page,
    /// Full name of each component and its place on the page.
    names: HashMap<&'a Id, (usize, String)>,
    /// How many updates of one incident are shown, the newest ones.
    updates_max: usize,
}

impl<'a> PageContext<'a> {
    pub fn new(page: &PageId, live: &'a LivePage, updates_max: usize) -> Self {
        Self {
            zone: zone::named(&live.time_zone),
            page: Page {
                id: page.clone(),
                name: live.name.clone(),
                description_html: live.description_html.clone(),
                description: live.description.clone(),
                host: live.hosts.first().cloned(),
                first_host: live
                    .first_host
                    .clone()
                    .filter(|first| Some(first) != live.hosts.first()),
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
            updated_at: incident.updated_at_ms.map(|at_ms| self.stamp(at_ms)),
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
            began_at: maintenance.began_at_ms.map(|at_ms| self.stamp(at_ms)),
            updated_at: maintenance.updated_at_ms.map(|at_ms| self.stamp(at_ms)),
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
            displayed_at: update.displayed_at_ms.map(|at_ms| self.stamp(at_ms)),
            updated_at: update.updated_at_ms.map(|at_ms| self.stamp(at_ms)),
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

    pub fn stamp(&self, at_ms: i64) -> Stamp {
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
}

fn names(live: &LivePage) -> HashMap<&Id, (usize, String)> {
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
