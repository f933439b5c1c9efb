use origin_time::recurrence::Schedule;
use page_model::Id;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    component::check_component_ids,
    fault::Fault,
    markdown::Body,
    moment::{Day, Moment},
    object::{Check, Object, present},
    reminder::ReminderMinutes,
    schema,
    text::{Name, ZoneName},
};

/// A maintenance that recurs. Its next occurrences are maintenances of their own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MaintenanceSeries {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    /// The text of each occurrence's first update.
    pub body: String,
    pub starts_at: Moment,
    pub duration_minutes: u32,
    pub recurrence: Recurrence,
    pub reminder_minutes: Vec<u32>,
    #[schema(schema_with = schema::ids)]
    pub components: Vec<Id>,
    /// Whom its occurrences are for: audiences of the page, or `public`.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMaintenanceSeries {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    /// The text of each occurrence's first update.
    pub body: Body,
    /// The first start; later ones come at the same time of day in the time zone of the recurrence.
    pub starts_at: Moment,
    #[schema(minimum = 1, maximum = 20160)]
    pub duration_minutes: u32,
    #[serde(deserialize_with = "recurrence")]
    pub recurrence: Recurrence,
    #[serde(default)]
    pub reminder_minutes: ReminderMinutes,
    #[serde(default)]
    #[schema(schema_with = schema::ids)]
    pub components: Vec<Id>,
    /// Whom its occurrences are for: audiences of the page, or `public`. Default: `["public"]`.
    #[serde(default, deserialize_with = "audiences::given")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

/// Changes what is planned, but no occurrence that has begun or that was changed by hand.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceSeriesPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub body: Option<Body>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub starts_at: Option<Moment>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, minimum = 1, maximum = 20160)]
    pub duration_minutes: Option<u32>,
    #[serde(default, deserialize_with = "present_recurrence")]
    #[schema(nullable = false)]
    pub recurrence: Option<Recurrence>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub reminder_minutes: Option<ReminderMinutes>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = schema::ids)]
    pub components: Option<Vec<Id>>,
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
    /// What checking start and recurrence together led to, where one of them is the stored one.
    #[serde(skip)]
    pub checked: Option<CheckedTogether>,
}

/// A rule is walked before the change comes to the writer, but is refused there only: a request that was applied before is
/// answered as it was then.
#[derive(Debug, Clone)]
pub struct CheckedTogether {
    /// The version of the stored series that was looked at.
    pub version: i64,
    pub verdict: Result<(), Fault>,
}

/// When it recurs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// A rule of RFC 5545, such as `FREQ=WEEKLY;BYDAY=TU`; daily at the most.
    #[schema(max_length = 500)]
    pub rule: String,
    /// IANA name. The time of day is kept in it through the year.
    #[schema(value_type = String)]
    pub time_zone: ZoneName,
    /// Days in that zone on which it does not take place.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub exceptions: Vec<Day>,
}

impl Recurrence {
    pub fn schedule(&self, starts_at: Moment) -> Result<Schedule, String> {
        let exceptions = self.exceptions.iter().map(|day| day.0).collect();
        Schedule::new(starts_at.0, &self.rule, self.time_zone.as_str(), exceptions)
    }

    pub fn check(&self, starts_at: Moment) -> Result<(), Fault> {
        if self.rule.len() > RULE_CHARS_MAX {
            return Err(Fault::invalid(
                "recurrence.rule",
                format!("a rule has at most {RULE_CHARS_MAX} characters"),
            ));
        }
        if self.exceptions.len() > EXCEPTIONS_MAX {
            let detail = format!("a series has at most {EXCEPTIONS_MAX} exceptions");
            return Err(Fault::invalid("recurrence.exceptions", detail));
        }
        let schedule = self.schedule(starts_at);
        let schedule = schedule.map_err(|detail| Fault::invalid("recurrence.rule", detail))?;
        if schedule.ever_starts(starts_at.0) {
            return Ok(());
        }
        Err(Fault::invalid(
            "recurrence.rule",
            "by this rule it does not start within ten years of starts_at",
        ))
    }
}

impl Check for NewMaintenanceSeries {
    fn check(&self) -> Result<(), Fault> {
        check_duration(self.duration_minutes)?;
        check_component_ids(&self.components, |index| format!("components[{index}]"))?;
        self.recurrence.check(self.starts_at)
    }
}

/// The recurrence is checked with the start that goes with it, when both are known.
impl Check for MaintenanceSeriesPatch {
    fn check(&self) -> Result<(), Fault> {
        self.duration_minutes.map_or(Ok(()), check_duration)?;
        let components = self.components.as_deref().unwrap_or_default();
        check_component_ids(components, |index| format!("components[{index}]"))
    }
}

fn recurrence<'de, D: Deserializer<'de>>(from: D) -> Result<Recurrence, D::Error> {
    Object::deserialize(from).map(|Object(recurrence)| recurrence)
}

fn present_recurrence<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Recurrence>, D::Error> {
    recurrence(from).map(Some)
}

fn check_duration(minutes: u32) -> Result<(), Fault> {
    if (1..=DURATION_MINUTES_MAX).contains(&minutes) {
        return Ok(());
    }
    let detail = format!("a maintenance that recurs takes 1 to {DURATION_MINUTES_MAX} minutes");
    Err(Fault::invalid("duration_minutes", detail))
}

/// Two weeks.
const DURATION_MINUTES_MAX: u32 = 14 * 24 * 60;
const RULE_CHARS_MAX: usize = 500;
/// Two years of bank holidays in many countries.
const EXCEPTIONS_MAX: usize = 200;
