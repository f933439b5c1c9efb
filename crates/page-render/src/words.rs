//! The words of the page, and the tone beside each: a colour that never stands without its shape.

use page_model::{
    snapshot::DayLevel,
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};
use serde::Serialize;

use crate::carried::SHAPES;

/// How something is meant to look; a class of `style.css` and the name of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    Fine,
    Planned,
    Slow,
    Partial,
    Down,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Planned => "planned",
            Self::Slow => "slow",
            Self::Partial => "partial",
            Self::Down => "down",
        }
    }

    /// A picture for the browser's tab, as a data URL.
    pub fn icon(self) -> String {
        let file = SHAPES
            .iter()
            .find(|(file, _)| file.strip_suffix(".svg") == Some(self.class()));
        let colour = match self {
            Self::Fine => "1f9d63",
            Self::Planned => "3b6fd4",
            Self::Slow => "c28100",
            Self::Partial => "dd6414",
            Self::Down => "d43a3f",
        };
        let (_, shape) = file.copied().unwrap_or_default();
        shape.replacen("path%20", &format!("path%20fill='%23{colour}'%20"), 1)
    }
}

impl From<Status> for Tone {
    fn from(status: Status) -> Self {
        match status {
            Status::Operational => Self::Fine,
            Status::UnderMaintenance => Self::Planned,
            Status::DegradedPerformance => Self::Slow,
            Status::PartialOutage => Self::Partial,
            Status::MajorOutage => Self::Down,
        }
    }
}

impl From<Impact> for Tone {
    fn from(impact: Impact) -> Self {
        match impact {
            Impact::None => Self::Planned,
            Impact::Minor => Self::Slow,
            Impact::Major => Self::Partial,
            Impact::Critical => Self::Down,
        }
    }
}

/// `None` where a day has nothing to tell: no history, or no trouble.
pub fn day_tone(level: DayLevel) -> Option<Tone> {
    match level {
        DayLevel::NoHistory | DayLevel::Operational => None,
        DayLevel::UnderMaintenance => Some(Tone::Planned),
        DayLevel::DegradedPerformance => Some(Tone::Slow),
        DayLevel::PartialOutage => Some(Tone::Partial),
        DayLevel::MajorOutage => Some(Tone::Down),
    }
}

pub fn status(status: Status) -> &'static str {
    match status {
        Status::Operational => "Operational",
        Status::UnderMaintenance => "Maintenance",
        Status::DegradedPerformance => "Degraded",
        Status::PartialOutage => "Partial outage",
        Status::MajorOutage => "Major outage",
    }
}

pub fn incident(status: IncidentStatus) -> &'static str {
    match status {
        IncidentStatus::Investigating => "Investigating",
        IncidentStatus::Identified => "Identified",
        IncidentStatus::Monitoring => "Monitoring",
        IncidentStatus::Resolved => "Resolved",
        IncidentStatus::Postmortem => "Postmortem",
    }
}

pub fn maintenance(status: MaintenanceStatus) -> &'static str {
    match status {
        MaintenanceStatus::Scheduled => "Scheduled",
        MaintenanceStatus::InProgress => "In progress",
        MaintenanceStatus::Verifying => "Verifying",
        MaintenanceStatus::Completed => "Completed",
    }
}

/// Nothing for an incident without impact: its state says enough.
pub fn impact(impact: Impact) -> Option<&'static str> {
    match impact {
        Impact::None => None,
        Impact::Minor => Some("Minor impact"),
        Impact::Major => Some("Major impact"),
        Impact::Critical => Some("Critical impact"),
    }
}

/// Rounded down, so that only a component without any trouble has 100.00 %.
pub fn percent(millionths: u32) -> String {
    let hundredths = millionths.min(1_000_000) / 100;
    format!("{}.{:02}\u{a0}%", hundredths / 100, hundredths % 100)
}

pub fn minutes(minutes: i64) -> String {
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let text = match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, 0, _) => "1 day".to_owned(),
        (days, 0, _) => format!("{days} days"),
        (1, hours, _) => format!("1 day {hours} h"),
        (days, hours, _) => format!("{days} days {hours} h"),
    };
    text.replace(' ', "\u{a0}")
}

/// `1 component`, `2 components`.
pub fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}
