//! How long before a maintenance subscribers are reminded of it.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, RefOr, Schema, Type},
};

use crate::object::repeated;

/// Minutes before the start, the longest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReminderMinutes(pub Vec<u32>);

impl Default for ReminderMinutes {
    /// A day and an hour before.
    fn default() -> Self {
        Self(vec![24 * 60, 60])
    }
}

impl<'de> Deserialize<'de> for ReminderMinutes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut minutes = Vec::<u32>::deserialize(from)?;
        if minutes.len() > REMINDERS_MAX {
            return Err(D::Error::custom(format!(
                "a maintenance has at most {REMINDERS_MAX} reminders"
            )));
        }
        if let Some(wrong) = minutes.iter().find(|minutes| !(1..=MINUTES_MAX).contains(*minutes)) {
            return Err(D::Error::custom(format!(
                "a reminder comes 1 to {MINUTES_MAX} minutes before, not {wrong}"
            )));
        }
        if let Some(index) = repeated(&minutes) {
            return Err(D::Error::custom(format!("{} is listed twice", minutes[index])));
        }
        minutes.sort_unstable_by(|a, b| b.cmp(a));
        Ok(Self(minutes))
    }
}

impl PartialSchema for ReminderMinutes {
    fn schema() -> RefOr<Schema> {
        let minutes = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
        ArrayBuilder::new()
            .items(minutes.maximum(Some(MINUTES_MAX)))
            .max_items(Some(REMINDERS_MAX))
            .description(Some("Minutes before the start."))
            .into()
    }
}

impl ToSchema for ReminderMinutes {}

const REMINDERS_MAX: usize = 5;
/// Two weeks.
const MINUTES_MAX: u32 = 14 * 24 * 60;
