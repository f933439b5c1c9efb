use page_model::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    fault::Fault,
    moment::Moment,
    object::{Check, objects, present},
    schema,
    text::{Name, Suffix},
};

/// A number that is measured, such as a response time. The page shows its last 24 hours, 7 days and 28 days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Metric {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    /// Unit after the number, such as `ms`.
    pub suffix: String,
    /// Digits after the decimal point.
    #[schema(maximum = 6)]
    pub decimals: u8,
    /// Place among the page's metrics.
    pub position: i32,
    /// The newest point that the page shows; `null` while there is none.
    pub latest: Option<MetricPoint>,
    /// Whom it is for: audiences of the page, or `public`.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

/// A value and when it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct MetricPoint {
    pub at: Moment,
    pub value: f64,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMetric {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(default)]
    pub suffix: Suffix,
    #[serde(default)]
    #[schema(maximum = 6)]
    pub decimals: u8,
    /// Default: last.
    pub position: Option<i32>,
    /// Whom it is for: audiences of the page, or `public`. Default: `["public"]`.
    #[serde(default, deserialize_with = "audiences::given")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub suffix: Option<Suffix>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, maximum = 6)]
    pub decimals: Option<u8>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub position: Option<i32>,
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
}

/// Points of one metric. One that falls into the same ten seconds as an earlier one replaces it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMetricPoints {
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 1000)]
    pub points: Vec<NewMetricPoint>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMetricPoint {
    /// Default: now. At most 28 days ago.
    pub at: Option<Moment>,
    #[schema(minimum = -1e15, maximum = 1e15)]
    pub value: f64,
}

/// How many points were taken.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct TakenPoints {
    pub taken: usize,
}

impl Check for NewMetric {
    fn check(&self) -> Result<(), Fault> {
        check_decimals(Some(self.decimals))
    }
}

impl Check for MetricPatch {
    fn check(&self) -> Result<(), Fault> {
        check_decimals(self.decimals)
    }
}

impl Check for NewMetricPoints {
    fn check(&self) -> Result<(), Fault> {
        if !(1..=POINTS_MAX).contains(&self.points.len()) {
            return Err(Fault::invalid(
                "points",
                format!("a request has 1 to {POINTS_MAX} points"),
            ));
        }
        match self.points.iter().position(|point| point.value.abs() > VALUE_MAX) {
            Some(index) => Err(Fault::invalid(
                format!("points[{index}].value"),
                format!("a value is between -{VALUE_MAX:e} and {VALUE_MAX:e}"),
            )),
            None => Ok(()),
        }
    }
}

fn check_decimals(decimals: Option<u8>) -> Result<(), Fault> {
    match decimals {
        Some(decimals) if decimals > DECIMALS_MAX => Err(Fault::invalid(
            "decimals",
            format!("a number has at most {DECIMALS_MAX} decimals"),
        )),
        _ => Ok(()),
    }
}

/// Points of one request.
const POINTS_MAX: usize = 1_000;
/// Far beyond any measurement, and small enough that the sums of a month stay exact numbers.
const VALUE_MAX: f64 = 1e15;
const DECIMALS_MAX: u8 = 6;
