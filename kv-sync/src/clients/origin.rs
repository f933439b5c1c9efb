//! The origin as kv-sync sees it: its feed, the records of a page, and where to report what was delivered.

use page_model::{Id, PageId, record::OLDEST_FORMAT};
use reqwest::{Client, Url};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sync_lane::News;

#[derive(Clone)]
pub struct Origin {
    client: Client,
    url: Url,
    token: String,
}

/// An answer of the feed.
#[derive(Debug, Deserialize)]
pub struct Changes {
    head: u64,
    complete: bool,
    database: Id,
    first_seq: u64,
    /// An origin of before it was told composes the oldest one.
    #[serde(default = "oldest_format")]
    format: u8,
    changes: Vec<Change>,
}

fn oldest_format() -> u8 {
    OLDEST_FORMAT
}

#[derive(Debug, Deserialize)]
struct Change {
    page: PageId,
    seq: u64,
    /// Nobody waits for it.
    #[serde(default)]
    passing: bool,
    /// An older origin does not say it: then the change counts from when it was heard of.
    #[serde(default)]
    age_ms: u64,
    #[serde(default)]
    traceparent: Option<String>,
}

impl Changes {
    pub fn format(&self) -> u8 {
        self.format
    }

    /// Pages whose last change is part of a trace.
    pub fn traces(&self) -> impl Iterator<Item = (PageId, u64, String)> {
        let traced = self.changes.iter();
        traced.filter_map(|change| Some((change.page.clone(), change.seq, change.traceparent.clone()?)))
    }

    pub fn heard_at(self, heard_ms: u64) -> News {
        let changes = self.changes.into_iter();
        News {
            head: self.head,
            complete: self.complete,
            origin: sync_lane::Origin {
                database: self.database,
                first_seq: self.first_seq,
                format: self.format,
            },
            heard_ms,
            changes: changes
                .map(|change| sync_lane::Change {
                    page: change.page,
                    seq: change.seq,
                    awaited: !change.passing,
                    age_ms: change.age_ms,
                })
                .collect(),
        }
    }
}

/// All that a region should have of a page, content before the `site/` records that name it.
#[derive(Debug, Deserialize)]
pub struct PageRecords {
    pub seq: u64,
    /// An older origin does not say which database it has.
    #[serde(default)]
    pub database: Option<Id>,
    pub records: Vec<ByteBuf>,
}

#[derive(Debug, Serialize)]
pub struct Delivered {
    pub page: PageId,
    pub seq: u64,
    pub at_ms: u64,
    /// How long visitors there may still be served what was there before.
    #[serde(skip_serializing_if = "is_zero")]
    pub served_ms: u64,
}

fn is_zero(ms: &u64) -> bool {
    *ms == 0
}

impl Origin {
    pub fn new(client: Client, url: Url, token: String) -> Self {
        Self { client, url, token }
    }

    /// Waits until there is a change after `after`, or for `wait_ms`.
    pub async fn feed(&self, after: u64, wait_ms: u64) -> Result<Changes, OriginError> {
        let mut url = self.endpoint("sync/feed");
        url.set_query(Some(&format!("after={after}&wait_ms={wait_ms}")));
        let response = self.client.get(url).bearer_auth(&self.token).send().await?;
        Ok(accepted(response)?.json().await?)
    }

    /// `after` leaves out what did not change since, but for the page as it is now. What nobody waits for says that others come first
    /// (RFC 9218), in a header, which an older origin does not look at.
    pub async fn records(&self, page: &PageId, after: u64, awaited: bool) -> Result<PageRecords, OriginError> {
        let mut url = self.endpoint(&format!("sync/pages/{page}/records"));
        url.set_query(Some(&format!("after={after}")));
        let request = self.client.get(url).bearer_auth(&self.token);
        let request = match awaited {
            true => request,
            false => request.header("priority", "u=5"),
        };
        let response = request.send().await?;
        let bytes = accepted(response)?.bytes().await?;
        page_model::body::decode(&bytes).map_err(|error| OriginError::Answer(error.to_string()))
    }

    pub async fn delivered(&self, region: &str, delivered: &[Delivered]) -> Result<(), OriginError> {
        #[derive(Serialize)]
        struct Report<'a> {
            region: &'a str,
            delivered: &'a [Delivered],
        }
        let request = self
            .client
            .post(self.endpoint("sync/delivered"))
            .bearer_auth(&self.token);
        accepted(request.json(&Report { region, delivered }).send().await?)?;
        Ok(())
    }

    /// A region has seen sequence numbers up to `seq`, which the database has not.
    pub async fn overtaken(&self, database: &Id, seq: u64) -> Result<(), OriginError> {
        #[derive(Serialize)]
        struct Overtaken<'a> {
            database: &'a Id,
            seq: u64,
        }
        let request = self
            .client
            .post(self.endpoint("sync/overtaken"))
            .bearer_auth(&self.token);
        accepted(request.json(&Overtaken { database, seq }).send().await?)?;
        Ok(())
    }

    fn endpoint(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url
    }
}

#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    #[error("the origin cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("the origin refuses the sync token: give `pharos sync` and `pharos origin` the same one")]
    Token,
    #[error("the origin answered {0}")]
    Answer(String),
}

fn accepted(response: reqwest::Response) -> Result<reqwest::Response, OriginError> {
    match response.status() {
        status if status.is_success() => Ok(response),
        reqwest::StatusCode::UNAUTHORIZED | reqwest::StatusCode::FORBIDDEN => Err(OriginError::Token),
        status => Err(OriginError::Answer(status.to_string())),
    }
}
