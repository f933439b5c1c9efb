//! Moments and dates as a reader of the page knows them: in the page's zone, never relative to a clock.

use page_model::Stamp;
use serde::Serialize;
use time::{Date, Month, OffsetDateTime};

use super::{
    clock::{hour_and_minute, local, parse_month, utc, zone_name},
    machine,
};
use crate::{
    locale::Locale,
    texts::{capitalised, unbroken},
};

/// A moment for a `<time>` element.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    pub iso: String,
    pub text: String,
    /// The same in UTC, where the page's clock is another.
    pub utc: Option<String>,
}

/// Whether a time names its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    Shown,
    /// The end of the range shows it.
    Omitted,
}

impl Locale {
    /// `14:21 UTC`, with the date in front where the reader could take it for another day's.
    pub fn time_on(&self, day: Date, stamp: Stamp, zone: Zone) -> Moment {
        let local = local(stamp);
        let date = match local.date() {
            date if date == day => None,
            date if date.year() == day.year() => Some(self.short_date(date)),
            date => Some(self.date("date-short-with-year", date, self.month_short(date.month()))),
        };
        self.moment(stamp, date, clock(local, zone))
    }

    /// `22 Nov, 14:32 UTC`, for a reader who knows the year.
    pub fn short_date_and_time(&self, stamp: Stamp, zone: Zone) -> Moment {
        let local = local(stamp);
        self.moment(stamp, Some(self.short_date(local.date())), clock(local, zone))
    }

    /// `22 November 2026, 14:32 UTC`.
    pub fn date_and_time(&self, stamp: Stamp) -> Moment {
        let local = local(stamp);
        let date = self.date("date-long-with-year", local.date(), self.month(local.month()));
        self.moment(stamp, Some(date), clock(local, Zone::Shown))
    }

    fn moment(&self, stamp: Stamp, date: Option<String>, time: String) -> Moment {
        Moment {
            iso: iso(stamp),
            text: self.dated(date, time),
            utc: (stamp.offset_minutes != 0).then(|| self.utc(stamp)),
        }
    }

    /// With its date where that is another than on the page's clock.
    fn utc(&self, stamp: Stamp) -> String {
        let utc = utc(stamp);
        let date = (utc.date() != local(stamp).date()).then(|| self.short_date(utc.date()));
        self.dated(date, clock(utc, Zone::Shown))
    }

    fn dated(&self, date: Option<String>, time: String) -> String {
        let time = self.left_to_right(time);
        match date {
            Some(date) => self.format("date-and-time", [("date", date.into()), ("time", time.into())]),
            None => time,
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

    /// `12 November 2026`
    pub fn long_date_with_year(&self, date: Date) -> String {
        self.date("date-long-with-year", date, self.month(date.month()))
    }

    fn date(&self, message: &str, date: Date, month: &str) -> String {
        let (day, year) = (date.day().into(), date.year().to_string().into());
        let arguments = [("day", day), ("month", month.into()), ("year", year)];
        unbroken(&self.format(message, arguments))
    }

    /// `9–14 November`, or `28 October – 3 November`.
    pub fn days(&self, first: Date, last: Date) -> String {
        match (first, last) {
            _ if first == last => self.long_date(first),
            _ if (first.year(), first.month()) == (last.year(), last.month()) => unbroken(&self.format(
                "days-of-month",
                [
                    ("first", first.day().into()),
                    ("last", last.day().into()),
                    ("month", self.month(first.month()).into()),
                ],
            )),
            _ => self.format(
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
        Some(capitalised(&self.format("month-of-year", arguments)))
    }

    pub fn month(&self, month: Month) -> &str {
        self.text(MONTHS[month as usize - 1].0)
    }

    pub fn month_short(&self, month: Month) -> &str {
        self.text(MONTHS[month as usize - 1].1)
    }
}

fn clock(local: OffsetDateTime, zone: Zone) -> String {
    let time = hour_and_minute(local);
    match zone {
        Zone::Shown => format!("{time}\u{a0}{}", zone_name(local.offset().whole_minutes(), MINUS)),
        Zone::Omitted => time,
    }
}

/// To the second, on the page's clock: a browser that shows its own sees from this what the page's is.
fn iso(stamp: Stamp) -> String {
    let mut iso = machine::iso(stamp);
    iso.replace_range(MILLIS, "");
    iso
}

const MILLIS: std::ops::Range<usize> = 19..23;
const MINUS: char = '−';

/// `UTC−3:30`, for a reader.
pub fn zone_of(stamp: Stamp) -> String {
    zone_name(stamp.offset_minutes, MINUS)
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

    use super::{super::clock::day_of, *};

    const NOON: Stamp = Stamp {
        at_ms: 1_795_262_400_000,
        offset_minutes: 60,
    };

    #[test]
    fn time_has_a_date_only_on_another_day() {
        let locale = Locale::of(Language::En);
        let day = day_of(NOON);
        assert_eq!(locale.time_on(day, NOON, Zone::Shown).text, "13:00\u{a0}UTC+1");
        let yesterday = Stamp {
            at_ms: NOON.at_ms - 86_400_000,
            ..NOON
        };
        assert_eq!(locale.time_on(day, yesterday, Zone::Omitted).text, "20\u{a0}Nov, 13:00");
        let years_ago = Stamp {
            at_ms: 0,
            offset_minutes: -210,
        };
        assert_eq!(
            locale.time_on(day, years_ago, Zone::Shown).text,
            "31\u{a0}Dec\u{a0}1969, 20:30\u{a0}UTC−3:30"
        );
        assert_eq!(locale.date_and_time(NOON).utc.as_deref(), Some("12:00\u{a0}UTC"));
        assert_eq!(locale.date_and_time(NOON).iso, "2026-11-21T13:00:00+01:00");
    }

    #[test]
    fn moments_beyond_the_calendar_do_not_panic() {
        for at_ms in [i64::MIN, i64::MAX, 253_402_300_799_000, -377_705_116_800_000] {
            for offset_minutes in [i16::MIN, -1439, 0, 1439, i16::MAX] {
                let _ = Locale::of(Language::En).date_and_time(Stamp { at_ms, offset_minutes });
            }
        }
    }
}
