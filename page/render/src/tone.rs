//! The tone of a status: a colour that never stands without its shape.

use page_model::{
    snapshot::{DayLevel, PageStatus},
    status::{Impact, Status},
};
use serde::Serialize;

use crate::embedded::SHAPES;

/// How something is meant to look; a class of `style.css` and the name of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    Fine,
    Planned,
    Slow,
    Partial,
    Down,
    /// What is shown may be out of date: neither good nor bad.
    Unknown,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Planned => "planned",
            Self::Slow => "slow",
            Self::Partial => "partial",
            Self::Down => "down",
            Self::Unknown => "unknown",
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
            Self::Unknown => "868d95",
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

/// Green only where nothing is wrong and nothing is going on.
impl From<&PageStatus> for Tone {
    fn from(status: &PageStatus) -> Self {
        match status.level {
            Status::Operational if !status.calm => Self::Planned,
            level => level.into(),
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

/// `None` where a day has nothing to show: no data, or nothing but normal operation.
pub fn day_tone(level: DayLevel) -> Option<Tone> {
    match level {
        DayLevel::NoHistory | DayLevel::Operational => None,
        DayLevel::UnderMaintenance => Some(Tone::Planned),
        DayLevel::DegradedPerformance => Some(Tone::Slow),
        DayLevel::PartialOutage => Some(Tone::Partial),
        DayLevel::MajorOutage => Some(Tone::Down),
    }
}
