//! What a page shows, said in lines that can be compared with what it does show.

use std::collections::BTreeMap;

use page_model::status::Status;

use crate::{
    reference::{
        events::is_under_way,
        facts::{Event, Facts},
        uptime::Calendar,
    },
    told::{Kind, Moment, component_id, update_id},
};

/// By what they are about.
pub type Lines = BTreeMap<String, String>;

impl Facts {
    pub fn lines(&self, zone: &str) -> Lines {
        let mut lines = Lines::new();
        lines.insert("as of".into(), Moment(self.as_of).to_string());
        self.page_lines(&mut lines);
        self.component_lines(zone, &mut lines);
        for kind in [Kind::Incident, Kind::Maintenance] {
            let mut events: Vec<&Event> = self
                .events
                .iter()
                .filter(|event| event.id.kind == kind && self.is_listed(event))
                .collect();
            // The newest first.
            events.sort_by_key(|event| std::cmp::Reverse((event.listed_at(), event.ordinal)));
            let ids: Vec<String> = events.iter().map(|event| event.id.id()).collect();
            lines.insert(format!("{kind:?}s"), ids.join(" "));
            for event in events {
                self.event_lines(event, &mut lines);
            }
        }
        lines
    }

    fn page_lines(&self, lines: &mut Lines) {
        let now: Vec<Status> = self.components.iter().map(|one| self.status(one, self.now())).collect();
        let worst = now.iter().copied().max().unwrap_or(Status::Operational);
        let incidents = self.events.iter().filter(|event| event.id.kind == Kind::Incident);
        let open: Vec<&Event> = incidents.filter(|event| !event.is_over()).collect();
        let level = open.iter().map(|incident| level_of(incident)).fold(worst, Status::max);
        let mut maintenances = self.events.iter().filter(|event| event.id.kind == Kind::Maintenance);
        let under_way = maintenances.any(|event| is_under_way(event.status()));
        let calm = level == Status::Operational && open.is_empty() && !under_way;
        lines.insert("level".into(), level.as_str().into());
        lines.insert("calm".into(), calm.to_string());
        lines.insert("open incidents".into(), open.len().to_string());
        let the_one = match open.as_slice() {
            [one] => one.id.id(),
            _ => "none".into(),
        };
        lines.insert("incident of the headline".into(), the_one);
        lines.insert("indicator".into(), indicator(&now).into());
    }

    /// A maintenance that was over long before it was to begin is neither recent nor to come.
    pub fn is_listed(&self, event: &Event) -> bool {
        let long_over = event
            .over_since()
            .is_some_and(|at| at < self.as_of - 13 * 24 * 3_600_000);
        !(event.id.kind == Kind::Maintenance && long_over && event.window.0 > self.as_of)
    }

    fn component_lines(&self, zone: &str, lines: &mut Lines) {
        let calendar = Calendar::new(zone, self.as_of);
        for component in &self.components {
            let id = component_id(component.number);
            let mut line = |what: &str, value: String| lines.insert(format!("{id} {what}"), value);
            line("status", self.status(component, self.now()).as_str().into());
            line("own status", component.own_status(self.now()).as_str().into());
            line("held by", self.held_by(component, self.now()).join(" "));
            line("history", history_line(&self.history(component)));
            line("uptime", calendar.uptime(self, component).join("; "));
        }
    }

    fn event_lines(&self, event: &Event, lines: &mut Lines) {
        let id = event.id.id();
        let mut line = |what: &str, value: String| lines.insert(format!("{id} {what}"), value);
        line("status", event.status().into());
        line("updates", updates_line(event));
        line("components", event.touched().join(" "));
        match event.id.kind {
            Kind::Incident => {
                line("impact", event.impact().into());
                line("started", Moment(event.start()).to_string());
                line("monitoring", moment_line(event.first(|status| status == "monitoring")));
                line("resolved", moment_line(event.over_since()));
            }
            Kind::Maintenance => {
                line("announced", Moment(event.start()).to_string());
                line(
                    "window",
                    format!("{} {}", Moment(event.window.0), Moment(event.window.1)),
                );
                line("began", moment_line(event.first(is_under_way)));
                line("completed", moment_line(event.over_since()));
            }
        }
    }
}

impl Event {
    /// The moment by which it stands in its list.
    pub fn listed_at(&self) -> i64 {
        match self.id.kind {
            Kind::Incident => self.start(),
            Kind::Maintenance => self.window.0,
        }
    }
}

/// What an open incident adds by itself: its impact, where it names no component.
fn level_of(incident: &Event) -> Status {
    if !incident.touched().is_empty() {
        return Status::Operational;
    }
    match incident.impact() {
        "critical" => Status::MajorOutage,
        "major" => Status::PartialOutage,
        "minor" => Status::DegradedPerformance,
        _ => Status::Operational,
    }
}

/// What the clients of Statuspage's API read: of components alone, and worse where all are as bad as the worst.
fn indicator(now: &[Status]) -> &'static str {
    let worst = now.iter().copied().max().unwrap_or(Status::Operational);
    let all = now.iter().all(|status| *status == worst);
    match worst {
        Status::Operational => "none",
        Status::UnderMaintenance => "maintenance",
        Status::DegradedPerformance => "minor",
        Status::PartialOutage if all => "major",
        Status::PartialOutage => "minor",
        Status::MajorOutage if all => "critical",
        Status::MajorOutage => "major",
    }
}

fn updates_line(event: &Event) -> String {
    let newest_first = event.timeline().into_iter().rev();
    let updates: Vec<String> = newest_first
        .map(|(update, status)| {
            format!(
                "{} {status} {}",
                update.number.map_or("the clock".into(), update_id),
                Moment(update.at)
            )
        })
        .collect();
    updates.join("; ")
}

pub fn history_line(history: &[(i64, Status)]) -> String {
    let changes: Vec<String> = history
        .iter()
        .map(|(at, status)| format!("{} {}", Moment(*at), status.as_str()))
        .collect();
    changes.join("; ")
}

pub fn moment_line(at: Option<i64>) -> String {
    at.map_or("never".into(), |at| Moment(at).to_string())
}
