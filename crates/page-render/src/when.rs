//! Moments and dates as a reader of the page knows them: in the page's zone, never relative to a clock.

use page_model::Stamp;
use serde::Serialize;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// A moment for a `<time>` element.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    pub iso: String,
    pub text: String,
}

/// How much of the zone a text must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    Said,
    /// The end of the range says it.
    Left,
}

impl Moment {
    /// `14:21 UTC`, with the date in front where the reader could take it for another day's.
    pub fn seen_on(day: Date, stamp: Stamp, zone: Zone) -> Self {
        let local = local(stamp);
        let date = match local.date() {
            date if date == day => String::new(),
            date if date.year() == day.year() => format!("{}, ", short_date(date)),
            date => format!("{} {}, ", short_date(date), date.year()),
        };
        Self {
            iso: iso(stamp),
            text: format!("{date}{}", clock(local, zone)),
        }
    }

    /// `22 November 2026, 14:32 UTC`.
    pub fn whole(stamp: Stamp) -> Self {
        let local = local(stamp);
        Self {
            iso: iso(stamp),
            text: format!(
                "{} {}, {}",
                long_date(local.date()),
                local.year(),
                clock(local, Zone::Said)
            ),
        }
    }
}

/// The day of the moment in the page's zone.
pub fn day_of(stamp: Stamp) -> Date {
    local(stamp).date()
}

/// Reads `yyyy-mm-dd`.
pub fn parse_day(text: &str) -> Option<Date> {
    let (month, day) = text.rsplit_once('-')?;
    let (year, month) = parse_month(month)?;
    Date::from_calendar_date(year, month, day.parse().ok()?).ok()
}

/// Reads `yyyy-mm`.
pub fn parse_month(text: &str) -> Option<(i32, Month)> {
    let (year, month) = text.split_once('-')?;
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Some((year.parse().ok()?, month))
}

/// `12 Nov`
pub fn short_date(date: Date) -> String {
    format!("{}\u{a0}{}", date.day(), month_abbreviation(date.month()))
}

/// `12 November`
pub fn long_date(date: Date) -> String {
    format!("{}\u{a0}{}", date.day(), date.month())
}

/// `9–14 November`, or `28 October – 3 November`.
pub fn long_range(first: Date, last: Date) -> String {
    match (first, last) {
        _ if first == last => long_date(first),
        _ if (first.year(), first.month()) == (last.year(), last.month()) => {
            format!("{}–{}", first.day(), long_date(last))
        }
        _ => format!("{} – {}", long_date(first), long_date(last)),
    }
}

/// `November 2026`
pub fn month_name(text: &str) -> Option<String> {
    parse_month(text).map(|(year, month)| format!("{month} {year}"))
}

pub fn month_abbreviation(month: Month) -> &'static str {
    match month {
        Month::January => "Jan",
        Month::February => "Feb",
        Month::March => "Mar",
        Month::April => "Apr",
        Month::May => "May",
        Month::June => "Jun",
        Month::July => "Jul",
        Month::August => "Aug",
        Month::September => "Sep",
        Month::October => "Oct",
        Month::November => "Nov",
        Month::December => "Dec",
    }
}

fn clock(local: OffsetDateTime, zone: Zone) -> String {
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    match zone {
        Zone::Said => format!("{time}\u{a0}{}", zone_name(local.offset().whole_minutes())),
        Zone::Left => time,
    }
}

/// `UTC`, `UTC+1`, `UTC−3:30`.
fn zone_name(offset_minutes: i16) -> String {
    let sign = if offset_minutes < 0 { '−' } else { '+' };
    let minutes = offset_minutes.unsigned_abs();
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

fn iso(stamp: Stamp) -> String {
    let utc = utc(stamp);
    let (hour, minute, second) = utc.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", utc.date())
}

fn local(stamp: Stamp) -> OffsetDateTime {
    let offset = UtcOffset::from_whole_seconds(i32::from(stamp.offset_minutes) * 60).unwrap_or(UtcOffset::UTC);
    utc(stamp)
        .checked_to_offset(offset)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A moment beyond the calendar (only a broken snapshot has one) shows as 1970, which nobody believes.
fn utc(stamp: Stamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(stamp.at_ms.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Stamp = Stamp {
        at_ms: 1_795_262_400_000,
        offset_minutes: 60,
    };

    #[test]
    fn a_moment_names_its_day_only_where_it_is_another() {
        let day = day_of(NOON);
        assert_eq!(Moment::seen_on(day, NOON, Zone::Said).text, "13:00\u{a0}UTC+1");
        let yesterday = Stamp {
            at_ms: NOON.at_ms - 86_400_000,
            ..NOON
        };
        assert_eq!(Moment::seen_on(day, yesterday, Zone::Left).text, "20\u{a0}Nov, 13:00");
        let years_ago = Stamp {
            at_ms: 0,
            offset_minutes: -210,
        };
        assert_eq!(
            Moment::seen_on(day, years_ago, Zone::Said).text,
            "31\u{a0}Dec 1969, 20:30\u{a0}UTC−3:30"
        );
        assert_eq!(Moment::whole(NOON).iso, "2026-11-21T12:00:00Z");
    }

    #[test]
    fn moments_beyond_the_calendar_do_not_panic() {
        for at_ms in [i64::MIN, i64::MAX, 253_402_300_799_000, -377_705_116_800_000] {
            for offset_minutes in [i16::MIN, -1439, 0, 1439, i16::MAX] {
                let _ = Moment::whole(Stamp { at_ms, offset_minutes });
            }
        }
    }
}
