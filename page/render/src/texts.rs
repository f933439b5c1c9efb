//! The texts of statuses, numbers and durations in a visitor's language.

use page_model::status::{Impact, IncidentStatus, MaintenanceStatus, Status};

use crate::locale::Locale;

impl Locale {
    pub fn status(&self, status: Status) -> &str {
        self.text(match status {
            Status::Operational => "operational",
            Status::UnderMaintenance => "under-maintenance",
            Status::DegradedPerformance => "degraded-performance",
            Status::PartialOutage => "partial-outage",
            Status::MajorOutage => "major-outage",
        })
    }

    /// The headline where no incident gives it.
    pub fn roll_up(&self, worst: Status) -> &str {
        self.text(match worst {
            Status::Operational => "all-operational",
            Status::UnderMaintenance => "some-maintenance",
            Status::DegradedPerformance => "some-degraded",
            Status::PartialOutage => "some-partial-outage",
            Status::MajorOutage => "some-major-outage",
        })
    }

    pub fn incident(&self, status: IncidentStatus) -> &str {
        self.text(match status {
            IncidentStatus::Investigating => "investigating",
            IncidentStatus::Identified => "identified",
            IncidentStatus::Monitoring => "monitoring",
            IncidentStatus::Resolved => "resolved",
            IncidentStatus::Postmortem => "postmortem",
        })
    }

    pub fn maintenance(&self, status: MaintenanceStatus) -> &str {
        self.text(match status {
            MaintenanceStatus::Scheduled => "scheduled",
            MaintenanceStatus::InProgress => "in-progress",
            MaintenanceStatus::Verifying => "verifying",
            MaintenanceStatus::Completed => "completed",
        })
    }

    /// `None` for an incident without impact: its state is enough.
    pub fn impact(&self, impact: Impact) -> Option<&str> {
        match impact {
            Impact::None => None,
            Impact::Minor => Some(self.text("impact-minor")),
            Impact::Major => Some(self.text("impact-major")),
            Impact::Critical => Some(self.text("impact-critical")),
        }
    }

    /// Rounded down, so that only a component without any outage has 100.00%.
    pub fn percent(&self, millionths: u32) -> String {
        let hundredths = millionths.min(1_000_000) / 100;
        let (mark, sign) = (self.text("decimal-mark"), self.text("percent-sign"));
        format!("{}{mark}{:02}{sign}", hundredths / 100, hundredths % 100)
    }

    /// A measured number, with as many digits after the mark as its publisher wants. What is shown as zero has no sign.
    pub fn number(&self, number: f64, decimals: u8) -> String {
        let decimals = usize::from(decimals.min(DECIMALS_MAX));
        let text = format!("{number:.decimals$}");
        let unsigned = text.trim_start_matches('-');
        let is_zero = unsigned.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let shown = if is_zero { unsigned } else { &text };
        shown.replace('.', self.text("decimal-mark"))
    }

    /// Hours and minutes are abbreviated, so only days are counted in plural forms; a text costs less than a number.
    pub fn duration(&self, minutes: i64) -> String {
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let text = |number: i64| number.to_string().into();
        let text = match (days, hours, minutes) {
            (0, 0, minutes) => self.format("minutes", [("minutes", text(minutes))]),
            (0, hours, 0) => self.format("hours", [("hours", text(hours))]),
            (0, hours, minutes) => self.format(
                "hours-and-minutes",
                [("hours", text(hours)), ("minutes", text(minutes))],
            ),
            (days, 0, _) => self.format("days-count", [("days", days.into())]),
            (days, hours, _) => self.format("days-and-hours", [("days", days.into()), ("hours", hours.into())]),
        };
        unbroken(&text)
    }

    /// A number with its unit keeps its order within a line from right to left, whatever script the unit is of.
    pub fn isolated(&self, text: String) -> String {
        if self.language.is_right_to_left() {
            format!("\u{2068}{text}\u{2069}")
        } else {
            text
        }
    }

    pub fn list<'a>(&self, things: impl IntoIterator<Item = &'a str>) -> String {
        let things: Vec<&str> = things.into_iter().collect();
        things.join(self.text("list-separator"))
    }
}

/// With spaces at which no line breaks.
pub fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// Sentence case, for a name that begins a line and is written small in some languages.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(upper).into_iter().chain(letters).collect()
}

/// Of the letters that words of our languages begin with; the table of all would be a large part of the edge.
fn upper(letter: char) -> char {
    match letter {
        '\u{f7}' => letter,
        '\u{e0}'..='\u{fe}' => u8::try_from(letter).map_or(letter, |byte| char::from(byte - 0x20)),
        _ => letter.to_ascii_uppercase(),
    }
}

/// More digits than any gauge has.
const DECIMALS_MAX: u8 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_those_of_unicode() {
        for letter in ('\0'..='\u{fe}').filter(|letter| !['\u{b5}', '\u{df}'].contains(letter)) {
            assert_eq!(
                upper(letter).to_string(),
                letter.to_uppercase().to_string(),
                "{letter:?}"
            );
        }
        assert_eq!(capitalised("été"), "Été");
        assert_eq!(capitalised(""), "");
    }
}
