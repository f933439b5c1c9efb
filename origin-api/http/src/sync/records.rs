//! `GET /sync/pages/{page}/records?after=SEQ`: what the regions keep of a page.

use std::time::Instant;

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, header};
use origin_compose::{
    compose::{self, kept_apart},
    rows::PageRows,
};
use origin_engine::{
    lineage,
    outbox::{self, Latest},
};
use origin_load::page::load;
use origin_objects::fault::Fault;
use page_model::{Id, PageId, Record};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use tokio::runtime::Handle;

use crate::{
    problem::Problem,
    push::request::{Ids, Strict},
    state::Origin,
    sync::{
        previewed,
        recent::PageVersion,
        shown::{Overtaken, ShownChange},
    },
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordsQuery {
    #[serde(default)]
    after: i64,
}

#[derive(Debug, Serialize)]
struct Composed {
    seq: u64,
    /// Which database the page was read from.
    database: Id,
    records: Vec<ByteBuf>,
}

pub async fn records(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    Strict(query): Strict<RecordsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let _place = match headers.contains_key(PRIORITY) {
        true => Some(origin.unhurried.acquire().await.map_err(|_| Fault::unavailable())?),
        false => None,
    };
    let latest = outbox::latest(&mut *origin.store.reader().await?, &page).await?;
    let latest = latest.ok_or_else(|| absent(&page))?;
    let version = origin.recent.version(page, latest.seq, query.after);
    let cell = origin.recent.cell(&version);
    let composed = cell.get_or_try_init(|| composed(&origin, &version, latest)).await?;
    let bytes = composed.clone();
    Ok(([(header::CONTENT_TYPE, "application/cbor")], bytes).into_response())
}

fn absent(page: &PageId) -> Problem {
    Fault::absent(format!("there was never a page {page}")).into()
}

/// Off the threads that answer requests: a page of 5,000 components takes some tens of milliseconds. Its rows are waited for there too, as
/// a thread that does nothing else is woken for less than a task is. A page that took long when it was composed last comes after others.
async fn composed(origin: &Origin, version: &PageVersion, latest: Latest) -> Result<Bytes, Problem> {
    let takes_long = origin.recent.takes_long(&version.page);
    let (at, version_of) = (origin.clone(), version.clone());
    let work = Box::pin(async move { unless_overtaken(|| once(&at, &version_of, latest, takes_long)).await });
    let bytes = match takes_long {
        true => origin.long_work.for_region(&version.page, work).await??,
        false => {
            let runtime = Handle::current();
            let composed = tokio::task::spawn_blocking(move || runtime.block_on(work)).await;
            composed.map_err(|error| {
                tracing::error!(%error, "composing a page failed");
                Fault::unavailable()
            })??
        }
    };
    origin.recent.filled(version, bytes.len());
    Ok(bytes)
}

/// Again where it was overtaken on its way.
async fn unless_overtaken<F>(mut compose: impl FnMut() -> F) -> Result<Bytes, Problem>
where
    F: Future<Output = Result<Result<Bytes, Overtaken>, Problem>>,
{
    for _ in 0..TRIES_MAX {
        if let Ok(bytes) = compose().await? {
            return Ok(bytes);
        }
    }
    Err(Fault::unavailable().into())
}

async fn once(
    origin: &Origin,
    version: &PageVersion,
    latest: Latest,
    takes_long: bool,
) -> Result<Result<Bytes, Overtaken>, Problem> {
    let (database, loaded) = read(origin, version, takes_long).await?;
    let began = Instant::now();
    let after = u64::try_from(version.after).unwrap_or(0);
    // What was read a moment later is of a change of which it is not known here whether somebody waits for it.
    let is_of = loaded.seq == latest.seq.unsigned_abs();
    let told = is_of.then_some(latest.awaited_seq.unsigned_abs());
    let bytes = bytes(origin, database, loaded, after, told);
    let took = began.elapsed();
    origin.recent.took(&version.page, took);
    metrics::histogram!("pharos_origin_compose_seconds").record(took.as_secs_f64());
    Ok(bytes)
}

/// All of one moment.
async fn read(origin: &Origin, version: &PageVersion, takes_long: bool) -> Result<(Id, PageRows), Problem> {
    let mut view = match takes_long {
        true => origin.store.view_behind_others().await?,
        false => origin.store.view().await?,
    };
    let database = lineage::read(&mut view).await?.database;
    let loaded = load(&mut view, &version.page, version.after).await?;
    Ok((database, loaded.ok_or_else(|| absent(&version.page))?))
}

/// What the page shows is left out where it shows the same since `after`.
fn bytes(
    origin: &Origin,
    database: Id,
    mut loaded: PageRows,
    after: u64,
    told: Option<u64>,
) -> Result<Bytes, Overtaken> {
    let mut records = kept_apart(&loaded);
    // What is in records now: the texts of a month are megabytes.
    loaded.months.clear();
    let mut shown = compose::Shown::of(&loaded);
    let change = ShownChange {
        seq: loaded.seq,
        at_ms: loaded.as_of_ms,
    };
    let since = origin.shown.since(&loaded.page, change, shown.hash())?;
    records.extend(previewed::picture(&shown, &origin.previewed, change, told, after)?);
    match since.seq <= after {
        true => metrics::counter!("pharos_origin_unseen_changes_total").increment(1),
        false => records.extend(shown.records(since.at_ms)),
    }
    let composed = Composed {
        seq: loaded.seq,
        database,
        records: records.iter().map(Record::to_bytes).map(ByteBuf::from).collect(),
    };
    Ok(page_model::body::encode(&composed).into())
}

/// Says that nobody waits for it (RFC 9218).
const PRIORITY: HeaderName = HeaderName::from_static("priority");
/// How often a page is read again that was overtaken on its way, which takes a change within the milliseconds of each; whoever asked then
/// asks again.
const TRIES_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use std::future::ready;

    use http::StatusCode;

    use super::*;

    /// Composes what is overtaken so often, and tells how often it was tried.
    async fn tries(overtaken: usize) -> (usize, Result<Bytes, Problem>) {
        let mut tries = 0;
        let composed = unless_overtaken(|| {
            tries += 1;
            ready(Ok(match tries > overtaken {
                true => Ok(Bytes::from_static(b"records")),
                false => Err(Overtaken),
            }))
        });
        let composed = composed.await;
        (tries, composed)
    }

    #[tokio::test]
    async fn what_was_overtaken_is_composed_again_and_not_without_end() {
        for overtaken in 0..TRIES_MAX {
            let (tries, composed) = tries(overtaken).await;
            assert_eq!(tries, overtaken + 1);
            assert_eq!(composed.expect("the last try is given"), "records");
        }
        let (tries, composed) = tries(TRIES_MAX).await;
        assert_eq!(tries, TRIES_MAX);
        let refused = composed.expect_err("it was overtaken each time").into_response();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
