//! What everybody sees of a page now.

use origin_time::zone;
use page_model::{
    Snapshot,
    snapshot::{Cancelled, Component, Group, Incident, Maintenance, NamedGroup, PageStatus},
    status::Status,
};

use crate::{context::PageContext, past::past_days, rows, sections::sections, sparkline, uptime::Days};

pub fn snapshot(context: &PageContext<'_>, as_of_ms: i64) -> Snapshot {
    let groups = groups(context, &Days::ending(&context.zone, as_of_ms));
    let incidents: Vec<Incident> = context
        .live
        .incidents
        .iter()
        .map(|incident| context.incident(incident))
        .collect();
    let maintenances: Vec<Maintenance> = context
        .live
        .maintenances
        .iter()
        .map(|maintenance| context.maintenance(maintenance))
        .collect();
    Snapshot {
        page: context.page.clone(),
        as_of: context.stamp(as_of_ms),
        status: PageStatus::of(&groups, &incidents, &maintenances),
        incidents,
        announcement: context.live.announcement.clone(),
        maintenances,
        cancelled: context
            .live
            .cancelled
            .iter()
            .map(|one| cancelled(context, one))
            .collect(),
        groups,
        metrics: context
            .live
            .metrics
            .iter()
            .map(|one| sparkline::metric(one, as_of_ms))
            .collect(),
        past: past_days(context, as_of_ms),
        archive_months: context.live.archive_months.iter().rev().cloned().collect(),
    }
}

fn cancelled(context: &PageContext<'_>, cancelled: &rows::CancelledMaintenance) -> Cancelled {
    Cancelled {
        id: cancelled.id.clone(),
        name: cancelled.name.clone(),
        starts_at: context.stamp(cancelled.starts_at_ms),
        ends_at: context.stamp(cancelled.ends_at_ms),
        cancelled_at: context.stamp(cancelled.cancelled_at_ms),
        revision: cancelled.revision,
    }
}

fn groups(context: &PageContext<'_>, days: &Days) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for section in sections(context.live) {
        let components = section.components.iter().map(|row| component(context, row, days));
        match (section.group, groups.last_mut()) {
            (None, Some(last)) if last.named.is_none() => last.components.extend(components),
            (group, _) => groups.push(Group {
                named: group.map(|group| named(context, group)),
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

fn named(context: &PageContext<'_>, group: &rows::Group) -> NamedGroup {
    NamedGroup {
        id: group.id.clone(),
        name: group.name.clone(),
        description: group.description.clone(),
        description_html: group.description_html.clone(),
        display: group.display,
        position: group.position,
        created_at: context.stamp(group.created_at_ms),
        updated_at: context.stamp(group.updated_at_ms),
    }
}

fn component(context: &PageContext<'_>, component: &rows::Component, days: &Days) -> Component {
    let changes = context
        .live
        .changes
        .get(&component.id)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let created_on = || zone::date(&context.zone, component.created_at_ms);
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
        created_at: context.stamp(component.created_at_ms),
        updated_at: context.stamp(component.updated_at_ms),
        uptime: component.show_uptime.then(uptime).flatten(),
    }
}
