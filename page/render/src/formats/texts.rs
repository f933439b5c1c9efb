//! The texts of the formats that people read: the same as on the page.

use std::borrow::Cow;

use page_model::{
    Language, Snapshot,
    status::{IncidentStatus, MaintenanceStatus, Status},
};

use crate::{locale::Locale, view::headline};

/// The same as on the page.
pub fn headline(snapshot: &Snapshot, language: Language) -> Cow<'_, str> {
    headline::text(&snapshot.status, Locale::of(language))
}

/// The same in a word or two.
pub fn word(snapshot: &Snapshot, language: Language) -> &'static str {
    headline::word(&snapshot.status, Locale::of(language))
}

pub fn status(status: Status, language: Language) -> &'static str {
    Locale::of(language).status(status)
}

pub fn incident(status: IncidentStatus, language: Language) -> &'static str {
    Locale::of(language).incident(status)
}

pub fn maintenance(status: MaintenanceStatus, language: Language) -> &'static str {
    Locale::of(language).maintenance(status)
}

/// `Acme: Scheduled maintenance`
pub fn calendar_name(page: &str, language: Language) -> String {
    format!("{page}: {}", maintenances(language))
}

pub fn components(language: Language) -> &'static str {
    text("components", language)
}

pub fn incidents(language: Language) -> &'static str {
    text("active-incidents", language)
}

pub fn maintenances(language: Language) -> &'static str {
    text("scheduled-maintenance", language)
}

pub fn past(language: Language) -> &'static str {
    text("past-incidents", language)
}

/// Before the time of the last update.
pub fn updated(language: Language) -> &'static str {
    text("updated", language)
}

/// Before the time of what is shown.
pub fn delayed(language: Language) -> &'static str {
    text("updates-delayed", language)
}

pub fn close(language: Language) -> &'static str {
    text("close", language)
}

fn text(message: &str, language: Language) -> &'static str {
    Locale::of(language).text(message)
}
