use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    markdown::Body,
    object::Check,
    schema,
};

/// A text above everything else on a page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Announcement {
    pub body: String,
    /// Whom it is for: audiences of the page, or `public`.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnnouncement {
    pub body: Body,
    /// Whom it is for. Default: those whom the one before was for, or `["public"]`.
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
}

impl Check for NewAnnouncement {}
