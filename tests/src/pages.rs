//! Pages to play on.

use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use crate::push::Push;

/// A page with a host of its own.
#[derive(Debug, Clone)]
pub struct Page {
    pub id: String,
    pub name: String,
    pub host: String,
}

impl Page {
    /// A page with `components` components in groups of ten. Its `name` has at most seven lower-case letters and is
    /// unique in the system, as ids begin with it.
    pub async fn create(push: &Push, name: &str, components: usize) -> Result<Self> {
        let page = Self {
            id: format!("{name:p<12.12}"),
            name: name.to_owned(),
            host: format!("{name}.localhost"),
        };
        push.page(&page.id, name, &page.host).await?;
        for group in 0..components.div_ceil(GROUP_SIZE) {
            let body = json!({ "id": page.group(group), "name": format!("Region {group}"), "position": group });
            push.create(&page.path("/groups"), &body).await?;
        }
        let creations = (0..components).map(|number| page.add_component(push, number));
        stream::iter(creations)
            .buffer_unordered(LANES)
            .try_collect::<()>()
            .await?;
        Ok(page)
    }

    pub fn component(&self, number: usize) -> String {
        format!("{:c<7.7}{number:05}", self.name)
    }

    pub fn group(&self, number: usize) -> String {
        format!("{:g<7.7}{number:05}", self.name)
    }

    /// A path of the push API below this page.
    pub fn path(&self, rest: &str) -> String {
        format!("/pages/{}{rest}", self.id)
    }

    async fn add_component(&self, push: &Push, number: usize) -> Result<()> {
        let body = json!({
            "id": self.component(number),
            "name": format!("Component {number}"),
            "group_id": self.group(number / GROUP_SIZE),
            "position": number,
        });
        push.create(&self.path("/components"), &body).await.map(drop)
    }
}

const GROUP_SIZE: usize = 10;
const LANES: usize = 16;
