//! The one sentence at the top of a page.

use page_model::{
    snapshot::{Group, Headline, Incident},
    status::Status,
};

/// The name of the incident where there is exactly one unresolved incident, else what the components come to.
pub fn headline(groups: &[Group], incidents: &[Incident]) -> Headline {
    let statuses = || {
        groups
            .iter()
            .flat_map(|group| &group.components)
            .map(|component| component.status)
    };
    let status = statuses().max().unwrap_or(Status::Operational);
    let unresolved: Vec<&Incident> = incidents.iter().filter(|incident| !incident.status.is_over()).collect();
    let text = match unresolved.as_slice() {
        [incident] => incident.name.clone(),
        [_, ..] if status == Status::Operational => "Several incidents are open".into(),
        _ => roll_up(status).into(),
    };
    Headline {
        status,
        text,
        incident: match unresolved.as_slice() {
            [incident] => Some(incident.id.clone()),
            _ => None,
        },
        components_operational: statuses().filter(|status| *status == Status::Operational).count() as u32,
        components_total: statuses().count() as u32,
    }
}

fn roll_up(worst: Status) -> &'static str {
    match worst {
        Status::Operational => "All systems operational",
        Status::UnderMaintenance => "Maintenance under way",
        Status::DegradedPerformance => "Some systems are degraded",
        Status::PartialOutage => "Partial outage",
        Status::MajorOutage => "Major outage",
    }
}
