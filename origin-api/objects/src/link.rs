use page_model::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audiences::{self, Audiences},
    link_formats::LinkFormats,
    moment::Moment,
    object::{Check, present},
    schema, string_enum,
    text::Name,
};

/// A link that shows some formats of a page, as an audience sees it, to whoever has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Link {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    /// Whose content it shows.
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
    /// `machine` is what programs read: feeds, the calendar, documents, the badge; `embed` is what stands on other sites; `kiosk`
    /// lets a screen in at `/.pharos/link?token=SECRET`, and is opened once for each.
    #[serde(serialize_with = "string_enum::serialize")]
    #[schema(schema_with = schema::formats)]
    pub formats: LinkFormats,
    /// From then on it opens nothing; `null` for never.
    pub expires_at: Option<Moment>,
    pub created_at: Moment,
    pub updated_at: Moment,
    /// Shown once, in the answer that creates the link. A replayed answer does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    #[serde(deserialize_with = "audiences::given")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Audiences,
    #[serde(deserialize_with = "string_enum::required")]
    #[schema(schema_with = schema::formats)]
    pub formats: LinkFormats,
    pub expires_at: Option<Moment>,
    /// Of the secret, which is made when the link is.
    #[serde(skip)]
    pub hash: [u8; 16],
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "audiences::present")]
    #[schema(schema_with = schema::audiences)]
    pub audiences: Option<Audiences>,
    #[serde(default, deserialize_with = "present")]
    pub expires_at: Option<Option<Moment>>,
}

impl Check for NewLink {}
impl Check for LinkPatch {}

/// Links of one page: every visit of one looks for it among all.
pub const PAGE_LINKS_MAX: usize = 200;
