//! The words of the formats that people read: the page's own, as `locales/` has them.

use page_model::{
    Language, Snapshot,
    status::{IncidentStatus, MaintenanceStatus, Status},
};

use crate::{view::headline, voice::Voice};

/// The same as on the page.
pub fn headline(snapshot: &Snapshot, language: Language) -> &str {
    headline::text(&snapshot.headline, snapshot.unresolved(), Voice::of(language))
}

pub fn roll_up(status: Status, language: Language) -> &'static str {
    Voice::of(language).roll_up(status)
}

pub fn status(status: Status, language: Language) -> &'static str {
    Voice::of(language).status(status)
}

pub fn incident(status: IncidentStatus, language: Language) -> &'static str {
    Voice::of(language).incident(status)
}

pub fn maintenance(status: MaintenanceStatus, language: Language) -> &'static str {
    Voice::of(language).maintenance(status)
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
    say("updated", language)
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
