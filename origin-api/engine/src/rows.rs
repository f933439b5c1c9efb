//! From columns to the types of the page. A column that does not parse is a fault of the database, never a panic.

use origin_objects::{moment::Moment, string_enum::StringEnum, text::ZoneName};
use serde::{Serialize, de::DeserializeOwned};

use crate::sql::{self, Columns as _, Row};

/// An object as it lies in the store: with its version and its position in lists.
#[derive(Debug, Clone)]
pub struct Versioned<T> {
    pub object: T,
    pub version: i64,
    /// What lists are sorted by, then `ordinal`.
    pub sort: i64,
    pub ordinal: i64,
}

impl<T> Versioned<T> {
    pub fn of(row: &Row, object: T, sort: i64) -> sql::Result<Self> {
        Ok(Self {
            object,
            sort,
            version: row.try_get("seq")?,
            ordinal: row.try_get("ordinal")?,
        })
    }
}

/// Identifiers and days.
pub fn id<T: TryFrom<String>>(row: &Row, column: &str) -> sql::Result<T> {
    let text: String = row.try_get(column)?;
    T::try_from(text.clone()).map_err(|_| unreadable(column, &text))
}

pub fn optional_id<T: TryFrom<String>>(row: &Row, column: &str) -> sql::Result<Option<T>> {
    let text: Option<String> = row.try_get(column)?;
    let Some(text) = text else { return Ok(None) };
    T::try_from(text.clone())
        .map(Some)
        .map_err(|_| unreadable(column, &text))
}

pub fn moment(row: &Row, column: &str) -> sql::Result<Moment> {
    row.try_get(column).map(Moment)
}

pub fn optional_moment(row: &Row, column: &str) -> sql::Result<Option<Moment>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment))
}

/// The zone of a page or of a series, in the one spelling; UTC where it has a name that an earlier build took and nobody
/// else reads.
pub fn zone_name(row: &Row) -> sql::Result<ZoneName> {
    Ok(ZoneName::try_from(row.try_get::<String, _>("time_zone")?).unwrap_or_default())
}

/// A state by its name.
pub fn state<T: StringEnum>(row: &Row, column: &str) -> sql::Result<T> {
    let text: String = row.try_get(column)?;
    T::parse(&text).ok_or_else(|| unreadable(column, &text))
}

/// Our own types always have a JSON form.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub fn of_json<T: DeserializeOwned>(row: &Row, column: &str) -> sql::Result<T> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| unreadable(column, text))
}

fn unreadable(column: &str, text: &str) -> sql::Error {
    sql::unreadable(format!(
        "column {column} holds {text:?}, which this build does not know"
    ))
}
