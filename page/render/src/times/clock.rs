//! What the page's clock shows at a moment. A snapshot may be broken, so a moment beyond the calendar is the first of 1970,
//! which nobody believes.

use page_model::Stamp;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// The moment in the page's zone.
pub fn local(stamp: Stamp) -> OffsetDateTime {
    let offset = UtcOffset::from_whole_seconds(i32::from(stamp.offset_minutes) * 60).unwrap_or(UtcOffset::UTC);
    let local = utc(stamp).checked_to_offset(offset);
    local
        .filter(has_year_of_four_digits)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

pub fn utc(stamp: Stamp) -> OffsetDateTime {
    let nanos = i128::from(stamp.at_ms) * 1_000_000;
    let utc = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
    utc.filter(has_year_of_four_digits)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
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

/// `14:32`
pub fn hour_and_minute(moment: OffsetDateTime) -> String {
    format!("{:02}:{:02}", moment.hour(), moment.minute())
}

/// `UTC`, `UTC+1`, `UTC−3:30`, with the minus sign of the place where it stands.
pub fn zone_name(offset_minutes: i16, minus: char) -> String {
    let sign = if offset_minutes < 0 { minus } else { '+' };
    let minutes = offset_minutes.unsigned_abs();
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// No format knows another year.
fn has_year_of_four_digits(moment: &OffsetDateTime) -> bool {
    (0..=9999).contains(&moment.year())
}
