//! Ninety days as one small drawing.

use std::fmt::Write;

use minijinja::Value;
use page_model::{
    limits::UPTIME_DAYS,
    snapshot::{BadDay, DayLevel, Run, Uptime},
};
use serde::Serialize;

use crate::{
    render::safe,
    when::{parse_day, short_date},
    words::{Tone, day_tone, minutes},
};

/// A day with trouble, in words.
#[derive(Debug, Serialize)]
pub struct Day<'a> {
    pub tone: Option<Tone>,
    pub iso: &'a str,
    pub date: String,
    pub text: String,
}

/// The days that were not quiet, newest first; one without a proper date cannot be told.
pub fn days(uptime: &Uptime) -> Vec<Day<'_>> {
    uptime.days.iter().take(UPTIME_DAYS).rev().filter_map(day).collect()
}

/// One path for each level: a run of days is one stroke, and the dashes of `style.css` cut it into days.
pub fn bar(runs: &[Run], days: &[Day<'_>]) -> Value {
    let mut svg = String::with_capacity(256);
    svg.push_str("<svg viewBox=\"0 0 90 8\" preserveAspectRatio=\"none\" role=\"img\"><title>");
    write_title(&mut svg, runs, days);
    svg.push_str("</title>");
    for level in LEVELS {
        write_path(&mut svg, runs, level);
    }
    svg.push_str("</svg>");
    safe(svg)
}

fn day(bad: &BadDay) -> Option<Day<'_>> {
    Some(Day {
        tone: day_tone(bad.level),
        iso: &bad.date,
        date: short_date(parse_day(&bad.date)?),
        text: day_text(bad),
    })
}

/// `partial outage, 34 min; degraded, 2 h`
fn day_text(bad: &BadDay) -> String {
    let states = [
        ("major outage", bad.major_minutes),
        ("partial outage", bad.partial_minutes),
        ("degraded", bad.degraded_minutes),
        ("maintenance", bad.maintenance_minutes),
    ];
    let mut text = String::new();
    for (state, spent) in states.into_iter().filter(|(_, spent)| *spent > 0) {
        let separator = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{separator}{state}, {}", minutes(i64::from(spent)));
    }
    if text.is_empty() {
        level_name(bad.level).to_owned()
    } else {
        text
    }
}

fn write_title(svg: &mut String, runs: &[Run], days: &[Day<'_>]) {
    let known: usize = clipped(runs)
        .filter(|(_, _, level)| *level != DayLevel::NoHistory)
        .map(|(_, days, _)| days)
        .sum();
    let _ = write!(svg, "Over {known} days: ");
    if days.is_empty() {
        svg.push_str("no trouble");
    }
    for (index, day) in days.iter().enumerate() {
        let separator = if index == 0 { "" } else { ".\n" };
        let _ = write!(svg, "{separator}{}: {}", day.date, day.text);
    }
}

fn write_path(svg: &mut String, runs: &[Run], level: DayLevel) {
    let mut end = None;
    for (start, days, _) in clipped(runs).filter(|(_, _, found)| *found == level) {
        let _ = match end {
            None => write!(svg, "<path class=\"{}\" d=\"M{start} 4h{days}", level_class(level)),
            Some(end) => write!(svg, "m{} 0h{days}", start - end),
        };
        end = Some(start + days);
    }
    if end.is_some() {
        svg.push_str("\"/>");
    }
}

/// `(first day, days, level)` of each run; whatever a snapshot says, nothing leaves the ninety days.
fn clipped(runs: &[Run]) -> impl Iterator<Item = (usize, usize, DayLevel)> {
    let mut start = 0;
    runs.iter().map_while(move |run| {
        let days = usize::from(run.days).min(UPTIME_DAYS - start);
        let clipped = (start, days, run.level);
        start += days;
        (days > 0).then_some(clipped)
    })
}

fn level_class(level: DayLevel) -> &'static str {
    match level {
        DayLevel::NoHistory => "none",
        level => day_tone(level).unwrap_or(Tone::Fine).class(),
    }
}

fn level_name(level: DayLevel) -> &'static str {
    match level {
        DayLevel::NoHistory => "no history",
        DayLevel::Operational => "operational",
        DayLevel::UnderMaintenance => "maintenance",
        DayLevel::DegradedPerformance => "degraded",
        DayLevel::PartialOutage => "partial outage",
        DayLevel::MajorOutage => "major outage",
    }
}

/// In drawing order.
const LEVELS: [DayLevel; 6] = [
    DayLevel::NoHistory,
    DayLevel::Operational,
    DayLevel::UnderMaintenance,
    DayLevel::DegradedPerformance,
    DayLevel::PartialOutage,
    DayLevel::MajorOutage,
];
