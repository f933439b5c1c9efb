//! The words of the page, and the tone beside each: a colour that never stands without its shape.

use page_model::{
    snapshot::DayLevel,
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};
use serde::Serialize;

use crate::{carried::SHAPES, voice::Voice};

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

impl Voice {
    pub fn status(&self, status: Status) -> &str {
        self.say(match status {
            Status::Operational => "operational",
            Status::UnderMaintenance => "under-maintenance",
            Status::DegradedPerformance => "degraded-performance",
            Status::PartialOutage => "partial-outage",
            Status::MajorOutage => "major-outage",
        })
    }

    /// The headline where no incident gives it.
    pub fn roll_up(&self, worst: Status) -> &str {
        self.say(match worst {
            Status::Operational => "all-operational",
            Status::UnderMaintenance => "some-maintenance",
            Status::DegradedPerformance => "some-degraded",
            Status::PartialOutage => "some-partial-outage",
            Status::MajorOutage => "some-major-outage",
        })
    }

    pub fn incident(&self, status: IncidentStatus) -> &str {
        self.say(match status {
            IncidentStatus::Investigating => "investigating",
            IncidentStatus::Identified => "identified",
            IncidentStatus::Monitoring => "monitoring",
            IncidentStatus::Resolved => "resolved",
            IncidentStatus::Postmortem => "postmortem",
        })
    }

    pub fn maintenance(&self, status: MaintenanceStatus) -> &str {
        self.say(match status {
            MaintenanceStatus::Scheduled => "scheduled",
            MaintenanceStatus::InProgress => "in-progress",
            MaintenanceStatus::Verifying => "verifying",
            MaintenanceStatus::Completed => "completed",
        })
    }

    /// Nothing for an incident without impact: its state says enough.
    pub fn impact(&self, impact: Impact) -> Option<&str> {
        match impact {
            Impact::None => None,
            Impact::Minor => Some(self.say("impact-minor")),
            Impact::Major => Some(self.say("impact-major")),
            Impact::Critical => Some(self.say("impact-critical")),
        }
    }

    /// Rounded down, so that only a component without any trouble has 100.00 %.
    pub fn percent(&self, millionths: u32) -> String {
        let hundredths = millionths.min(1_000_000) / 100;
        let (mark, sign) = (self.say("decimal-mark"), self.say("percent-sign"));
        format!("{}{mark}{:02}{sign}", hundredths / 100, hundredths % 100)
    }

    /// A measured number, with as many digits after the mark as its publisher wants.
    pub fn number(&self, number: f64, decimals: u8) -> String {
        let decimals = usize::from(decimals.min(DECIMALS_MAX));
        format!("{number:.decimals$}").replace('.', self.say("decimal-mark"))
    }

    /// Hours and minutes are abbreviated, so only days are counted in plural forms; a text costs less than a number.
    pub fn duration(&self, minutes: i64) -> String {
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let text = |number: i64| number.to_string().into();
        let text = match (days, hours, minutes) {
            (0, 0, minutes) => self.tell("minutes", [("minutes", text(minutes))]),
            (0, hours, 0) => self.tell("hours", [("hours", text(hours))]),
            (0, hours, minutes) => self.tell(
                "hours-and-minutes",
                [("hours", text(hours)), ("minutes", text(minutes))],
            ),
            (days, 0, _) => self.tell("days-count", [("days", days.into())]),
            (days, hours, _) => self.tell("days-and-hours", [("days", days.into()), ("hours", hours.into())]),
        };
        unbroken(&text)
    }

    pub fn list<'a>(&self, things: impl IntoIterator<Item = &'a str>) -> String {
        let things: Vec<&str> = things.into_iter().collect();
        things.join(self.say("list-separator"))
    }
}

/// With spaces at which no line breaks.
pub fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// Sentence case, for a name that begins a line and is written small in some languages.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// More digits than any gauge has.
const DECIMALS_MAX: u8 = 9;
