//! Ninety days as one small drawing.

use std::fmt::Write;

use minijinja::Value;
use page_model::{
    Id,
    limits::UPTIME_DAYS,
    snapshot::{BadDay, DayLevel, Run, Uptime},
    status::Status,
};
use serde::Serialize;

use super::told::{Named, Told};
use crate::{
    locale::Locale,
    render::safe,
    times::parse_day,
    tone::{Tone, day_tone},
};

/// A day with incidents or maintenance, as text.
#[derive(Debug, Serialize)]
pub struct Day<'a> {
    /// Its place in the bar, if it has one.
    #[serde(skip)]
    pub slot: usize,
    pub tone: Option<Tone>,
    pub iso: String,
    /// As the page of its month names it.
    pub of_month: String,
    pub date: String,
    pub text: String,
    /// What happened, as far as the page tells of it; else the month that tells of the day.
    pub events: Vec<Named<'a>>,
    pub month: Option<&'a str>,
}

/// The days with incidents or maintenance, newest first; one without a proper date is left out.
pub fn days<'a>(component: &Id, uptime: &Uptime, told: &Told<'a>, locale: &Locale) -> Vec<Day<'a>> {
    let days = uptime.days.iter().take(UPTIME_DAYS).rev();
    days.filter_map(|bad| day(component, bad, told, locale)).collect()
}

/// The share of time that a component was up. Where it was never down but did not always work as it should, that stands in
/// place of a full number.
pub fn share(share: u32, days: &[BadDay], locale: &Locale) -> String {
    let Some(minutes) = degraded_minutes(share, days) else {
        return locale.percent(share);
    };
    let arguments = [
        ("duration", locale.duration(minutes).into()),
        ("days", degraded(days).count().into()),
    ];
    format!(
        "{} · {}",
        locale.text("no-outage"),
        locale.format("degraded-on-days", arguments)
    )
}

/// How long a component was degraded that was never down.
pub fn degraded_minutes(share: u32, days: &[BadDay]) -> Option<i64> {
    let minutes = degraded(days).map(|day| i64::from(day.degraded_minutes)).sum();
    (share >= ALL_MILLIONTHS && minutes > 0).then_some(minutes)
}

fn degraded(days: &[BadDay]) -> impl Iterator<Item = &BadDay> {
    days.iter().filter(|day| day.degraded_minutes > 0)
}

/// One path for each level: a run of days is one stroke, and the dashes of `style.css` cut it into days. A day with incidents has
/// a stroke of its own with a title for whoever points at it; of many such days the newest, over the stroke of their level.
pub fn bar(runs: &[Run], days: &[Day<'_>], labels: &mut BarLabels) -> Value {
    let mut svg = String::with_capacity(256);
    svg.push_str("<svg viewBox=\"0 0 90 8\" preserveAspectRatio=\"none\" role=\"img\"><title>");
    svg.push_str(labels.text(known(runs), days.len()));
    svg.push_str("</title>");
    let bad = clipped(runs).filter(|(_, _, level)| *level > DayLevel::Operational);
    let each_is_told = bad.map(|(_, count, _)| count).sum::<usize>() == days.len() && days.len() <= TITLED_DAYS_MAX;
    for level in LEVELS
        .into_iter()
        .filter(|level| !each_is_told || *level <= DayLevel::Operational)
    {
        let title = (level == DayLevel::Operational && !days.is_empty()).then(|| labels.locale.text("no-incidents"));
        write_path(&mut svg, runs, level, title);
    }
    for day in days.iter().take(TITLED_DAYS_MAX).filter(|day| day.slot < UPTIME_DAYS) {
        let class = day.tone.map_or("", Tone::class);
        let (slot, date) = (day.slot, &day.date);
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{slot} 4h1\"><title>{date}</title></path>"
        );
    }
    svg.push_str("</svg>");
    safe(svg)
}

/// The labels of bars: how many days they show, and how many of these had incidents. Most bars of a page have the same.
pub struct BarLabels {
    locale: &'static Locale,
    texts: Vec<((usize, usize), String)>,
}

impl BarLabels {
    pub fn new(locale: &'static Locale) -> Self {
        Self {
            locale,
            texts: Vec::new(),
        }
    }

    /// What a bar without a day to tell of says below its row.
    pub fn quiet(&mut self, uptime: &Uptime) -> String {
        self.text(known(&uptime.runs), 0).to_owned()
    }

    fn text(&mut self, days: usize, bad_days: usize) -> &str {
        let counts = (days, bad_days);
        let at = self.texts.iter().position(|(of, _)| *of == counts).unwrap_or_else(|| {
            self.texts.push((counts, told(days, bad_days, self.locale)));
            self.texts.len() - 1
        });
        &self.texts[at].1
    }
}

fn told(days: usize, bad_days: usize, locale: &Locale) -> String {
    let shown = locale.format("days-shown", [("days", days.into())]);
    match bad_days {
        0 => format!("{shown} {}", locale.text("no-incident-days")),
        _ => format!(
            "{shown} {}",
            locale.format("days-with-incidents", [("days", bad_days.into())])
        ),
    }
}

fn known(runs: &[Run]) -> usize {
    let known = clipped(runs).filter(|(_, _, level)| *level != DayLevel::NoHistory);
    known.map(|(_, days, _)| days).sum()
}

fn day<'a>(component: &Id, bad: &BadDay, told: &Told<'a>, locale: &Locale) -> Option<Day<'a>> {
    let date = parse_day(&bad.date)?;
    let events = told.on(component, date);
    Some(Day {
        slot: usize::from(bad.day),
        tone: day_tone(bad.level),
        iso: date.to_string(),
        of_month: format!("{:02}", date.day()),
        date: locale.short_date(date),
        text: day_text(bad, locale),
        month: told.month(date).filter(|_| events.is_empty()),
        events,
    })
}

/// `Partial outage 34 min, degraded 2 h`
fn day_text(bad: &BadDay, locale: &Locale) -> String {
    let states = [
        (Status::MajorOutage, bad.major_minutes),
        (Status::PartialOutage, bad.partial_minutes),
        (Status::DegradedPerformance, bad.degraded_minutes),
        (Status::UnderMaintenance, bad.maintenance_minutes),
    ];
    let spent = states.into_iter().filter(|(_, minutes)| *minutes > 0);
    let spent = spent.map(|(state, minutes)| {
        let duration = locale.duration(i64::from(minutes));
        format!("{} {duration}", locale.status(state))
    });
    let spent: Vec<String> = spent.collect();
    if spent.is_empty() {
        return level_name(bad.level, locale).to_owned();
    }
    locale.list(spent.iter().map(String::as_str))
}

fn write_path(svg: &mut String, runs: &[Run], level: DayLevel, title: Option<&str>) {
    let mut end = None;
    for (start, days, _) in clipped(runs).filter(|(_, _, found)| *found == level) {
        let _ = match end {
            None => write!(svg, "<path class=\"{}\" d=\"M{start} 4h{days}", level_class(level)),
            Some(end) => write!(svg, "m{} 0h{days}", start - end),
        };
        end = Some(start + days);
    }
    match (end, title) {
        (None, _) => {}
        (Some(_), None) => svg.push_str("\"/>"),
        (Some(_), Some(title)) => {
            let _ = write!(svg, "\"><title>{title}</title></path>");
        }
    }
}

/// The level of each day, the oldest first.
pub fn levels(runs: &[Run]) -> impl Iterator<Item = DayLevel> {
    clipped(runs).flat_map(|(_, days, level)| std::iter::repeat_n(level, days))
}

/// `(first day, days, level)` of each run; whatever is in a snapshot, nothing leaves the ninety days.
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

fn level_name(level: DayLevel, locale: &Locale) -> &str {
    match level {
        DayLevel::NoHistory => locale.text("no-data"),
        DayLevel::Operational => locale.status(Status::Operational),
        DayLevel::UnderMaintenance => locale.status(Status::UnderMaintenance),
        DayLevel::DegradedPerformance => locale.status(Status::DegradedPerformance),
        DayLevel::PartialOutage => locale.status(Status::PartialOutage),
        DayLevel::MajorOutage => locale.status(Status::MajorOutage),
    }
}

/// The newest ones; a bar is a drawing, not ninety elements.
const TITLED_DAYS_MAX: usize = 12;
const ALL_MILLIONTHS: u32 = 1_000_000;
/// In drawing order.
const LEVELS: [DayLevel; 6] = [
    DayLevel::NoHistory,
    DayLevel::Operational,
    DayLevel::UnderMaintenance,
    DayLevel::DegradedPerformance,
    DayLevel::PartialOutage,
    DayLevel::MajorOutage,
];
