//! Moments as each format writes them.

use page_model::Stamp;
use time::OffsetDateTime;

use super::clock::{hour_and_minute, local, utc, zone_name};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// ISO 8601 with milliseconds and the offset of the page's zone, `Z` where that is none.
pub fn iso(stamp: Stamp) -> String {
    let local = local(stamp);
    let (hour, minute, second, milli) = local.time().as_hms_milli();
    let zone = match sign_and_clock(local) {
        ('+', 0, 0) => "Z".to_owned(),
        (sign, hours, minutes) => format!("{sign}{hours:02}:{minutes:02}"),
    };
    format!("{}T{hour:02}:{minute:02}:{second:02}.{milli:03}{zone}", local.date())
}

/// RFC 822 with a year of four digits, as RSS 2.0 wants it.
pub fn rfc822(stamp: Stamp) -> String {
    let local = local(stamp);
    let (hour, minute, second) = local.to_hms();
    let (sign, hours, minutes) = sign_and_clock(local);
    let day = DAYS[usize::from(local.weekday().number_days_from_monday())];
    format!(
        "{day}, {:02} {} {} {hour:02}:{minute:02}:{second:02} {sign}{hours:02}{minutes:02}",
        local.day(),
        month(local),
        local.year()
    )
}

/// RFC 5545's form of a moment in UTC: `20261122T143200Z`.
pub fn calendar(stamp: Stamp) -> String {
    let utc = utc(stamp);
    let (hour, minute, second) = utc.to_hms();
    let (year, month, day) = (utc.year(), u8::from(utc.month()), utc.day());
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// `2026-11-22` in the page's zone.
pub fn date(stamp: Stamp) -> String {
    local(stamp).date().to_string()
}

/// `2026-11-22 14:32 UTC+1`
pub fn plain(stamp: Stamp) -> String {
    format!("{} {} {}", date(stamp), clock(stamp), zone(stamp))
}

/// `14:32` in the page's zone.
pub fn clock(stamp: Stamp) -> String {
    hour_and_minute(local(stamp))
}

/// `Nov`, and the day's number.
pub fn month_and_day(stamp: Stamp) -> (&'static str, u8) {
    let local = local(stamp);
    (month(local), local.day())
}

/// `UTC`, `UTC+1`, `UTC-3:30`.
pub fn zone(stamp: Stamp) -> String {
    zone_name(local(stamp).offset().whole_minutes(), '-')
}

fn month(local: OffsetDateTime) -> &'static str {
    MONTHS[usize::from(u8::from(local.month())) - 1]
}

fn sign_and_clock(local: OffsetDateTime) -> (char, u16, u16) {
    let minutes = local.offset().whole_minutes();
    let sign = if minutes < 0 { '-' } else { '+' };
    (sign, minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-08-21T22:46:26.007Z
    const MOMENT: Stamp = Stamp {
        at_ms: 1_787_352_386_007,
        offset_minutes: 0,
    };

    #[test]
    fn iso_has_the_offset_of_the_zone() {
        for (offset_minutes, expected) in [
            (0, "2026-08-21T22:46:26.007Z"),
            (330, "2026-08-22T04:16:26.007+05:30"),
            (-210, "2026-08-21T19:16:26.007-03:30"),
            (-30, "2026-08-21T22:16:26.007-00:30"),
        ] {
            assert_eq!(
                iso(Stamp {
                    offset_minutes,
                    ..MOMENT
                }),
                expected
            );
        }
    }

    #[test]
    fn each_format_writes_times_its_own_way() {
        let berlin = Stamp {
            offset_minutes: 120,
            ..MOMENT
        };
        assert_eq!(rfc822(berlin), "Sat, 22 Aug 2026 00:46:26 +0200");
        assert_eq!(calendar(berlin), "20260821T224626Z");
        assert_eq!(plain(berlin), "2026-08-22 00:46 UTC+2");
    }

    #[test]
    fn moments_beyond_the_calendar_do_not_panic() {
        for at_ms in [i64::MIN, i64::MAX, 253_402_300_799_999, -62_167_219_200_000] {
            for offset_minutes in [i16::MIN, -1439, 0, 1439, i16::MAX] {
                let stamp = Stamp { at_ms, offset_minutes };
                assert!([24, 29].contains(&iso(stamp).len()), "{}", iso(stamp));
                assert_eq!(calendar(stamp).len(), 16);
                let _ = (rfc822(stamp), plain(stamp));
            }
        }
    }
}
