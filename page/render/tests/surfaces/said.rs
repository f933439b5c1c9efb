//! What a surface says of a page, in words that every surface can be brought to, and what it must say.

use std::collections::{BTreeMap, BTreeSet};

use page_model::{
    Snapshot, Stamp,
    snapshot::Incident,
    status::{Impact, Status},
};

/// Moments are minutes since 1970: no surface for people says more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    pub tone: Option<String>,
    pub calm: Option<bool>,
    pub headline: Option<String>,
    /// Ids of the open incidents.
    pub open: Option<BTreeSet<String>>,
    /// Ids of all events of a list that may be cut; the open incidents are never what is cut.
    pub listed: Option<BTreeSet<String>>,
    /// By the id of an incident: when it began.
    pub started: BTreeMap<String, i64>,
    /// By the id of an event: when it was updated last.
    pub updated: BTreeMap<String, i64>,
    /// By the id of a maintenance: its planned window.
    pub windows: BTreeMap<String, (i64, i64)>,
    pub ends: BTreeMap<String, i64>,
    /// The state of an event by its id, as the API writes it.
    pub states: BTreeMap<String, String>,
    /// The status of components by name.
    pub components: BTreeMap<String, String>,
    /// Everything that it says, where hidden components and the announcement can be looked for.
    pub text: Option<String>,
}

/// What is true of a page, by rules of its own.
pub fn truth(page: &Snapshot) -> Said {
    let (incidents, maintenances) = (|| page.incidents.iter(), || page.maintenances.iter());
    let components = || page.groups.iter().flat_map(|group| &group.components);
    let open: Vec<&Incident> = page.incidents.iter().filter(|one| !one.status.is_over()).collect();
    let alone = open.iter().filter(|incident| incident.components.is_empty());
    let levels = components()
        .map(|component| component.status)
        .chain(alone.map(|incident| by_itself(incident.impact)));
    let level = levels.max().unwrap_or(Status::Operational);
    let under_way = page.maintenances.iter().any(|one| one.status.is_under_way());
    let calm = level == Status::Operational && open.is_empty() && !under_way;
    let tone = match level {
        Status::Operational if calm => "fine",
        Status::Operational | Status::UnderMaintenance => "planned",
        Status::DegradedPerformance => "slow",
        Status::PartialOutage => "partial",
        Status::MajorOutage => "down",
    };
    let incident_states = page
        .incidents
        .iter()
        .map(|one| (one.id.to_string(), one.status.as_str().to_owned()));
    let maintenance_states = page
        .maintenances
        .iter()
        .map(|one| (one.id.to_string(), one.status.as_str().to_owned()));
    Said {
        tone: Some(tone.to_owned()),
        calm: Some(calm),
        headline: None,
        open: Some(open.iter().map(|incident| incident.id.to_string()).collect()),
        listed: None,
        started: incidents()
            .map(|one| (one.id.to_string(), minute(one.started_at)))
            .collect(),
        updated: incidents()
            .map(|one| (one.id.to_string(), minute(one.updates[0].at)))
            .chain(maintenances().map(|one| (one.id.to_string(), minute(one.updates[0].at))))
            .collect(),
        ends: maintenances()
            .map(|one| (one.id.to_string(), minute(one.ends_at)))
            .collect(),
        windows: maintenances()
            .map(|one| (one.id.to_string(), (minute(one.starts_at), minute(one.ends_at))))
            .collect(),
        states: incident_states.chain(maintenance_states).collect(),
        components: components()
            .map(|one| (one.name.clone(), one.status.as_str().to_owned()))
            .collect(),
        text: None,
    }
}

/// What clients of Statuspage read, from components alone.
pub fn indicator(page: &Snapshot) -> &'static str {
    let components: Vec<Status> = page
        .groups
        .iter()
        .flat_map(|group| &group.components)
        .map(|component| component.status)
        .collect();
    let worst = components.iter().copied().max().unwrap_or(Status::Operational);
    let all_alike = components.iter().all(|status| *status == worst);
    match (worst, all_alike) {
        (Status::Operational, _) => "none",
        (Status::UnderMaintenance, _) => "maintenance",
        (Status::DegradedPerformance, _) | (Status::PartialOutage, false) => "minor",
        (Status::PartialOutage, true) | (Status::MajorOutage, false) => "major",
        (Status::MajorOutage, true) => "critical",
    }
}

fn by_itself(impact: Impact) -> Status {
    match impact {
        Impact::None => Status::Operational,
        Impact::Minor => Status::DegradedPerformance,
        Impact::Major => Status::PartialOutage,
        Impact::Critical => Status::MajorOutage,
    }
}

impl Said {
    /// Asserts that all of what it says is true, and that no open incident is missing.
    pub fn is_true(&self, surface: &str, truth: &Self) {
        let told = |what: &str| format!("{what} of {surface}");
        equal(&self.tone, &truth.tone, &told("the tone"));
        equal(&self.calm, &truth.calm, &told("the calm"));
        equal(&self.headline, &truth.headline, &told("the headline"));
        equal(&self.open, &truth.open, &told("the open incidents"));
        within(&self.started, &truth.started, &told("the starts"));
        within(&self.updated, &truth.updated, &told("the newest updates"));
        within(&self.windows, &truth.windows, &told("the windows"));
        within(&self.ends, &truth.ends, &told("the ends"));
        within(&self.states, &truth.states, &told("the states"));
        within(&self.components, &truth.components, &told("the components"));
        if let (Some(listed), Some(open)) = (&self.listed, &truth.open) {
            let missing: Vec<&String> = open.difference(listed).collect();
            assert!(missing.is_empty(), "{surface} leaves out the open {missing:?}");
        }
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(said: &Option<T>, truth: &Option<T>, what: &str) {
    if said.is_some() && truth.is_some() {
        assert_eq!(said, truth, "{what}");
    }
}

fn within<T: PartialEq + std::fmt::Debug>(said: &BTreeMap<String, T>, truth: &BTreeMap<String, T>, what: &str) {
    for (key, value) in said {
        assert_eq!(Some(value), truth.get(key), "{what}: {key}");
    }
}

pub fn minute(stamp: Stamp) -> i64 {
    stamp.at_ms.div_euclid(60_000)
}
