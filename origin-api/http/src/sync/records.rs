//! `GET /sync/pages/{page}/records?after=SEQ`: what the regions keep of a page.

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use origin_compose::{
    compose::{self, kept_apart},
    rows::PageRows,
};
use origin_engine::{lineage, outbox};
use origin_load::page::load;
use origin_objects::fault::Fault;
use page_model::{Id, PageId, Record};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{
    problem::Problem,
    push::request::{Ids, Strict},
    state::Origin,
    sync::{previewed, recent::PageVersion, shown::ShownChange},
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
) -> Result<Response, Problem> {
    let latest = outbox::latest(&mut *origin.store.reader().await?, &page).await?;
    let (seq, _) = latest.ok_or_else(|| absent(&page))?;
    let cell = origin.recent.cell(PageVersion {
        page: page.clone(),
        seq,
        after: query.after,
    });
    let composed = cell.get_or_try_init(|| async {
        let mut view = origin.store.view().await?;
        let database = lineage::read(&mut view).await?.database;
        let loaded = load(&mut view, &page, query.after).await?;
        composed(&origin, database, loaded.ok_or_else(|| absent(&page))?, query.after).await
    });
    let bytes = composed.await?.clone();
    Ok(([(header::CONTENT_TYPE, "application/cbor")], bytes).into_response())
}

fn absent(page: &PageId) -> Problem {
    Fault::absent(format!("there was never a page {page}")).into()
}

/// Off the threads that answer requests: a page of 5,000 components takes some tens of milliseconds.
async fn composed(origin: &Origin, database: Id, loaded: PageRows, after: i64) -> Result<Bytes, Problem> {
    let began = std::time::Instant::now();
    let (origin, after) = (origin.clone(), u64::try_from(after).unwrap_or(0));
    let work = tokio::task::spawn_blocking(move || bytes(&origin, database, &loaded, after)).await;
    metrics::histogram!("pharos_origin_compose_seconds").record(began.elapsed().as_secs_f64());
    work.map_err(|error| {
        tracing::error!(%error, "composing a page failed");
        Fault::unavailable().into()
    })
}

/// What the page shows is left out where it shows the same since `after`.
fn bytes(origin: &Origin, database: Id, loaded: &PageRows, after: u64) -> Bytes {
    let shown = compose::Shown::of(loaded);
    let change = ShownChange {
        seq: loaded.seq,
        at_ms: loaded.as_of_ms,
    };
    let since = origin.shown.since(&loaded.page, change, shown.hash());
    let mut records = kept_apart(loaded);
    records.extend(previewed::picture(&shown, &origin.previewed, change, after));
    match since.seq <= after {
        true => metrics::counter!("pharos_origin_unseen_changes_total").increment(1),
        false => records.extend(shown.records(since.at_ms)),
    }
    let composed = Composed {
        seq: loaded.seq,
        database,
        records: records.iter().map(Record::to_bytes).map(ByteBuf::from).collect(),
    };
    page_model::body::encode(&composed).into()
}
