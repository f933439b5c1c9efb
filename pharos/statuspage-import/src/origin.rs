//! What the origin has of a page.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use super::shape::Kind;
use push_client::Api;

pub type Objects = BTreeMap<String, Value>;

#[derive(Debug, Default)]
pub struct Here {
    /// `None` where the page is not there yet.
    pub page: Option<Value>,
    pub groups: Objects,
    pub components: Objects,
    pub incidents: Objects,
    pub maintenances: Objects,
    /// By the path of the event below the page.
    pub updates: BTreeMap<String, Objects>,
}

impl Here {
    pub async fn read(api: &Api, page: &str) -> anyhow::Result<Self> {
        let path = format!("/pages/{page}");
        let Some(found) = api.read(&path).await? else {
            return Ok(Self::default());
        };
        Ok(Self {
            page: Some(found),
            groups: objects(api, &format!("{path}/groups")).await?,
            components: objects(api, &format!("{path}/components")).await?,
            incidents: objects(api, &format!("{path}/incidents")).await?,
            maintenances: objects(api, &format!("{path}/maintenances")).await?,
            updates: BTreeMap::new(),
        })
    }

    /// Reads the updates of those events that are there.
    pub async fn read_updates(&mut self, api: &Api, page: &str, events: BTreeSet<(Kind, &str)>) -> anyhow::Result<()> {
        let there = events
            .into_iter()
            .filter(|(kind, id)| self.events(*kind).contains_key(*id));
        let paths: Vec<String> = there.map(|(kind, id)| event_path(kind, id)).collect();
        let read = stream::iter(paths).map(async |event| {
            let updates = objects(api, &format!("/pages/{page}/{event}/updates")).await?;
            anyhow::Ok((event, updates))
        });
        self.updates = read.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(())
    }

    pub fn events(&self, kind: Kind) -> &Objects {
        match kind {
            Kind::Incident => &self.incidents,
            Kind::Maintenance => &self.maintenances,
        }
    }
}

pub async fn objects(api: &Api, path: &str) -> anyhow::Result<Objects> {
    let items = api.list(path).await?.into_iter();
    items
        .map(|item| {
            let id = item["id"]
                .as_str()
                .with_context(|| format!("{path} lists what has no id"))?;
            Ok((id.to_owned(), item))
        })
        .collect()
}

/// Below the page.
pub fn event_path(kind: Kind, id: &str) -> String {
    format!("{}/{id}", kind.family())
}

/// Requests under way to the origin.
pub const AT_ONCE: usize = 16;
