//! Moments and dates as a reader of the page knows them: in the page's zone, never relative to a clock.

use page_model::Stamp;
use serde::Serialize;
use time::{Date, Month, OffsetDateTime, UtcOffset};

use crate::{
    voice::Voice,
    words::{capitalised, unbroken},
};

/// A moment for a `<time>` element.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    pub iso: String,
    pub text: String,
    /// The same in UTC, where the page's clock is another.
    pub utc: Option<String>,
}

/// How much of the zone a text must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    Said,
    /// The end of the range says it.
    Left,
}

impl Voice {
    /// `14:21 UTC`, with the date in front where the reader could take it for another day's.
    pub fn seen_on(&self, day: Date, stamp: Stamp, zone: Zone) -> Moment {
        let local = local(stamp);
        let date = match local.date() {
            date if date == day => None,
            date if date.year() == day.year() => Some(self.short_date(date)),
            date => Some(self.date("date-short-with-year", date, self.month_short(date.month()))),
        };
        self.moment(stamp, date, clock(local, zone))
    }

    /// `22 Nov, 14:32 UTC`, for a reader who knows the year.
    pub fn dated(&self, stamp: Stamp, zone: Zone) -> Moment {
        let local = local(stamp);
        self.moment(stamp, Some(self.short_date(local.date())), clock(local, zone))
    }

    /// `22 November 2026, 14:32 UTC`.
    pub fn whole(&self, stamp: Stamp) -> Moment {
        let local = local(stamp);
        let date = self.date("date-long-with-year", local.date(), self.month(local.month()));
        self.moment(stamp, Some(date), clock(local, Zone::Said))
    }

    fn moment(&self, stamp: Stamp, date: Option<String>, time: String) -> Moment {
        let time = self.left_to_right(time);
        Moment {
            iso: iso(stamp),
            text: match date {
                Some(date) => self.tell("date-and-time", [("date", date.into()), ("time", time.into())]),
                None => time,
            },
            utc: (stamp.offset_minutes != 0).then(|| self.left_to_right(clock(utc(stamp), Zone::Said))),
        }
    }

    /// Text of Latin letters and digits keeps its order within a line from right to left.
    pub fn left_to_right(&self, text: String) -> String {
        if self.language.is_right_to_left() {
            format!("\u{2066}{text}\u{2069}")
        } else {
            text
        }
    }

    /// `12 Nov`
    pub fn short_date(&self, date: Date) -> String {
        self.date("date-short", date, self.month_short(date.month()))
    }

    /// `12 November`
    pub fn long_date(&self, date: Date) -> String {
        self.date("date-long", date, self.month(date.month()))
    }

    fn date(&self, message: &str, date: Date, month: &str) -> String {
        let (day, year) = (date.day().into(), date.year().to_string().into());
        let arguments = [("day", day), ("month", month.into()), ("year", year)];
        unbroken(&self.tell(message, arguments))
    }

    /// `9–14 November`, or `28 October – 3 November`.
    pub fn days(&self, first: Date, last: Date) -> String {
        match (first, last) {
            _ if first == last => self.long_date(first),
            _ if (first.year(), first.month()) == (last.year(), last.month()) => unbroken(&self.tell(
                "days-of-month",
                [
                    ("first", first.day().into()),
                    ("last", last.day().into()),
                    ("month", self.month(first.month()).into()),
                ],
            )),
            _ => self.tell(
                "days",
                [
                    ("first", self.long_date(first).into()),
                    ("last", self.long_date(last).into()),
                ],
            ),
        }
    }

    /// `November 2026` of `2026-11`
    pub fn month_of_year(&self, text: &str) -> Option<String> {
        let (year, month) = parse_month(text)?;
        let arguments = [("month", self.month(month).into()), ("year", year.into())];
        Some(capitalised(&self.tell("month-of-year", arguments)))
    }

    pub fn month(&self, month: Month) -> &str {
        self.say(MONTHS[month as usize - 1].0)
    }

    pub fn month_short(&self, month: Month) -> &str {
        self.say(MONTHS[month as usize - 1].1)
    }
}

/// The day of the moment in the page's zone.
pub fn day_of(stamp: Stamp) -> Date {
    local(stamp).date()
}

/// The month of the moment in the page's zone, `yyyy-mm`.
pub fn month_of(stamp: Stamp) -> String {
    let date = day_of(stamp);
    format!("{:04}-{:02}", date.year(), u8::from(date.month()))
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

fn clock(local: OffsetDateTime, zone: Zone) -> String {
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    match zone {
        Zone::Said => format!("{time}\u{a0}{}", zone_name(local.offset().whole_minutes())),
        Zone::Left => time,
    }
}

/// `UTC`, `UTC+1`, `UTC−3:30`.
pub fn zone_name(offset_minutes: i16) -> String {
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

/// The messages of each month.
const MONTHS: [(&str, &str); 12] = [
    ("january", "january-short"),
    ("february", "february-short"),
    ("march", "march-short"),
    ("april", "april-short"),
    ("may", "may-short"),
    ("june", "june-short"),
    ("july", "july-short"),
    ("august", "august-short"),
    ("september", "september-short"),
    ("october", "october-short"),
    ("november", "november-short"),
    ("december", "december-short"),
];

#[cfg(test)]
mod tests {
    use page_model::Language;

    use super::*;

    const NOON: Stamp = Stamp {
        at_ms: 1_795_262_400_000,
        offset_minutes: 60,
    };

    #[test]
    fn a_moment_names_its_day_only_where_it_is_another() {
        let voice = Voice::of(Language::En);
        let day = day_of(NOON);
        assert_eq!(voice.seen_on(day, NOON, Zone::Said).text, "13:00\u{a0}UTC+1");
        let yesterday = Stamp {
            at_ms: NOON.at_ms - 86_400_000,
            ..NOON
        };
        assert_eq!(voice.seen_on(day, yesterday, Zone::Left).text, "20\u{a0}Nov, 13:00");
        let years_ago = Stamp {
            at_ms: 0,
            offset_minutes: -210,
        };
        assert_eq!(
            voice.seen_on(day, years_ago, Zone::Said).text,
            "31\u{a0}Dec\u{a0}1969, 20:30\u{a0}UTC−3:30"
        );
        assert_eq!(voice.whole(NOON).utc.as_deref(), Some("12:00\u{a0}UTC"));
        assert_eq!(voice.whole(NOON).iso, "2026-11-21T12:00:00Z");
    }

    #[test]
    fn moments_beyond_the_calendar_do_not_panic() {
        for at_ms in [i64::MIN, i64::MAX, 253_402_300_799_000, -377_705_116_800_000] {
            for offset_minutes in [i16::MIN, -1439, 0, 1439, i16::MAX] {
                let _ = Voice::of(Language::En).whole(Stamp { at_ms, offset_minutes });
            }
        }
    }
}
