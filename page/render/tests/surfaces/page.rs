//! Random pages that are true in themselves: groups, hidden components, events of every state, long lists, announcements.

use fastrand::Rng;
use page_model::{
    Snapshot, Stamp,
    snapshot::{Announcement, Component, Group, GroupDisplay, Incident, Maintenance, PageStatus, Touched, Update},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

use crate::fixture::{self, AS_OF, component, group, id, metrics};

pub fn page(seed: u64) -> Snapshot {
    let mut rng = Rng::with_seed(seed);
    let offset_minutes = rng.choice([0, 60, -210, 330]).unwrap_or(0);
    // Most pages are small and quiet; some are neither.
    let (is_quiet, is_long) = (rng.u8(0..4) == 0, rng.u8(0..8) == 0);
    let components = if is_long { rng.usize(100..400) } else { rng.usize(0..12) };
    let mut page = fixture::page("Acme", groups(&mut rng, components, is_quiet));
    // Where many events are listed, few of them go on.
    let open = [2, 20, 200][usize::from(is_long) + usize::from(is_quiet)];
    let most = if is_long { 70 } else { 5 };
    page.incidents = (0..rng.usize(0..=most))
        .map(|number| incident(&mut rng, 1_000 + number, &page.groups, open))
        .collect();
    page.maintenances = (0..rng.usize(0..=most))
        .map(|number| maintenance(&mut rng, 2_000 + number, &page.groups, open))
        .collect();
    page.incidents
        .sort_by_key(|incident| std::cmp::Reverse(incident.started_at.at_ms));
    page.maintenances
        .sort_by_key(|one| std::cmp::Reverse(one.starts_at.at_ms));
    if rng.bool() {
        page.announcement = Some(Announcement {
            body: ANNOUNCEMENT.to_owned(),
            body_html: format!("<p>{ANNOUNCEMENT}</p>"),
        });
    }
    if rng.u8(0..4) == 0 {
        page.metrics = metrics::all();
    }
    page.status = PageStatus::of(&page.groups, &page.incidents, &page.maintenances);
    in_zone(&mut page, offset_minutes);
    page
}

fn groups(rng: &mut Rng, components: usize, is_quiet: bool) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut left: Vec<Component> = (1..=components).map(|number| part(rng, number, is_quiet)).collect();
    while !left.is_empty() {
        let members = left.split_off(left.len().saturating_sub(rng.usize(1..=8)));
        let name = format!("Group {}", groups.len());
        let mut group = group(rng.bool().then_some(name.as_str()), members);
        if let Some(named) = &mut group.named {
            let displays = [
                GroupDisplay::Open,
                GroupDisplay::Collapsed,
                GroupDisplay::OnlyWhenDegraded,
            ];
            named.display = rng.choice(displays).unwrap_or_default();
        }
        groups.push(group);
    }
    groups
}

/// Those that hide say so in their name.
fn part(rng: &mut Rng, number: usize, is_quiet: bool) -> Component {
    let status = match is_quiet || rng.bool() {
        true => Status::Operational,
        false => rng.choice(Status::ALL.iter().copied()).unwrap_or(Status::Operational),
    };
    let hides = rng.u8(0..4) == 0;
    let name = if hides {
        format!("Shy{number}")
    } else {
        format!("Part{number}")
    };
    Component {
        only_show_if_degraded: hides,
        ..component(number, &name, status)
    }
}

fn incident(rng: &mut Rng, number: usize, groups: &[Group], one_open_of: u8) -> Incident {
    use IncidentStatus::{Identified, Investigating, Monitoring, Postmortem, Resolved};
    let open = [Investigating, Identified, Monitoring];
    let over = [Resolved, Postmortem];
    let goes_on = rng.u8(0..one_open_of) == 0;
    let last = rng
        .choice(if goes_on { &open[..] } else { &over[..] })
        .copied()
        .unwrap_or(Resolved);
    let started_ms = AS_OF.at_ms - rng.i64(0..60) * DAY_MS - rng.i64(0..DAY_MS);
    let mut moments: Vec<i64> = (0..rng.usize(0..4))
        .map(|_| rng.i64(started_ms..=AS_OF.at_ms))
        .collect();
    moments.push(started_ms);
    moments.sort_unstable_by(|one, other| other.cmp(one));
    let updates: Vec<Update<IncidentStatus>> = moments
        .iter()
        .enumerate()
        .map(|(place, at_ms)| {
            let status = if place == 0 {
                last
            } else {
                rng.choice(open).unwrap_or(Identified)
            };
            update(number * 100 + place, *at_ms, status)
        })
        .collect();
    Incident {
        id: id(number),
        number: number as u64,
        name: format!("Outage{number}"),
        status: last,
        impact: rng.choice(Impact::ALL.iter().copied()).unwrap_or(Impact::None),
        started_at: Stamp::utc(started_ms),
        monitoring_at: None,
        resolved_at: last.is_over().then_some(Stamp::utc(moments[0])),
        updated_at: None,
        components: touched(rng, groups),
        updates,
    }
}

fn maintenance(rng: &mut Rng, number: usize, groups: &[Group], one_open_of: u8) -> Maintenance {
    use MaintenanceStatus::{Completed, InProgress, Scheduled, Verifying};
    let goes_on = rng.u8(0..one_open_of) == 0;
    let states = if goes_on {
        [InProgress, Verifying]
    } else {
        [Scheduled, Completed]
    };
    let status = rng.choice(states).unwrap_or(Scheduled);
    let hours = 3_600_000;
    let (from, to) = match status {
        Scheduled => (rng.i64(1..900), 0),
        Completed => (-rng.i64(10..900), 0),
        _ => (-rng.i64(1..5), 6),
    };
    let starts_ms = AS_OF.at_ms + from * hours;
    let ends_ms = starts_ms + (to + rng.i64(1..4)) * hours;
    let announced_ms = starts_ms.min(AS_OF.at_ms) - rng.i64(1..50) * hours;
    let mut updates = vec![update(number * 100, announced_ms, Scheduled)];
    if status != Scheduled {
        updates.insert(0, update(number * 100 + 1, starts_ms, status));
    }
    Maintenance {
        id: id(number),
        number: number as u64,
        name: format!("Work{number}"),
        status,
        created_at: Stamp::utc(announced_ms),
        starts_at: Stamp::utc(starts_ms),
        ends_at: Stamp::utc(ends_ms),
        began_at: (status != Scheduled).then_some(Stamp::utc(starts_ms)),
        completed_at: status.is_over().then_some(Stamp::utc(ends_ms)),
        updated_at: None,
        revision: 0,
        series: None,
        reminder_minutes: Vec::new(),
        components: touched(rng, groups),
        updates,
    }
}

fn update<S>(number: usize, at_ms: i64, status: S) -> Update<S> {
    Update {
        id: id(number),
        status,
        at: Stamp::utc(at_ms),
        displayed_at: None,
        updated_at: None,
        body: format!("News{number}."),
        body_html: format!("<p>News{number}.</p>"),
        affected: None,
    }
}

/// Up to three components, or none: then an incident speaks for itself.
fn touched(rng: &mut Rng, groups: &[Group]) -> Vec<Touched> {
    let all: Vec<&Component> = groups.iter().flat_map(|group| &group.components).collect();
    let count = rng.usize(0..=3);
    let mut touched: Vec<Touched> = (0..count)
        .filter_map(|_| rng.choice(all.iter()))
        .map(|component| Touched {
            id: component.id.clone(),
            name: component.name.clone(),
        })
        .collect();
    touched.sort_by(|one, other| one.id.cmp(&other.id));
    touched.dedup();
    touched
}

fn in_zone(page: &mut Snapshot, offset_minutes: i16) {
    let shift = |stamp: &mut Stamp| stamp.offset_minutes = offset_minutes;
    shift(&mut page.as_of);
    for incident in &mut page.incidents {
        shift(&mut incident.started_at);
        incident.resolved_at.as_mut().map(shift);
        incident.updates.iter_mut().for_each(|update| shift(&mut update.at));
    }
    for maintenance in &mut page.maintenances {
        shift(&mut maintenance.created_at);
        shift(&mut maintenance.starts_at);
        shift(&mut maintenance.ends_at);
        maintenance.began_at.as_mut().map(shift);
        maintenance.completed_at.as_mut().map(shift);
        maintenance.updates.iter_mut().for_each(|update| shift(&mut update.at));
    }
}

const DAY_MS: i64 = 86_400_000;
pub const ANNOUNCEMENT: &str = "Proclamation";
