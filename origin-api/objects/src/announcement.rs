use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{markdown::Body, object::Check};

/// A text above everything else on a page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Announcement {
    pub body: String,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnnouncement {
    pub body: Body,
}

impl Check for NewAnnouncement {}
