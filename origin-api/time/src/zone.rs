//! Moments in a page's time zone.

use std::{collections::BTreeSet, sync::LazyLock};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};
use page_model::Stamp;

/// The zones that we bring along: the machine's own may lack names or have other rules, and reading them is IO.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

pub fn find(name: &str) -> Option<TimeZone> {
    let zone = ZONES.get(name).ok()?;
    zone.iana_name().is_some_and(|name| name != NO_PLACE).then_some(zone)
}

/// The name of a zone in the one spelling that every reader of it knows; `None` where there is no such zone.
pub fn spelled(name: &str) -> Option<String> {
    find(name)?.iana_name().map(str::to_owned)
}

/// The zone of that name. Names are checked when they are stored; one that a later release of the zone rules dropped is
/// read as UTC rather than making the page fail.
pub fn named(name: &str) -> TimeZone {
    find(name).unwrap_or(TimeZone::UTC)
}

pub fn stamp(zone: &TimeZone, at_ms: i64) -> Stamp {
    let offset_seconds = zone.to_offset(timestamp(at_ms)).seconds();
    Stamp {
        at_ms,
        offset_minutes: (offset_seconds / 60) as i16,
    }
}

pub fn date(zone: &TimeZone, at_ms: i64) -> Date {
    date_time(zone, at_ms).date()
}

/// What a clock on the wall shows.
pub fn date_time(zone: &TimeZone, at_ms: i64) -> DateTime {
    zone.to_datetime(timestamp(at_ms))
}

/// When a clock on the wall shows that. A time that a zone skips is read with the offset before the gap, and one that
/// comes twice is the first. `None` at the ends of the calendar.
pub fn moment_ms(zone: &TimeZone, at: DateTime) -> Option<i64> {
    let at = zone.to_ambiguous_timestamp(at).compatible().ok()?;
    Some(at.as_millisecond())
}

/// The calendar month, `yyyy-mm`.
pub fn month(zone: &TimeZone, at_ms: i64) -> String {
    month_of(date(zone, at_ms))
}

pub fn month_of(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// The first moment of a day: midnight, or what comes after it where a zone skips midnight.
pub fn day_start_ms(zone: &TimeZone, date: Date) -> i64 {
    match zone.to_zoned(date.into()) {
        Ok(zoned) => zoned.timestamp().as_millisecond(),
        // Only at the ends of the calendar, ten thousand years away.
        Err(_) => 0,
    }
}

pub fn days_before(date: Date, days: usize) -> Date {
    date.saturating_sub((days as i64).days())
}

pub fn day_after(date: Date) -> Date {
    date.saturating_add(1.days())
}

/// The calendar months, `yyyy-mm`, that a stretch of time touches. What ends at midnight does not touch the month that begins
/// then; of a stretch longer than any page lives the last hundred years count.
pub fn months(zone: &TimeZone, from_ms: i64, to_ms: i64) -> BTreeSet<String> {
    let last = date(zone, from_ms.max(to_ms - 1)).first_of_month();
    let first = date(zone, from_ms).first_of_month();
    let months = (0..MONTHS_MAX).map(|ago| last.saturating_sub(ago.months()));
    months.take_while(|month| *month >= first).map(month_of).collect()
}

fn timestamp(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or_default()
}

/// What the zone database has for a machine that nobody set up.
const NO_PLACE: &str = "Factory";
const MONTHS_MAX: i64 = 1_200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_names_are_known_on_every_machine() {
        for name in ["US/Eastern", "Asia/Calcutta", "GB"] {
            assert!(find(name).is_some(), "{name}");
        }
        assert!(find("Europe/Nowhere").is_none());
    }

    #[test]
    fn names_have_one_spelling_and_a_place() {
        for (name, spelling) in [
            ("europe/berlin", Some("Europe/Berlin")),
            ("EUROPE/BERLIN", Some("Europe/Berlin")),
            ("us/eastern", Some("US/Eastern")),
            ("etc/utc", Some("Etc/UTC")),
            ("utc", Some("UTC")),
            ("gmt", Some("GMT")),
            ("Etc/gmt+5", Some("Etc/GMT+5")),
            ("localtime", None),
            ("posixrules", None),
            ("Factory", None),
            ("factory", None),
            ("Etc/Unknown", None),
            ("posix/Europe/Berlin", None),
            ("right/Europe/Berlin", None),
            ("Europe/Berlin ", None),
            ("", None),
        ] {
            assert_eq!(spelled(name).as_deref(), spelling, "{name}");
        }
    }

    #[test]
    fn day_length_follows_the_zone() {
        let berlin = named("Europe/Berlin");
        for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-22", 24)] {
            let date: Date = date.parse().expect("a date");
            let length_ms = day_start_ms(&berlin, day_after(date)) - day_start_ms(&berlin, date);
            assert_eq!(length_ms, hours * 3_600_000, "{date}");
        }
    }

    #[test]
    fn a_stretch_touches_the_months_that_it_has_a_moment_in() {
        let berlin = named("Europe/Berlin");
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment").as_millisecond();
        let of = |from: &str, to: &str| months(&berlin, at(from), at(to)).into_iter().collect::<Vec<_>>();
        assert_eq!(
            of("2026-10-31T20:00:00Z", "2026-11-02T00:00:00Z"),
            ["2026-10", "2026-11"]
        );
        assert_eq!(
            of("2026-12-31T22:00:00Z", "2027-01-01T00:00:00Z"),
            ["2026-12", "2027-01"]
        );
        assert_eq!(
            of("2026-10-31T20:00:00Z", "2026-10-31T23:00:00Z"),
            ["2026-10"],
            "until midnight"
        );
        assert_eq!(
            of("2026-10-31T23:00:00Z", "2026-10-31T23:00:00Z"),
            ["2026-11"],
            "a moment is in one"
        );
        assert_eq!(of("2026-01-15T00:00:00Z", "2026-04-15T00:00:00Z").len(), 4);
        assert_eq!(of("0001-01-15T00:00:00Z", "2026-04-15T00:00:00Z").len(), 1_200);
    }

    #[test]
    fn stamp_has_the_offset_of_its_moment() {
        let zone = named("Asia/Kolkata");
        assert_eq!(stamp(&zone, 0).offset_minutes, 330);
        assert_eq!(month(&named("America/New_York"), 0), "1969-12");
    }
}
