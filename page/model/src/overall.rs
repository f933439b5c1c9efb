//! The overall status of a page, from its components and from what is going on.

use crate::{
    page_status::PageStatus,
    snapshot::{Group, Incident, Maintenance},
    status::{Impact, Indicator, Status},
};

impl PageStatus {
    /// Of a page that is shown so. The origin asks, once; whoever has a snapshot reads what it was told.
    pub fn of(groups: &[Group], incidents: &[Incident], maintenances: &[Maintenance]) -> Self {
        let statuses = || {
            let components = groups.iter().flat_map(|group| &group.components);
            components.map(|component| component.status)
        };
        let worst = statuses().max().unwrap_or(Status::Operational);
        let open: Vec<&Incident> = incidents.iter().filter(|incident| !incident.status.is_over()).collect();
        let under_way = maintenances.iter().any(|maintenance| maintenance.status.is_under_way());
        let level = open.iter().map(|incident| level_of(incident)).fold(worst, Status::max);
        let the_one = match open.as_slice() {
            [incident] => Some(*incident),
            _ => None,
        };
        let all = statuses().all(|status| status == worst);
        let (indicator, description) = Indicator::of_components(worst, all);
        Self {
            level,
            calm: level == Status::Operational && open.is_empty() && !under_way,
            headline: match the_one {
                Some(incident) => incident.name.clone(),
                None => summary(level, open.len(), under_way).to_owned(),
            },
            incident: the_one.map(|incident| incident.id.clone()),
            incident_status: the_one.map(|incident| incident.status),
            open_incidents: u32::try_from(open.len()).unwrap_or(u32::MAX),
            components_operational: statuses().filter(|status| *status == Status::Operational).count() as u32,
            components_total: statuses().count() as u32,
            indicator,
            description: description.to_owned(),
        }
    }
}

/// What an open incident adds by itself. One that names components is seen in their status, and in nothing once they have
/// recovered.
fn level_of(incident: &Incident) -> Status {
    match incident.impact {
        _ if !incident.components.is_empty() => Status::Operational,
        Impact::None => Status::Operational,
        Impact::Minor => Status::DegradedPerformance,
        Impact::Major => Status::PartialOutage,
        Impact::Critical => Status::MajorOutage,
    }
}

fn summary(level: Status, open: usize, under_way: bool) -> &'static str {
    match level {
        Status::Operational if open > 0 => "Several incidents are open",
        Status::Operational if !under_way => "All systems operational",
        Status::Operational | Status::UnderMaintenance => "Maintenance in progress",
        Status::DegradedPerformance => "Some systems are degraded",
        Status::PartialOutage => "Partial outage",
        Status::MajorOutage => "Major outage",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Id, Stamp,
        snapshot::{Component, Touched},
        status::{IncidentStatus, MaintenanceStatus},
    };
    use Impact::{Critical, Major, Minor};
    use IncidentStatus::{Identified, Monitoring, Resolved};
    use Status::{DegradedPerformance, MajorOutage, Operational, PartialOutage, UnderMaintenance};

    /// An incident of a state and an impact, and whether it names a component.
    type Told = (IncidentStatus, Impact, bool);
    /// Components and incidents, and the level, the calm and the headline that follow.
    type Case = (&'static [Status], &'static [Told], (Status, bool, &'static str));

    #[test]
    fn level_and_headline_follow_components_and_what_is_open() {
        const fn named(impact: Impact) -> Told {
            (Identified, impact, true)
        }
        const fn unnamed(impact: Impact) -> Told {
            (Identified, impact, false)
        }
        let cases: [Case; 13] = [
            (&[], &[], (Operational, true, "All systems operational")),
            (&[Operational; 2], &[], (Operational, true, "All systems operational")),
            (
                &[Operational, UnderMaintenance],
                &[],
                (UnderMaintenance, false, "Maintenance in progress"),
            ),
            (
                &[Operational, DegradedPerformance],
                &[],
                (DegradedPerformance, false, "Some systems are degraded"),
            ),
            (
                &[DegradedPerformance, PartialOutage],
                &[],
                (PartialOutage, false, "Partial outage"),
            ),
            (&[MajorOutage, Operational], &[], (MajorOutage, false, "Major outage")),
            // One that names no component is as bad as its impact.
            (
                &[Operational],
                const { &[unnamed(Critical)] },
                (MajorOutage, false, "Incident 0"),
            ),
            (
                &[Operational],
                const { &[unnamed(Major)] },
                (PartialOutage, false, "Incident 0"),
            ),
            (
                &[PartialOutage],
                const { &[unnamed(Minor)] },
                (PartialOutage, false, "Incident 0"),
            ),
            // One whose components have recovered adds nothing, but the page is not calm.
            (
                &[Operational],
                &[(Monitoring, Critical, true)],
                (Operational, false, "Incident 0"),
            ),
            (
                &[Operational],
                const { &[named(Major), unnamed(Impact::None)] },
                (Operational, false, "Several incidents are open"),
            ),
            (
                &[Operational],
                const { &[named(Major), unnamed(Minor)] },
                (DegradedPerformance, false, "Some systems are degraded"),
            ),
            (
                &[Operational],
                &[(Resolved, Critical, false)],
                (Operational, true, "All systems operational"),
            ),
        ];
        for (statuses, told, (level, calm, headline)) in cases {
            let status = of(statuses, told, &[]);
            assert_eq!(
                (status.level, status.calm, status.headline.as_str()),
                (level, calm, headline),
                "{statuses:?} {told:?}"
            );
            let open = told.iter().filter(|(state, ..)| !state.is_over()).count();
            assert_eq!(status.open_incidents as usize, open);
            assert_eq!(status.incident.is_some(), open == 1);
        }
    }

    #[test]
    fn maintenance_without_components_is_not_calm() {
        let status = of(&[Operational], &[], &[MaintenanceStatus::InProgress]);
        assert_eq!((status.level, status.calm), (Operational, false));
        assert_eq!(status.headline, "Maintenance in progress");
        let over = [MaintenanceStatus::Scheduled, MaintenanceStatus::Completed];
        assert!(of(&[Operational], &[], &over).calm);
    }

    /// What real documents of Statuspage say; open incidents change none of them.
    #[test]
    fn indicator_follows_components_alone() {
        for (statuses, indicator, description) in [
            ([Operational, Operational], Indicator::None, "All Systems Operational"),
            (
                [UnderMaintenance, Operational],
                Indicator::Maintenance,
                "Service Under Maintenance",
            ),
            (
                [DegradedPerformance, Operational],
                Indicator::Minor,
                "Partially Degraded Service",
            ),
            (
                [DegradedPerformance, DegradedPerformance],
                Indicator::Minor,
                "Partially Degraded Service",
            ),
            ([PartialOutage, Operational], Indicator::Minor, "Minor Service Outage"),
            (
                [PartialOutage, PartialOutage],
                Indicator::Major,
                "Partial System Outage",
            ),
            ([MajorOutage, Operational], Indicator::Major, "Partial System Outage"),
            ([MajorOutage, MajorOutage], Indicator::Critical, "Major System Outage"),
        ] {
            for told in [&[][..], &[(Monitoring, Critical, false)]] {
                let status = of(&statuses, told, &[]);
                assert_eq!(
                    (status.indicator, status.description.as_str()),
                    (indicator, description),
                    "{statuses:?} {told:?}"
                );
            }
        }
    }

    fn of(statuses: &[Status], told: &[Told], maintenances: &[MaintenanceStatus]) -> PageStatus {
        let group = Group {
            named: None,
            status: Operational,
            components: statuses.iter().map(|status| component(*status)).collect(),
        };
        let incidents: Vec<Incident> = told.iter().zip(0..).map(|(told, n)| incident(*told, n)).collect();
        let maintenances: Vec<Maintenance> = maintenances.iter().map(|status| maintenance(*status)).collect();
        PageStatus::of(&[group], &incidents, &maintenances)
    }

    fn component(status: Status) -> Component {
        Component {
            id: id(),
            name: "API".to_owned(),
            description: String::new(),
            description_html: String::new(),
            status,
            only_show_if_degraded: false,
            position: 0,
            start_date: None,
            created_at: MOMENT,
            updated_at: MOMENT,
            uptime: None,
        }
    }

    fn incident((status, impact, names_one): Told, n: usize) -> Incident {
        let touched = Touched {
            id: id(),
            name: "API".to_owned(),
        };
        Incident {
            id: id(),
            number: 1,
            name: format!("Incident {n}"),
            status,
            impact,
            started_at: MOMENT,
            monitoring_at: None,
            resolved_at: None,
            updated_at: None,
            components: names_one.then_some(touched).into_iter().collect(),
            updates: Vec::new(),
        }
    }

    fn maintenance(status: MaintenanceStatus) -> Maintenance {
        Maintenance {
            id: id(),
            number: 1,
            name: "Database upgrade".to_owned(),
            status,
            created_at: MOMENT,
            starts_at: MOMENT,
            ends_at: MOMENT,
            began_at: None,
            completed_at: None,
            updated_at: None,
            revision: 0,
            series: None,
            reminder_minutes: Vec::new(),
            components: Vec::new(),
            updates: Vec::new(),
        }
    }

    fn id() -> Id {
        Id::parse("aaaaaaaaaaaa").expect("an id")
    }

    const MOMENT: Stamp = Stamp {
        at_ms: 1_795_348_800_000,
        offset_minutes: 0,
    };
}
