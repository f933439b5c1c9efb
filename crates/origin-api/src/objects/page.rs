use page_model::{Host, PageId, limits::PAGE_HOSTS_MAX};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Check,
    markdown::Description,
    moment::Moment,
    present, repeated, schema,
    text::{Name, Website, ZoneName},
};
use crate::problem::Problem;

/// A status page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page {
    #[schema(schema_with = schema::id)]
    pub id: PageId,
    pub name: String,
    /// Hosts on which the page is served; permanent links name the first.
    #[schema(schema_with = schema::hosts)]
    pub hosts: Vec<Host>,
    pub description: String,
    pub website: Option<String>,
    pub time_zone: String,
    pub created_at: Moment,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPage {
    #[schema(schema_with = schema::id)]
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
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub description: Option<Description>,
    #[serde(default, deserialize_with = "present")]
    pub website: Option<Option<Website>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub time_zone: Option<ZoneName>,
}

impl Check for NewPage {
    fn check(&self) -> Result<(), Problem> {
        check_hosts(&self.hosts)
    }
}

impl Check for PagePatch {
    fn check(&self) -> Result<(), Problem> {
        self.hosts.as_deref().map_or(Ok(()), check_hosts)
    }
}

fn check_hosts(hosts: &[Host]) -> Result<(), Problem> {
    if hosts.len() > PAGE_HOSTS_MAX {
        return Err(Problem::invalid(
            "hosts",
            format!("a page has at most {PAGE_HOSTS_MAX} hosts"),
        ));
    }
    match repeated(hosts) {
        Some(index) => Err(Problem::invalid(
            format!("hosts[{index}]"),
            format!("{} stands twice", hosts[index]),
        )),
        None => Ok(()),
    }
}
