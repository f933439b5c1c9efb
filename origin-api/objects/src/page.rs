use page_model::{Host, Language, PageId, asset::Asset, limits::PAGE_HOSTS_MAX, site::Visibility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    branding::{Branding, BrandingPatch},
    fault::Fault,
    markdown::Description,
    moment::Moment,
    object::{Check, optional_object, present, repeated},
    schema,
    sign_in::{SignIn, SignInPatch},
    string_enum,
    text::{Name, Website, ZoneName},
};

/// A status page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page {
    #[schema(schema_with = schema::id)]
    pub id: PageId,
    pub name: String,
    /// Hosts on which the page is served; permanent links name the first.
    #[schema(schema_with = schema::hosts)]
    pub hosts: Vec<Host>,
    /// Hosts that the page had: they lead to the first of `hosts`, until they are taken out of this list.
    #[schema(schema_with = schema::hosts)]
    pub former_hosts: Vec<Host>,
    pub description: String,
    pub website: Option<String>,
    pub time_zone: String,
    /// The language of visitors who ask for none that the page has.
    #[serde(serialize_with = "string_enum::serialize")]
    #[schema(schema_with = schema::language)]
    pub language: Language,
    /// Who sees the page: everybody, those whom it lets in, or everybody a part of it and its audiences the rest.
    #[serde(serialize_with = "string_enum::serialize")]
    #[schema(schema_with = schema::visibility)]
    pub visibility: Visibility,
    /// Of a page that is not public.
    pub sign_in: SignIn,
    pub branding: Branding,
    #[schema(schema_with = schema::optional_asset)]
    pub logo: Option<Asset>,
    #[schema(schema_with = schema::optional_asset)]
    pub logo_dark: Option<Asset>,
    #[schema(schema_with = schema::optional_asset)]
    pub favicon: Option<Asset>,
    pub created_at: Moment,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPage {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<PageId>,
    pub name: Name,
    #[serde(default)]
    #[schema(schema_with = schema::hosts)]
    pub hosts: Vec<Host>,
    #[serde(default)]
    pub description: Description,
    pub website: Option<Website>,
    #[serde(default)]
    pub time_zone: ZoneName,
    #[serde(default, deserialize_with = "string_enum::required")]
    #[schema(schema_with = schema::language)]
    pub language: Language,
    #[serde(default = "public", deserialize_with = "string_enum::required")]
    #[schema(schema_with = schema::visibility)]
    pub visibility: Visibility,
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    pub sign_in: Option<SignInPatch>,
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    pub branding: Option<BrandingPatch>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PagePatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = schema::hosts)]
    pub hosts: Option<Vec<Host>>,
    /// Those that shall go on leading to the page: one that is left out answers that it is gone, and may be taken by another page.
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = schema::hosts)]
    pub former_hosts: Option<Vec<Host>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub description: Option<Description>,
    #[serde(default, deserialize_with = "present")]
    pub website: Option<Option<Website>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub time_zone: Option<ZoneName>,
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::language)]
    pub language: Option<Language>,
    #[serde(default, deserialize_with = "string_enum::present")]
    #[schema(schema_with = schema::visibility)]
    pub visibility: Option<Visibility>,
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    pub sign_in: Option<SignInPatch>,
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    pub branding: Option<BrandingPatch>,
}

impl Check for NewPage {
    fn check(&self) -> Result<(), Fault> {
        check_hosts(&self.hosts)?;
        self.sign_in.as_ref().map_or(Ok(()), SignInPatch::check)?;
        self.branding.as_ref().map_or(Ok(()), BrandingPatch::check)
    }
}

impl Check for PagePatch {
    fn check(&self) -> Result<(), Fault> {
        self.hosts.as_deref().map_or(Ok(()), check_hosts)?;
        self.sign_in.as_ref().map_or(Ok(()), SignInPatch::check)?;
        self.branding.as_ref().map_or(Ok(()), BrandingPatch::check)
    }
}

fn public() -> Visibility {
    Visibility::Public
}

fn check_hosts(hosts: &[Host]) -> Result<(), Fault> {
    if hosts.len() > PAGE_HOSTS_MAX {
        return Err(Fault::invalid(
            "hosts",
            format!("a page has at most {PAGE_HOSTS_MAX} hosts"),
        ));
    }
    match repeated(hosts) {
        Some(index) => Err(Fault::invalid(
            format!("hosts[{index}]"),
            format!("{} is listed twice", hosts[index]),
        )),
        None => Ok(()),
    }
}
