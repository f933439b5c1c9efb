//! What follows from the updates of one event.

use page_model::status::Status;

use crate::{
    reference::facts::{Event, Update},
    told::{Kind, component_id},
};

impl Event {
    /// Each update with the status that it leaves the event in: one without a status leaves it as it was.
    pub fn timeline(&self) -> Vec<(&Update, &'static str)> {
        let mut status = match self.id.kind {
            Kind::Incident => "investigating",
            Kind::Maintenance => "scheduled",
        };
        let mut timeline = Vec::new();
        for update in &self.updates {
            status = update.status.unwrap_or(status);
            timeline.push((update, status));
        }
        timeline
    }

    pub fn status(&self) -> &'static str {
        self.timeline().last().map_or("", |(_, status)| status)
    }

    pub fn is_over(&self) -> bool {
        is_over(self.status())
    }

    /// Whether it has not begun yet.
    pub fn is_planned(&self) -> bool {
        self.status() == "scheduled" && self.first(is_under_way).is_none()
    }

    /// What it holds of a component at a moment; `None` where it holds nothing.
    pub fn holds(&self, component: u16, t: i64) -> Option<Status> {
        let until_t = self.timeline().into_iter().filter(|(update, _)| update.at <= t);
        match self.id.kind {
            Kind::Incident => {
                // The last word since it was last opened, while it is open.
                let (mut open, mut word) = (false, None);
                for (update, status) in until_t {
                    if is_over(status) {
                        (open, word) = (false, None);
                        continue;
                    }
                    open = true;
                    word = word_of(update, component).or(word);
                }
                word.filter(|_| open)
            }
            Kind::Maintenance => {
                // Its own word, or that of one of its updates, while it is under way.
                let (mut under_way, mut word) = (false, None);
                for (update, status) in until_t {
                    under_way = is_under_way(status);
                    word = word_of(update, component).or(word);
                }
                let held = word.or(self.touches(component).then_some(Status::UnderMaintenance));
                held.filter(|_| under_way)
            }
        }
    }

    /// Whether it was ever said to be about a component.
    pub fn touches(&self, component: u16) -> bool {
        self.components.contains(&component) || self.updates.iter().any(|update| word_of(update, component).is_some())
    }

    /// The ids of all components that it was ever said to be about, those included that are gone.
    pub fn touched(&self) -> Vec<String> {
        let words = self.updates.iter().flat_map(|update| update.words.iter().flatten());
        let mut touched = self.components.clone();
        touched.extend(words.map(|(component, _)| *component));
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().map(component_id).collect()
    }

    /// The impact that was given, or that of the worst word that it said.
    pub fn impact(&self) -> &'static str {
        let words = self.updates.iter().flat_map(|update| update.words.iter().flatten());
        let worst = words.map(|(_, status)| *status).max();
        self.impact.unwrap_or(match worst {
            Some(Status::MajorOutage) => "critical",
            Some(Status::PartialOutage) => "major",
            Some(Status::DegradedPerformance) => "minor",
            _ => "none",
        })
    }

    /// When it came to the state of being over in which it is.
    pub fn over_since(&self) -> Option<i64> {
        let mut since = None;
        for (update, status) in self.timeline() {
            since = is_over(status).then_some(since.unwrap_or(update.at));
        }
        since
    }

    /// The moment of the first update that left it in a status.
    pub fn first(&self, such: impl Fn(&str) -> bool) -> Option<i64> {
        let timeline = self.timeline();
        timeline
            .iter()
            .find(|(_, status)| such(status))
            .map(|(update, _)| update.at)
    }
}

fn word_of(update: &Update, component: u16) -> Option<Status> {
    let word = update.words.iter().flatten().find(|(of, _)| *of == component);
    word.map(|(_, status)| *status)
}

pub fn is_over(status: &str) -> bool {
    matches!(status, "resolved" | "postmortem" | "completed")
}

pub fn is_under_way(status: &str) -> bool {
    matches!(status, "in_progress" | "verifying")
}
