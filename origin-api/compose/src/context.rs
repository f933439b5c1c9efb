//! The incidents and maintenances of a page, for its snapshot and for its archives.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use origin_time::zone;
use page_model::{
    AudienceId, Id, PageId, Stamp,
    site::Visibility,
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
                host: live.hosts.first().map(|claim| claim.host.clone()),
                first_host: live
                    .first_host
                    .clone()
                    .filter(|first| live.hosts.first().is_none_or(|claim| claim.host != *first)),
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

    /// As one set sees it: links that everybody may follow are shown with the page's picture.
    pub fn for_set(mut self, set: &AudienceId) -> Self {
        let is_for_all = matches!(self.live.visibility, Visibility::Public | Visibility::Layered);
        self.page.branding.previewed = is_for_all && *set == AudienceId::public();
        self
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
            components: self.touched(&incident.components, incident.status.is_over()),
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
            components: self.touched(&maintenance.components, maintenance.status.is_over()),
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

    /// By the names that they were told with.
    fn affected(&self, affected: &[crate::affected::Affected]) -> Vec<Affected> {
        let mut affected: Vec<_> = affected.iter().collect();
        affected.sort_by_key(|one| self.place(&one.component));
        let affected = affected.into_iter().map(|one| Affected {
            id: one.component.clone(),
            name: one.name.clone(),
            old_status: one.old_status,
            new_status: one.new_status,
        });
        affected.collect()
    }

    pub fn stamp(&self, at_ms: i64) -> Stamp {
        zone::stamp(&self.zone, at_ms)
    }

    /// What goes on names its components as the page does; what is over keeps the names that it was told with, and so does a
    /// component that is gone.
    fn touched(&self, told: &[Touched], is_over: bool) -> Vec<Touched> {
        let mut touched: Vec<&Touched> = told.iter().collect();
        touched.sort_by_key(|one| self.place(&one.id));
        let touched = touched.into_iter().map(|one| Touched {
            id: one.id.clone(),
            name: match self.names.get(&one.id) {
                Some((_, name)) if !is_over => name.clone(),
                _ => one.name.clone(),
            },
        });
        touched.collect()
    }

    /// The order of the page; what is gone stands behind.
    fn place<'i>(&self, component: &'i Id) -> (usize, &'i Id) {
        (
            self.names.get(component).map_or(usize::MAX, |(place, _)| *place),
            component,
        )
    }
}

/// The name of a component where it stands outside of its group.
pub fn full_name(group: Option<&str>, component: &str) -> String {
    match group {
        Some(group) => format!("{group} - {component}"),
        None => component.to_owned(),
    }
}

fn names(live: &LivePage) -> HashMap<&Id, (usize, String)> {
    let sections = sections(live);
    let named = sections.iter().flat_map(|section| {
        section.components.iter().map(|component| {
            let group = section.group.map(|group| group.name.as_str());
            (&component.id, full_name(group, &component.name))
        })
    });
    named
        .enumerate()
        .map(|(place, (id, name))| (id, (place, name)))
        .collect()
}
