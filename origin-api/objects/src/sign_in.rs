//! How a page that is not public receives visitors.

use page_model::access::Door;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{fault::Fault, object::present, schema, string_enum};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SignIn {
    /// What strangers see: `shown` tells that the page is private and how one gets in; `hidden` tells nothing, and who knows
    /// the address `/.pharos/sign-in` gets in.
    #[serde(
        serialize_with = "string_enum::serialize",
        deserialize_with = "string_enum::required"
    )]
    #[schema(schema_with = schema::door)]
    pub door: Door,
    /// After so many days a visitor signs in again.
    pub session_days: u16,
}

/// Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInPatch {
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::door)]
    pub door: Option<Door>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, minimum = 1, maximum = 90)]
    pub session_days: Option<u16>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            door: Door::Shown,
            session_days: SESSION_DAYS_DEFAULT,
        }
    }
}

impl SignIn {
    pub fn changed(self, patch: &SignInPatch) -> Self {
        Self {
            door: patch.door.unwrap_or(self.door),
            session_days: patch.session_days.unwrap_or(self.session_days),
        }
    }
}

impl SignInPatch {
    pub fn check(&self) -> Result<(), Fault> {
        match self.session_days {
            Some(days) if !(1..=SESSION_DAYS_MAX).contains(&days) => Err(Fault::invalid(
                "sign_in.session_days",
                format!("a session lasts between 1 and {SESSION_DAYS_MAX} days"),
            )),
            _ => Ok(()),
        }
    }
}

const SESSION_DAYS_DEFAULT: u16 = 14;
const SESSION_DAYS_MAX: u16 = 90;
