//! Ninety days as one small drawing.

use std::{collections::BTreeMap, fmt::Write};

use minijinja::Value;
use page_model::{
    limits::UPTIME_DAYS,
    snapshot::{BadDay, DayLevel, Run, Uptime},
    status::Status,
};
use serde::Serialize;

use crate::{
    render::safe,
    voice::Voice,
    when::parse_day,
    words::{Tone, day_tone},
};

/// A day with trouble, in words.
#[derive(Debug, Serialize)]
pub struct Day<'a> {
    /// Its place in the bar, if it has one.
    #[serde(skip)]
    slot: usize,
    pub tone: Option<Tone>,
    pub iso: &'a str,
    pub date: String,
    pub text: String,
}

/// The days that were not quiet, newest first; one without a proper date cannot be told.
pub fn days<'a>(uptime: &'a Uptime, voice: &Voice) -> Vec<Day<'a>> {
    let days = uptime.days.iter().take(UPTIME_DAYS).rev();
    days.filter_map(|bad| day(bad, voice)).collect()
}

/// One path for each level: a run of days is one stroke, and the dashes of `style.css` cut it into days. Over a day with
/// trouble lies a stroke of its own that tells whoever points at it.
pub fn bar(runs: &[Run], days: &[Day<'_>], lead: &mut Lead) -> Value {
    let mut svg = String::with_capacity(256);
    svg.push_str("<svg viewBox=\"0 0 90 8\" preserveAspectRatio=\"none\" role=\"img\"><title>");
    svg.push_str(lead.text(known(runs), days.len()));
    svg.push_str("</title>");
    for level in LEVELS {
        write_path(&mut svg, runs, level);
    }
    for day in days.iter().take(TOLD_DAYS_MAX).filter(|day| day.slot < UPTIME_DAYS) {
        let class = day.tone.map_or("", Tone::class);
        let (slot, date, text) = (day.slot, &day.date, &day.text);
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{slot} 4h1\"><title>{date}: {text}</title></path>"
        );
    }
    svg.push_str("</svg>");
    safe(svg)
}

/// What bars say in one line: of how many days they tell, and how many had trouble. Most bars of a page say the same.
pub struct Lead {
    voice: &'static Voice,
    texts: BTreeMap<(usize, usize), String>,
}

impl Lead {
    pub fn new(voice: &'static Voice) -> Self {
        let texts = BTreeMap::new();
        Self { voice, texts }
    }

    fn text(&mut self, days: usize, troubled: usize) -> &str {
        let voice = self.voice;
        self.texts.entry((days, troubled)).or_insert_with(|| {
            let lead = voice.tell("days-shown", [("days", days.into())]);
            match troubled {
                0 => format!("{lead} {}", voice.say("no-incident-days")),
                _ => format!(
                    "{lead} {}",
                    voice.tell("days-with-incidents", [("days", troubled.into())])
                ),
            }
        })
    }
}

fn known(runs: &[Run]) -> usize {
    let known = clipped(runs).filter(|(_, _, level)| *level != DayLevel::NoHistory);
    known.map(|(_, days, _)| days).sum()
}

fn day<'a>(bad: &'a BadDay, voice: &Voice) -> Option<Day<'a>> {
    Some(Day {
        slot: usize::from(bad.day),
        tone: day_tone(bad.level),
        iso: &bad.date,
        date: voice.short_date(parse_day(&bad.date)?),
        text: day_text(bad, voice),
    })
}

/// `Partial outage 34 min, degraded 2 h`
fn day_text(bad: &BadDay, voice: &Voice) -> String {
    let states = [
        (Status::MajorOutage, bad.major_minutes),
        (Status::PartialOutage, bad.partial_minutes),
        (Status::DegradedPerformance, bad.degraded_minutes),
        (Status::UnderMaintenance, bad.maintenance_minutes),
    ];
    let spent = states.into_iter().filter(|(_, minutes)| *minutes > 0);
    let spent = spent.map(|(state, minutes)| {
        let duration = voice.duration(i64::from(minutes));
        format!("{} {duration}", voice.status(state))
    });
    let spent: Vec<String> = spent.collect();
    if spent.is_empty() {
        return level_name(bad.level, voice).to_owned();
    }
    voice.list(spent.iter().map(String::as_str))
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

fn level_name(level: DayLevel, voice: &Voice) -> &str {
    match level {
        DayLevel::NoHistory => voice.say("no-data"),
        DayLevel::Operational => voice.status(Status::Operational),
        DayLevel::UnderMaintenance => voice.status(Status::UnderMaintenance),
        DayLevel::DegradedPerformance => voice.status(Status::DegradedPerformance),
        DayLevel::PartialOutage => voice.status(Status::PartialOutage),
        DayLevel::MajorOutage => voice.status(Status::MajorOutage),
    }
}

/// The newest ones; a bar is a drawing, not ninety elements.
const TOLD_DAYS_MAX: usize = 12;
/// In drawing order.
const LEVELS: [DayLevel; 6] = [
    DayLevel::NoHistory,
    DayLevel::Operational,
    DayLevel::UnderMaintenance,
    DayLevel::DegradedPerformance,
    DayLevel::PartialOutage,
    DayLevel::MajorOutage,
];
