//! The ninety days of a component in calendars of their months.

use page_model::{
    limits::UPTIME_DAYS,
    snapshot::{DayLevel, Uptime},
};
use serde::Serialize;
use time::{Date, Duration, Month};

use super::bar::{Day, levels};
use crate::{locale::Locale, tone::Tone};

#[derive(Debug, Serialize)]
pub struct MonthCalendar {
    name: String,
    weeks: Vec<Vec<Cell>>,
}

/// A day, or a place before the first or behind the last one.
#[derive(Debug, Default, Serialize)]
struct Cell {
    day: Option<u8>,
    tone: Option<Tone>,
    /// Nothing is known of it.
    unknown: bool,
    /// Where the page tells of the day.
    anchor: Option<String>,
}

/// The newest month first. `today` is the last of the ninety days; `bad` are those that the page tells of.
pub fn calendar(uptime: &Uptime, bad: &[Day<'_>], today: Date, locale: &Locale) -> Vec<MonthCalendar> {
    let mut months: Vec<((i32, Month), MonthCalendar)> = Vec::new();
    for (slot, level) in levels(&uptime.runs).enumerate() {
        let back = Duration::days(UPTIME_DAYS as i64 - 1 - slot as i64);
        let Some(date) = today.checked_sub(back) else { continue };
        let of = (date.year(), date.month());
        if months.last().is_none_or(|(last, _)| *last != of) {
            months.push((of, MonthCalendar::new(date, locale)));
        }
        if let Some((_, month)) = months.last_mut() {
            let bad = bad.iter().find(|day| day.slot == slot);
            month.add(Cell {
                day: Some(date.day()),
                tone: bad.and_then(|day| day.tone),
                unknown: level == DayLevel::NoHistory,
                anchor: bad.map(|day| day.iso.clone()),
            });
        }
    }
    months.into_iter().rev().map(|(_, month)| month.whole()).collect()
}

impl MonthCalendar {
    /// With the places before its first day.
    fn new(first: Date, locale: &Locale) -> Self {
        let begins_on: u8 = locale.text("week-begins-on").parse().unwrap_or(1);
        let before = (first.weekday().number_from_monday() + 7 - begins_on) % 7;
        let month = format!("{:04}-{:02}", first.year(), u8::from(first.month()));
        Self {
            name: locale.month_of_year(&month).unwrap_or(month),
            weeks: vec![(0..before).map(|_| Cell::default()).collect()],
        }
    }

    fn add(&mut self, cell: Cell) {
        match self.weeks.last_mut() {
            Some(week) if week.len() < 7 => week.push(cell),
            _ => self.weeks.push(vec![cell]),
        }
    }

    fn whole(mut self) -> Self {
        if let Some(week) = self.weeks.last_mut() {
            week.resize_with(7, Cell::default);
        }
        self
    }
}
