//! Moments and days as the push API writes them.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// A moment in RFC 3339, whole milliseconds since 1970 inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment(pub i64);

/// A calendar day, `yyyy-mm-dd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub Date);

impl TryFrom<String> for Moment {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let at: Timestamp = text
            .parse()
            .map_err(|_| format!("{} {EXPECTED_MOMENT}", quoted(&text)))?;
        let at_ms = at.as_millisecond();
        if (0..MOMENT_END_MS).contains(&at_ms) {
            Ok(Self(at_ms))
        } else {
            Err(format!("{} is not between 1970 and 2100", quoted(&text)))
        }
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        match Timestamp::from_millisecond(moment.0) {
            Ok(at) => format!("{at:.3}"),
            // Rows hold parsed moments only; a foreign one is shown as it is.
            Err(_) => moment.0.to_string(),
        }
    }
}

impl TryFrom<String> for Day {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let date = if text.len() == 10 {
            text.parse::<Date>().ok()
        } else {
            None
        };
        match date {
            Some(date) if (1970..2100).contains(&date.year()) => Ok(Self(date)),
            _ => Err(format!(
                "{} is not a day such as \"2026-11-22\" between 1970 and 2100",
                quoted(&text)
            )),
        }
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.0.to_string()
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        formatted(KnownFormat::DateTime)
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        formatted(KnownFormat::Date)
    }
}

impl ToSchema for Moment {}
impl ToSchema for Day {}

fn formatted(format: KnownFormat) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(format)))
        .into()
}

fn quoted(text: &str) -> String {
    format!("{:?}", text.chars().take(60).collect::<String>())
}

const EXPECTED_MOMENT: &str = "is not a moment in RFC 3339 such as \"2026-11-22T12:04:00Z\"";
/// 2100-01-01T00:00:00Z.
const MOMENT_END_MS: i64 = 4_102_444_800_000;
