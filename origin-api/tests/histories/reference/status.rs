//! The status of a component at any moment.

use page_model::status::Status;

use crate::reference::facts::{Component, Facts};

impl Facts {
    /// The worst of what is held at a moment.
    pub fn status(&self, component: &Component, t: i64) -> Status {
        let held = self.events.iter().filter_map(|event| event.holds(component.number, t));
        held.fold(component.own_status(t), Status::max)
    }

    /// The events that hold a component down at a moment.
    pub fn held_by(&self, component: &Component, t: i64) -> Vec<String> {
        let holds = |status: Option<Status>| status.is_some_and(|status| status != Status::Operational);
        let events = self
            .events
            .iter()
            .filter(|event| holds(event.holds(component.number, t)));
        let mut ids: Vec<String> = events.map(|event| event.id.id()).collect();
        ids.sort();
        ids
    }

    /// Every moment at which a component's status may change, oldest first.
    pub fn moments(&self, component: &Component) -> Vec<i64> {
        let updates = self.events.iter().flat_map(|event| &event.updates);
        let told = updates.map(|update| update.at);
        let mut moments: Vec<i64> = told.chain(component.own.iter().map(|word| word.at)).collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// Status over time: each change, equal neighbours merged. A component that was never otherwise was operational.
    pub fn history(&self, component: &Component) -> Vec<(i64, Status)> {
        let mut history = Vec::new();
        let mut before = Status::Operational;
        for moment in self.moments(component) {
            let status = self.status(component, moment);
            if status != before {
                history.push((moment, status));
            }
            before = status;
        }
        history
    }
}

impl Component {
    /// The publisher's own word holds until the next one.
    pub fn own_status(&self, t: i64) -> Status {
        let last = self.own.iter().rfind(|word| word.at <= t);
        last.map_or(Status::Operational, |word| word.status)
    }
}
