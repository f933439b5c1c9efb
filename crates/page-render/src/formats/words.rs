//! The words of the formats that people read: the page's own, as `locales/` has them.

use page_model::{
    Language, Snapshot,
    status::{IncidentStatus, MaintenanceStatus, Status},
};

use crate::voice::Voice;

/// The publisher's words where they name an incident, else ours.
pub fn headline(snapshot: &Snapshot, language: Language) -> String {
    if snapshot.headline.incident.is_some() {
        return snapshot.headline.text.clone();
    }
    let open = snapshot.incidents.iter().filter(|incident| !incident.status.is_over());
    match open.count() {
        0 | 1 => roll_up(snapshot.headline.status, language).to_owned(),
        _ => say("several-incidents", language).to_owned(),
    }
}

pub fn roll_up(status: Status, language: Language) -> &'static str {
    let message = match status {
        Status::Operational => "all-operational",
        Status::UnderMaintenance => "some-maintenance",
        Status::DegradedPerformance => "some-degraded",
        Status::PartialOutage => "some-partial-outage",
        Status::MajorOutage => "some-major-outage",
    };
    say(message, language)
}

pub fn status(status: Status, language: Language) -> &'static str {
    say_state(status.as_str(), language)
}

pub fn incident(status: IncidentStatus, language: Language) -> &'static str {
    say_state(status.as_str(), language)
}

pub fn maintenance(status: MaintenanceStatus, language: Language) -> &'static str {
    say_state(status.as_str(), language)
}

/// `Acme: Scheduled maintenance`
pub fn calendar_name(page: &str, language: Language) -> String {
    format!("{page}: {}", maintenances(language))
}

pub fn components(language: Language) -> &'static str {
    say("components", language)
}

pub fn incidents(language: Language) -> &'static str {
    say("active-incidents", language)
}

pub fn maintenances(language: Language) -> &'static str {
    say("scheduled-maintenance", language)
}

pub fn past(language: Language) -> &'static str {
    say("past-incidents", language)
}

/// Before the moment of which the page speaks.
pub fn as_of(language: Language) -> &'static str {
    say("as-of", language)
}

/// Before the moment since when.
pub fn delayed(language: Language) -> &'static str {
    say("updates-delayed", language)
}

pub fn close(language: Language) -> &'static str {
    say("close", language)
}

fn say(message: &str, language: Language) -> &'static str {
    Voice::of(language).say(message)
}

/// A state's message has the state's name.
fn say_state(state: &str, language: Language) -> &'static str {
    say(&state.replace('_', "-"), language)
}
