//! Ninety days of a component, by the published formula: `1 − (major + 0.3 · partial) / time`, outages under a minute
//! ignored, degraded performance and maintenance counted as up.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use origin_time::zone;
use page_model::{
    limits::UPTIME_DAYS,
    snapshot::{BadDay, DayLevel, Run, Uptime},
    status::Status,
};

/// The days of the bar, oldest first, in the page's zone.
pub struct Days {
    dates: Vec<Date>,
    /// First moment of each day, and of the day after the last.
    starts_ms: Vec<i64>,
    as_of_ms: i64,
}

/// A time for which a component had one status.
#[derive(Debug, Clone, Copy)]
struct Period {
    from_ms: i64,
    to_ms: i64,
    status: Status,
}

/// Milliseconds of a day in each state that is not quiet.
#[derive(Debug, Clone, Copy, Default)]
struct DayTotals {
    major_ms: i64,
    partial_ms: i64,
    degraded_ms: i64,
    maintenance_ms: i64,
    worst: Option<Status>,
}

impl Days {
    pub fn ending(zone: &TimeZone, as_of_ms: i64) -> Self {
        let today = zone::date(zone, as_of_ms);
        let dates: Vec<Date> = (0..UPTIME_DAYS)
            .rev()
            .map(|days| zone::days_before(today, days))
            .collect();
        let starts = dates.iter().copied().chain([zone::day_after(today)]);
        Self {
            starts_ms: starts.map(|date| zone::day_start_ms(zone, date)).collect(),
            dates,
            as_of_ms,
        }
    }

    pub fn start_ms(&self) -> i64 {
        self.starts_ms[0]
    }

    /// The uptime of a component that counts from a day on, had one status before the days, and then these changes.
    pub fn uptime(&self, started_on: Date, before: Status, changes: &[(i64, Status)]) -> Option<Uptime> {
        let first = self.dates.iter().position(|date| *date >= started_on)?;
        let start_ms = self.starts_ms[first];
        let mut periods = self.periods(start_ms, before, changes);
        ignore_short_outages(&mut periods, start_ms);
        let totals_by_day = self.totals_by_day(&periods);
        let levels = (0..UPTIME_DAYS).map(|day| match totals_by_day.get(&day) {
            _ if day < first => DayLevel::NoHistory,
            Some(totals) => level(totals.worst),
            None => DayLevel::Operational,
        });
        Some(Uptime {
            up_millionths: self.up_millionths(&totals_by_day, first, UPTIME_DAYS),
            up_60_millionths: self.up_millionths(&totals_by_day, first, 60),
            up_30_millionths: self.up_millionths(&totals_by_day, first, 30),
            runs: runs(levels),
            days: totals_by_day
                .iter()
                .map(|(day, totals)| self.bad_day(*day, totals))
                .collect(),
        })
    }

    fn periods(&self, start_ms: i64, before: Status, changes: &[(i64, Status)]) -> Vec<Period> {
        let mut periods = vec![Period {
            from_ms: start_ms,
            to_ms: self.as_of_ms,
            status: before,
        }];
        for &(at_ms, status) in changes.iter().filter(|(at_ms, _)| *at_ms <= self.as_of_ms) {
            let from_ms = at_ms.max(start_ms);
            if let Some(last) = periods.last_mut() {
                last.to_ms = from_ms;
            }
            periods.push(Period {
                from_ms,
                to_ms: self.as_of_ms,
                status,
            });
        }
        periods
    }

    fn totals_by_day(&self, periods: &[Period]) -> BTreeMap<usize, DayTotals> {
        let mut totals_by_day = BTreeMap::new();
        for (place, period) in periods
            .iter()
            .enumerate()
            .filter(|(_, period)| period.status != Status::Operational)
        {
            // What goes on at this moment marks the day even if it has just begun.
            let goes_on = place + 1 == periods.len();
            let first = self
                .starts_ms
                .partition_point(|start_ms| *start_ms <= period.from_ms)
                .saturating_sub(1);
            for day in first..UPTIME_DAYS {
                let length_ms = period.to_ms.min(self.starts_ms[day + 1]) - period.from_ms.max(self.starts_ms[day]);
                if length_ms > 0 || (goes_on && length_ms == 0) {
                    totals_by_day
                        .entry(day)
                        .or_insert_with(DayTotals::default)
                        .add(period.status, length_ms);
                }
                if period.to_ms < self.starts_ms[day + 1] {
                    break;
                }
            }
        }
        totals_by_day
    }

    /// Over the last days, as far as they are in the component's history.
    fn up_millionths(&self, totals_by_day: &BTreeMap<usize, DayTotals>, first: usize, days: usize) -> u32 {
        let first = first.max(UPTIME_DAYS.saturating_sub(days));
        let totals = || totals_by_day.range(first..).map(|(_, totals)| totals);
        let tenths_ms: i64 = totals()
            .map(|totals| 10 * totals.major_ms + 3 * totals.partial_ms)
            .sum();
        let time_ms = (self.as_of_ms - self.starts_ms[first]).max(1);
        if !totals().any(|totals| totals.worst.is_some_and(is_outage)) {
            return WHOLE;
        }
        // At most ninety days of milliseconds times a million: far from the end of an i64. The bar shows the outage, so the
        // share does too, even of one that has just begun.
        let down = ((tenths_ms * i64::from(WHOLE / 10) + time_ms / 2) / time_ms).max(1);
        WHOLE.saturating_sub(u32::try_from(down).unwrap_or(WHOLE))
    }

    fn bad_day(&self, day: usize, totals: &DayTotals) -> BadDay {
        BadDay {
            day: day as u16,
            date: self.dates[day].to_string(),
            level: level(totals.worst),
            major_minutes: minutes(totals.major_ms),
            partial_minutes: minutes(totals.partial_ms),
            degraded_minutes: minutes(totals.degraded_ms),
            maintenance_minutes: minutes(totals.maintenance_ms),
        }
    }
}

impl DayTotals {
    fn add(&mut self, status: Status, length_ms: i64) {
        let total_ms = match status {
            Status::Operational => return,
            Status::UnderMaintenance => &mut self.maintenance_ms,
            Status::DegradedPerformance => &mut self.degraded_ms,
            Status::PartialOutage => &mut self.partial_ms,
            Status::MajorOutage => &mut self.major_ms,
        };
        *total_ms += length_ms;
        self.worst = self.worst.max(Some(status));
    }
}

/// An outage is a stretch of partial and major outage without a break. One that is over in less than a minute is ignored;
/// one that reaches back before the days counts, as its length is not known.
fn ignore_short_outages(periods: &mut [Period], start_ms: i64) {
    // The last period goes on.
    let Some((last, over)) = periods.split_last_mut() else {
        return;
    };
    let goes_on = is_outage(last.status).then_some(last.from_ms);
    for stretch in over.chunk_by_mut(|one, next| is_outage(one.status) && is_outage(next.status)) {
        let (from_ms, to_ms) = (stretch[0].from_ms, stretch[stretch.len() - 1].to_ms);
        let over = from_ms > start_ms && goes_on != Some(to_ms);
        if over && is_outage(stretch[0].status) && to_ms - from_ms < OUTAGE_MS_MIN {
            stretch
                .iter_mut()
                .for_each(|period| period.status = Status::Operational);
        }
    }
}

fn is_outage(status: Status) -> bool {
    matches!(status, Status::PartialOutage | Status::MajorOutage)
}

fn runs(levels: impl Iterator<Item = DayLevel>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for level in levels {
        match runs.last_mut() {
            Some(run) if run.level == level => run.days += 1,
            _ => runs.push(Run { days: 1, level }),
        }
    }
    runs
}

fn level(worst: Option<Status>) -> DayLevel {
    match worst {
        None | Some(Status::Operational) => DayLevel::Operational,
        Some(Status::UnderMaintenance) => DayLevel::UnderMaintenance,
        Some(Status::DegradedPerformance) => DayLevel::DegradedPerformance,
        Some(Status::PartialOutage) => DayLevel::PartialOutage,
        Some(Status::MajorOutage) => DayLevel::MajorOutage,
    }
}

/// Rounded up, so that what colours a day never reads "0 minutes".
fn minutes(ms: i64) -> u16 {
    u16::try_from((ms + 59_999) / 60_000).unwrap_or(u16::MAX)
}

const OUTAGE_MS_MIN: i64 = 60_000;
const WHOLE: u32 = 1_000_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-11-22T12:00:00Z.
    const NOON_MS: i64 = 1_795_348_800_000;
    const MINUTE_MS: i64 = 60_000;
    const HOUR_MS: i64 = 60 * MINUTE_MS;
    const LONG_AGO: Date = jiff::civil::date(2020, 1, 1);

    fn utc() -> Days {
        Days::ending(&TimeZone::UTC, NOON_MS)
    }

    fn uptime(changes: &[(i64, Status)]) -> Uptime {
        utc().uptime(LONG_AGO, Status::Operational, changes).expect("a history")
    }

    #[test]
    fn component_without_changes_is_one_run() {
        let quiet = uptime(&[]);
        assert_eq!(
            (quiet.up_millionths, quiet.runs.len(), quiet.days.len()),
            (1_000_000, 1, 0)
        );
    }

    #[test]
    fn formula_weighs_outages_by_status() {
        let time_ms = NOON_MS - utc().start_ms();
        let share = |tenths: i64| 1_000_000 - (HOUR_MS * tenths * 100_000 + time_ms / 2) / time_ms;
        for (status, tenths) in [
            (Status::MajorOutage, 10),
            (Status::PartialOutage, 3),
            (Status::DegradedPerformance, 0),
            (Status::UnderMaintenance, 0),
        ] {
            let hour = [
                (NOON_MS - 2 * HOUR_MS, status),
                (NOON_MS - HOUR_MS, Status::Operational),
            ];
            assert_eq!(i64::from(uptime(&hour).up_millionths), share(tenths), "{status:?}");
            assert_eq!(uptime(&hour).days.len(), 1, "each colours its day");
        }
    }

    #[test]
    fn ignores_outages_under_a_minute() {
        let from_ms = NOON_MS - HOUR_MS;
        let lasting = |ms: i64| uptime(&[(from_ms, Status::MajorOutage), (from_ms + ms, Status::Operational)]);
        assert_eq!(lasting(59_999), uptime(&[]));
        assert_eq!(lasting(60_000).days[0].major_minutes, 1);
        let changing = [
            (from_ms, Status::PartialOutage),
            (from_ms + 40_000, Status::MajorOutage),
            (from_ms + 80_000, Status::Operational),
        ];
        assert_eq!(
            uptime(&changing).days.len(),
            1,
            "two halves of one outage count together"
        );
        let fresh = uptime(&[(NOON_MS, Status::MajorOutage)]);
        assert_eq!(
            fresh.days[0].level,
            DayLevel::MajorOutage,
            "one that goes on counts at once"
        );
    }

    #[test]
    fn outage_over_midnight_marks_both_days() {
        let midnight_ms = NOON_MS - 12 * HOUR_MS;
        let night = [
            (midnight_ms - HOUR_MS, Status::PartialOutage),
            (midnight_ms + HOUR_MS, Status::Operational),
        ];
        let days = uptime(&night).days;
        assert_eq!(
            days.iter()
                .map(|day| (day.day, day.partial_minutes))
                .collect::<Vec<_>>(),
            [(88, 60), (89, 60)]
        );
        let exactly = [
            (midnight_ms - HOUR_MS, Status::PartialOutage),
            (midnight_ms, Status::Operational),
        ];
        assert_eq!(
            uptime(&exactly).days.len(),
            1,
            "one that ends at midnight leaves the next day alone"
        );
    }

    #[test]
    fn does_not_count_time_before_the_start() {
        let started_on = jiff::civil::date(2026, 11, 21);
        let changes = [
            (NOON_MS - 72 * HOUR_MS, Status::MajorOutage),
            (NOON_MS - 24 * HOUR_MS, Status::Operational),
        ];
        let young = utc()
            .uptime(started_on, Status::Operational, &changes)
            .expect("a history");
        assert_eq!(
            young.runs[0],
            Run {
                days: 88,
                level: DayLevel::NoHistory
            }
        );
        assert_eq!(young.up_millionths, 666_667, "12 of 36 hours");
        assert_eq!(
            utc().uptime(jiff::civil::date(2026, 11, 23), Status::Operational, &changes),
            None
        );
    }

    fn any_status() -> impl Strategy<Value = Status> {
        prop::sample::select(Status::ALL)
    }

    /// Changes at whole minutes from a hundred days before the moment on.
    fn any_changes() -> impl Strategy<Value = Vec<(i64, Status)>> {
        let change = (0..100 * 24 * 60_i64, any_status());
        prop::collection::vec(change, 0..40).prop_map(|mut changes| {
            changes.sort_by_key(|(minutes, _)| *minutes);
            let start_ms = NOON_MS - 100 * 24 * HOUR_MS;
            changes
                .into_iter()
                .map(|(minutes, status)| (start_ms + minutes * MINUTE_MS, status))
                .collect()
        })
    }

    /// The formula, minute by minute.
    fn minute_by_minute(before: Status, changes: &[(i64, Status)]) -> (i64, Vec<[u16; 4]>) {
        let days = utc();
        let (mut tenths, mut minutes) = (0, vec![[0; 4]; UPTIME_DAYS]);
        for at_ms in (days.start_ms()..NOON_MS).step_by(MINUTE_MS as usize) {
            let status = changes
                .iter()
                .rev()
                .find(|(from_ms, _)| *from_ms <= at_ms)
                .map_or(before, |change| change.1);
            let place = Status::ALL.iter().position(|known| *known == status).expect("a status");
            tenths += [0, 0, 0, 3, 10][place];
            if place > 0 {
                minutes[((at_ms - days.start_ms()) / (24 * HOUR_MS)) as usize][place - 1] += 1;
            }
        }
        (tenths, minutes)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn agrees_with_counting_minutes(before in any_status(), changes in any_changes()) {
            let inside: Vec<_> = changes.iter().copied().filter(|(at_ms, _)| *at_ms >= utc().start_ms()).collect();
            let earlier = changes.iter().rev().find(|(at_ms, _)| *at_ms < utc().start_ms());
            let before = earlier.map_or(before, |change| change.1);
            let found = utc().uptime(LONG_AGO, before, &inside).expect("a history");
            let (tenths, minutes) = minute_by_minute(before, &inside);
            let time = (NOON_MS - utc().start_ms()) / MINUTE_MS;
            prop_assert_eq!(i64::from(found.up_millionths), 1_000_000 - (tenths * 100_000 + time / 2) / time);
            let days = found.days.iter().map(|day| {
                (usize::from(day.day), [day.maintenance_minutes, day.degraded_minutes, day.partial_minutes, day.major_minutes])
            });
            let expected: Vec<_> = minutes.into_iter().enumerate().filter(|(_, counted)| *counted != [0; 4]).collect();
            prop_assert_eq!(days.collect::<Vec<_>>(), expected);
        }

        #[test]
        fn always_draws_ninety_days(
            zone in prop::sample::select(&["Etc/UTC", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu"][..]),
            as_of_ms in 0..4_000_000_000_000_i64,
            before in any_status(),
            mut changes in prop::collection::vec((0..4_000_000_000_000_i64, any_status()), 0..20),
        ) {
            changes.sort_by_key(|(at_ms, _)| *at_ms);
            let days = Days::ending(&zone::named(zone), as_of_ms);
            changes.retain(|(at_ms, _)| *at_ms >= days.start_ms());
            let found = days.uptime(jiff::civil::date(1960, 1, 1), before, &changes).expect("a history");
            prop_assert_eq!(found.runs.iter().map(|run| usize::from(run.days)).sum::<usize>(), UPTIME_DAYS);
            prop_assert!(found.up_millionths <= 1_000_000);
            prop_assert!(found.runs.windows(2).all(|pair| pair[0].level != pair[1].level));
        }
    }
}
