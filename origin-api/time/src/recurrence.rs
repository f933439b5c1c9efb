//! When a recurring maintenance starts: a rule of RFC 5545 in a time zone. Pure.
//!
//! The rule is walked in wall-clock time, which has no summer time, and each start is then placed in the zone. So a
//! maintenance at 02:30 stays at 02:30 all year; where that time does not exist it is read with the offset before the gap
//! (03:30 on the clock), and where it exists twice it is the first, as RFC 5545 says.

use std::collections::HashMap;

use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use recurrence::RRuleSet;

use crate::zone;

#[derive(Debug)]
pub struct Schedule {
    rule: RRuleSet,
    zone: TimeZone,
    /// The last wall-clock time at which it may start.
    until: Option<DateTime>,
    /// Days on which it does not start.
    exceptions: Vec<Date>,
}

/// What is planned of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStarts {
    pub starts_ms: Vec<i64>,
    /// When there is more to plan; `None` for never.
    pub again_ms: Option<i64>,
}

impl Schedule {
    /// Says what is wrong with the rule.
    pub fn new(starts_at_ms: i64, rule: &str, zone_name: &str, exceptions: Vec<Date>) -> Result<Self, String> {
        let zone = zone::named(zone_name);
        let rule = rule.strip_prefix("RRULE:").unwrap_or(rule);
        let mut parts = parts(rule)?;
        check(&parts)?;
        let until = parts
            .remove("UNTIL")
            .map(|until| last_start(&until, &zone))
            .transpose()?;
        let start = zone::date_time(&zone, starts_at_ms)
            .strftime("%Y%m%dT%H%M%SZ")
            .to_string();
        let rule: Vec<String> = parts.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let text = format!("DTSTART:{start}\nRRULE:{}", rule.join(";"));
        let rule: RRuleSet = text
            .parse()
            .map_err(|error: recurrence::RRuleError| error.to_string())?;
        Ok(Self {
            rule: rule.limit(),
            zone,
            until,
            exceptions,
        })
    }

    /// Whether it starts at all, soon enough to be a plan.
    pub fn ever_starts(&self, starts_at_ms: i64) -> bool {
        self.starts()
            .next()
            .is_some_and(|first_ms| first_ms - starts_at_ms <= FIRST_START_MS_MAX)
    }

    /// The starts of windows of a length that are not over at `now_ms`: what runs, and what starts until `ahead_ms` later; at
    /// most `count_max`.
    pub fn plan(&self, now_ms: i64, length_ms: i64, ahead_ms: i64, count_max: usize) -> PlannedStarts {
        let mut starts_ms = Vec::new();
        for start_ms in self.starts().filter(|start_ms| start_ms + length_ms > now_ms) {
            // Two times of one day may be the same moment where the zone skips an hour.
            if starts_ms.last().is_some_and(|last| start_ms <= *last) {
                continue;
            }
            if starts_ms.len() == count_max {
                // When the first of them is over, there is room for one more.
                let again_ms = starts_ms.first().map(|start_ms| start_ms + length_ms);
                return PlannedStarts { starts_ms, again_ms };
            }
            if start_ms > now_ms + ahead_ms {
                let again_ms = Some(start_ms - ahead_ms);
                return PlannedStarts { starts_ms, again_ms };
            }
            starts_ms.push(start_ms);
        }
        PlannedStarts {
            starts_ms,
            again_ms: None,
        }
    }

    fn starts(&self) -> impl Iterator<Item = i64> {
        let walked = (&self.rule).into_iter().take(WALK_MAX);
        // The rule is walked as if in UTC: its timestamp is the wall-clock time.
        let wall_clock = walked.map(|start| zone::date_time(&TimeZone::UTC, start.timestamp() * 1000));
        let in_time = wall_clock.take_while(|start| self.until.is_none_or(|until| *start <= until));
        let kept = in_time.filter(|start| !self.exceptions.contains(&start.date()));
        kept.filter_map(|start| zone::moment_ms(&self.zone, start))
    }
}

/// The parts of a rule by their names, which the library reads in any order.
fn parts(rule: &str) -> Result<HashMap<String, String>, String> {
    let mut parts = HashMap::new();
    for part in rule.to_ascii_uppercase().split(';') {
        let (name, value) = part
            .split_once('=')
            .ok_or_else(|| format!("{part:?} is not a part such as FREQ=WEEKLY"))?;
        if !PARTS.contains(&name) {
            return Err(format!("{name:?} is not one of {}", PARTS.join(", ")));
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ',' | '+' | '-');
        if value.is_empty() || !value.chars().all(is_plain) {
            return Err(format!("{name} has the value {value:?}"));
        }
        if parts.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(format!("{name} appears twice"));
        }
    }
    Ok(parts)
}

/// What RFC 5545 allows and no maintenance needs would cost the more the less it means.
fn check(parts: &HashMap<String, String>) -> Result<(), String> {
    match parts.get("FREQ").map(String::as_str) {
        Some("DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY") => {}
        Some(other) => {
            return Err(format!(
                "FREQ={other} is not DAILY, WEEKLY, MONTHLY or YEARLY; use BYHOUR for several starts in a day"
            ));
        }
        None => return Err("FREQ is missing".into()),
    }
    if parts.contains_key("COUNT") && parts.contains_key("UNTIL") {
        return Err("a rule has COUNT or UNTIL, not both".into());
    }
    let values = |name: &str| parts.get(name).map_or(1, |value| value.split(',').count());
    if values("BYHOUR") * values("BYMINUTE") > DAILY_STARTS_MAX {
        return Err(format!("a maintenance starts at most {DAILY_STARTS_MAX} times a day"));
    }
    Ok(())
}

/// `UNTIL` is a day, a wall-clock time, or a moment in UTC.
fn last_start(until: &str, zone: &TimeZone) -> Result<DateTime, String> {
    let wrong = || format!("UNTIL={until} is not a moment such as 20261231T235959Z");
    if let Some(utc) = until.strip_suffix('Z') {
        let at = DateTime::strptime("%Y%m%dT%H%M%S", utc).map_err(|_| wrong())?;
        let at_ms = zone::moment_ms(&TimeZone::UTC, at).ok_or_else(wrong)?;
        return Ok(zone::date_time(zone, at_ms));
    }
    if until.contains('T') {
        return DateTime::strptime("%Y%m%dT%H%M%S", until).map_err(|_| wrong());
    }
    let day = Date::strptime("%Y%m%d", until).map_err(|_| wrong())?;
    Ok(day.at(23, 59, 59, 0))
}

const PARTS: [&str; 13] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSETPOS",
];
const DAILY_STARTS_MAX: usize = 24;
/// Starts that are walked from the first: eleven years of one every hour, and centuries of one every day.
const WALK_MAX: usize = 100_000;
/// A rule that does not start for so long is a mistake, such as a 30th of February.
const FIRST_START_MS_MAX: i64 = 10 * 366 * 24 * 60 * 60 * 1000;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn schedule(starts_at: &str, rule: &str, zone: &str, exceptions: &[&str]) -> Schedule {
        let exceptions = exceptions.iter().map(|day| day.parse().expect("a day")).collect();
        Schedule::new(ms(starts_at), rule, zone, exceptions).expect("a schedule")
    }

    /// In the wall-clock time of the zone, with its offset.
    fn shown(zone: &str, starts_ms: &[i64]) -> Vec<String> {
        let zone = zone::named(zone);
        let shown = |at_ms: &i64| {
            let at = Timestamp::from_millisecond(*at_ms)
                .expect("a moment")
                .to_zoned(zone.clone());
            at.strftime("%a %F %R %:z").to_string()
        };
        starts_ms.iter().map(shown).collect()
    }

    /// The first starts from some days before a day on.
    fn starts(schedule: &Schedule, zone: &str, now: &str, count: usize) -> Vec<String> {
        shown(zone, &schedule.plan(ms(now), 0, 3_650 * DAY_MS, count).starts_ms)
    }

    #[test]
    fn plans_the_window_that_runs() {
        let daily = schedule("2026-10-06T20:00:00Z", "FREQ=DAILY", "Etc/UTC", &[]);
        let first = |now: &str| daily.plan(ms(now), 3_600_000, DAY_MS, 1);
        let running = first("2026-10-06T20:10:00Z");
        assert_eq!(running.starts_ms, [ms("2026-10-06T20:00:00Z")]);
        assert_eq!(
            running.again_ms,
            Some(ms("2026-10-06T21:00:00Z")),
            "when it is over there is room for the next"
        );
        assert_eq!(first("2026-10-06T21:00:00Z").starts_ms, [ms("2026-10-07T20:00:00Z")]);
    }

    #[test]
    fn keeps_the_wall_clock_time_through_the_year() {
        let tuesdays = schedule(
            "2026-10-06T20:00:00Z",
            "FREQ=WEEKLY;BYDAY=TU",
            "Europe/Berlin",
            &["2026-10-20"],
        );
        insta::assert_debug_snapshot!(starts(&tuesdays, "Europe/Berlin", "2026-10-01T00:00:00Z", 4), @r#"
        [
            "Tue 2026-10-06 22:00 +02:00",
            "Tue 2026-10-13 22:00 +02:00",
            "Tue 2026-10-27 22:00 +01:00",
            "Tue 2026-11-03 22:00 +01:00",
        ]
        "#);
    }

    #[test]
    fn handles_skipped_and_repeated_times() {
        let nightly = schedule("2026-03-27T01:30:00Z", "FREQ=DAILY", "Europe/Berlin", &[]);
        insta::assert_debug_snapshot!(starts(&nightly, "Europe/Berlin", "2026-03-28T00:00:00Z", 3), @r#"
        [
            "Sat 2026-03-28 02:30 +01:00",
            "Sun 2026-03-29 03:30 +02:00",
            "Mon 2026-03-30 02:30 +02:00",
        ]
        "#);
        insta::assert_debug_snapshot!(starts(&nightly, "Europe/Berlin", "2026-10-24T00:00:00Z", 3), @r#"
        [
            "Sat 2026-10-24 02:30 +02:00",
            "Sun 2026-10-25 02:30 +02:00",
            "Mon 2026-10-26 02:30 +01:00",
        ]
        "#);
    }

    #[test]
    fn two_times_at_one_moment_give_one_start() {
        let twice = schedule("2026-03-28T01:30:00Z", "FREQ=DAILY;BYHOUR=2,3", "Europe/Berlin", &[]);
        insta::assert_debug_snapshot!(starts(&twice, "Europe/Berlin", "2026-03-28T12:00:00Z", 2), @r#"
        [
            "Sun 2026-03-29 03:30 +02:00",
            "Mon 2026-03-30 02:30 +02:00",
        ]
        "#);
    }

    #[test]
    fn follows_common_rules() {
        let starts = |rule: &str| {
            let schedule = schedule("2026-11-01T03:00:00Z", rule, "Etc/UTC", &[]);
            starts(&schedule, "Etc/UTC", "2026-11-01T00:00:00Z", 3)
        };
        insta::assert_debug_snapshot!(
            [
                "FREQ=MONTHLY;BYDAY=2SA",
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "FREQ=MONTHLY;BYMONTHDAY=-1",
                "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE;WKST=SU",
                "FREQ=DAILY;BYHOUR=3,15;COUNT=2",
                "FREQ=WEEKLY;UNTIL=20261108",
                "FREQ=WEEKLY;UNTIL=20261108T025959Z",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            ]
            .map(|rule| (rule, starts(rule)))
        );
    }

    #[test]
    fn until_is_the_same_moment_in_every_zone() {
        let zone = "America/New_York";
        let late = schedule("2026-11-22T03:00:00Z", "FREQ=DAILY;UNTIL=20261124T030000Z", zone, &[]);
        assert_eq!(starts(&late, zone, "2026-11-01T00:00:00Z", 9).len(), 3);
        let local = schedule("2026-11-22T03:00:00Z", "FREQ=DAILY;UNTIL=20261122T215959", zone, &[]);
        assert_eq!(starts(&local, zone, "2026-11-01T00:00:00Z", 9).len(), 1);
    }

    #[test]
    fn plans_only_the_next_starts() {
        let now_ms = ms("2026-11-22T12:00:00Z");
        let daily = schedule("2020-01-01T03:00:00Z", "FREQ=DAILY", "Etc/UTC", &[]);
        let planned = daily.plan(now_ms, 0, 60 * DAY_MS, 20);
        assert_eq!(planned.starts_ms.len(), 20);
        assert_eq!(planned.starts_ms[0], ms("2026-11-23T03:00:00Z"));
        assert_eq!(
            planned.again_ms,
            Some(planned.starts_ms[0]),
            "the first start makes room"
        );
        let quarterly = schedule("2026-12-01T03:00:00Z", "FREQ=MONTHLY;INTERVAL=3", "Etc/UTC", &[]);
        let planned = quarterly.plan(now_ms, 0, 60 * DAY_MS, 20);
        assert_eq!(planned.starts_ms, [ms("2026-12-01T03:00:00Z")]);
        assert_eq!(planned.again_ms, Some(ms("2027-03-01T03:00:00Z") - 60 * DAY_MS));
        let over = schedule("2026-11-01T03:00:00Z", "FREQ=DAILY;COUNT=3", "Etc/UTC", &[]);
        let nothing = PlannedStarts {
            starts_ms: Vec::new(),
            again_ms: None,
        };
        assert_eq!(over.plan(now_ms, 0, 60 * DAY_MS, 20), nothing);
    }

    #[test]
    fn refuses_unsupported_rules() {
        let refused = |rule: &str| Schedule::new(ms("2026-11-22T12:00:00Z"), rule, "Etc/UTC", Vec::new()).err();
        insta::assert_debug_snapshot!(
            [
                "",
                "weekly",
                "FREQ=HOURLY",
                "FREQ=MINUTELY;COUNT=3",
                "FREQ=SECONDLY",
                "BYDAY=TU",
                "FREQ=DAILY;FREQ=DAILY",
                "FREQ=DAILY;BYSECOND=1",
                "FREQ=DAILY;BYEASTER=1",
                "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,10,20,30,40",
                "FREQ=DAILY\nEXDATE:20261122T000000Z",
                "FREQ=WEEKLY;BYDAY=XX",
                "FREQ=WEEKLY;BYMONTHDAY=3",
                "FREQ=DAILY;BYHOUR=24",
                "FREQ=DAILY;INTERVAL=99999999",
                "FREQ=DAILY;COUNT=2;UNTIL=20270101",
                "FREQ=DAILY;UNTIL=tomorrow",
                "FREQ=DAILY;UNTIL=20261331T000000Z",
            ]
            .map(|rule| (rule, refused(rule)))
        );
    }

    #[test]
    fn detects_rules_that_never_start() {
        let starts_at_ms = ms("2026-11-22T12:00:00Z");
        for (rule, starts) in [
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", false),
            ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", false),
            ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", false),
            ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", false),
            ("FREQ=YEARLY;INTERVAL=65535;BYMONTH=2", false),
            ("FREQ=DAILY;INTERVAL=0", false),
            (
                "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=100;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
                false,
            ),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", true),
            ("FREQ=YEARLY;BYYEARDAY=-366", true),
        ] {
            let schedule = Schedule::new(starts_at_ms, rule, "Etc/UTC", Vec::new()).expect("a rule");
            assert_eq!(schedule.ever_starts(starts_at_ms), starts, "{rule}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_on_any_rule(rule in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY))(;(INTERVAL|COUNT|UNTIL|WKST|BYMONTH|BYWEEKNO|BYYEARDAY|BYMONTHDAY|BYDAY|BYHOUR|BYMINUTE|BYSETPOS)=(-?[0-9]{1,3}|[0-9]{8}|[+-]?[0-9]{0,2}(MO|TU|SU)))(,-?[0-9]{1,3}){0,4}") {
            if let Ok(schedule) = Schedule::new(1_795_348_800_000, &rule, "Europe/Berlin", Vec::new()) {
                let planned = schedule.plan(1_795_348_800_000, 0, 60 * DAY_MS, 20);
                prop_assert!(planned.starts_ms.len() <= 20);
                prop_assert!(planned.starts_ms.is_sorted());
            }
        }
    }
}
