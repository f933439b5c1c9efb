//! Ninety days of a component by the published formula: `1 − (major + 0.3 · partial) / time`; a stretch of outages that is
//! over within a minute does not count, degraded performance and maintenance count as up.

use jiff::{
    Timestamp, ToSpan,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};
use page_model::status::Status;

use crate::reference::facts::{Component, Facts};

/// A time of one day in which nothing changes.
#[derive(Debug, Clone, Copy)]
struct Piece {
    day: usize,
    from: i64,
    to: i64,
    status: Status,
}

pub struct Calendar {
    zone: TimeZone,
    as_of: i64,
    /// The ninety days, oldest first, and the first moment of each.
    days: Vec<Date>,
    starts: Vec<i64>,
}

impl Calendar {
    pub fn new(zone: &str, as_of: i64) -> Self {
        let zone = TimeZoneDatabase::bundled().get(zone).expect("a zone");
        let today = Timestamp::from_millisecond(as_of)
            .expect("a moment")
            .to_zoned(zone.clone())
            .date();
        let days: Vec<Date> = (0..90).rev().map(|ago| today - i64::from(ago).days()).collect();
        let start = |day: &Date| day.to_zoned(zone.clone()).expect("a day").timestamp();
        Self {
            starts: days.iter().map(|day| start(day).as_millisecond()).collect(),
            days,
            zone,
            as_of,
        }
    }

    pub fn date(&self, at: i64) -> Date {
        let at = Timestamp::from_millisecond(at).expect("a moment");
        at.to_zoned(self.zone.clone()).date()
    }

    /// As lines: the shares, and each day that was not quiet.
    pub fn uptime(&self, facts: &Facts, component: &Component) -> Vec<String> {
        let created_on = self.date(component.created_at);
        let Some(first) = self.days.iter().position(|day| *day >= created_on) else {
            return vec!["none".into()];
        };
        let pieces = self.pieces(facts, component, first);
        let mut lines: Vec<String> = [90, 60, 30]
            .map(|days| format!("of {days} days {}", self.share(&pieces, first.max(90 - days))))
            .into();
        for (index, day) in self.days.iter().enumerate() {
            if index < first {
                continue;
            }
            let of_day: Vec<&Piece> = pieces.iter().filter(|piece| piece.day == index).collect();
            let worst = of_day
                .iter()
                .map(|piece| piece.status)
                .max()
                .unwrap_or(Status::Operational);
            if worst == Status::Operational {
                continue;
            }
            let minutes = |status: Status| {
                let of_status = of_day.iter().filter(|piece| piece.status == status);
                let ms: i64 = of_status.map(|piece| piece.to - piece.from).sum();
                // A minute that began is shown as one.
                ms / 60_000 + i64::from(ms % 60_000 > 0)
            };
            lines.push(format!(
                "{day} {} {} {} {} {}",
                worst.as_str(),
                minutes(Status::MajorOutage),
                minutes(Status::PartialOutage),
                minutes(Status::DegradedPerformance),
                minutes(Status::UnderMaintenance),
            ));
        }
        lines
    }

    /// From the first day on to now; a moment belongs to the piece that it begins.
    fn pieces(&self, facts: &Facts, component: &Component, first: usize) -> Vec<Piece> {
        let start = self.starts[first];
        let mut cuts = facts.moments(component);
        cuts.extend(&self.starts[first..]);
        cuts.retain(|cut| (start..=self.as_of).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        let mut pieces = Vec::new();
        for (index, from) in cuts.iter().enumerate() {
            let to = cuts.get(index + 1).copied().unwrap_or(self.as_of);
            pieces.push(Piece {
                day: self.starts.iter().rposition(|start| start <= from).expect("a day"),
                from: *from,
                to,
                status: facts.status(component, *from),
            });
        }
        // The last piece is there even if it began only now: what goes on marks its day.
        self.without_short_outages(facts, component, start, &mut pieces);
        pieces
    }

    fn without_short_outages(&self, facts: &Facts, component: &Component, start: i64, pieces: &mut [Piece]) {
        let mut index = 0;
        while index < pieces.len() {
            let mut end = index;
            while end < pieces.len() && is_outage(pieces[end].status) {
                end += 1;
            }
            if end == index {
                index += 1;
                continue;
            }
            let (from, to) = (pieces[index].from, pieces[end - 1].to);
            let goes_on = end == pieces.len();
            // One that reaches back before the first day is longer than what is seen of it.
            let reaches_back = from == start && is_outage(facts.status(component, start - 1));
            if !goes_on && !reaches_back && to - from < 60_000 {
                pieces[index..end]
                    .iter_mut()
                    .for_each(|piece| piece.status = Status::Operational);
            }
            index = end;
        }
    }

    /// In millionths, rounded to the nearest; but never whole where the days show an outage, even one that began only now.
    fn share(&self, pieces: &[Piece], first: usize) -> i64 {
        let counted = || pieces.iter().filter(|piece| piece.day >= first);
        if !counted().any(|piece| is_outage(piece.status)) {
            return WHOLE;
        }
        let weight = |status: Status| match status {
            Status::MajorOutage => 10,
            Status::PartialOutage => 3,
            _ => 0,
        };
        let tenths: i64 = counted()
            .map(|piece| weight(piece.status) * (piece.to - piece.from))
            .sum();
        let time = (self.as_of - self.starts[first]).max(1);
        WHOLE - ((tenths * WHOLE / 10 + time / 2) / time).max(1)
    }
}

fn is_outage(status: Status) -> bool {
    matches!(status, Status::PartialOutage | Status::MajorOutage)
}

const WHOLE: i64 = 1_000_000;
