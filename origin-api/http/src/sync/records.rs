//! `GET /sync/pages/{page}/records?after=SEQ`: what the regions keep of a page.

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use origin_compose::{compose::compose, rows::PageRows};
use origin_load::page::load;
use origin_objects::fault::Fault;
use origin_store::engine::{lineage, outbox};
use page_model::{Id, PageId, Record};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{
    problem::Problem,
    push::request::{Ids, Strict},
    state::Origin,
    sync::recent::PageVersion,
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
        composed(database, loaded.ok_or_else(|| absent(&page))?).await
    });
    let bytes = composed.await?.clone();
    Ok(([(header::CONTENT_TYPE, "application/cbor")], bytes).into_response())
}

fn absent(page: &PageId) -> Problem {
    Fault::absent(format!("there was never a page {page}")).into()
}

/// Off the threads that answer requests: a page of 5,000 components takes some tens of milliseconds.
async fn composed(database: Id, loaded: PageRows) -> Result<Bytes, Problem> {
    let began = std::time::Instant::now();
    let work = tokio::task::spawn_blocking(move || bytes(database, &loaded)).await;
    metrics::histogram!("origin_compose_seconds").record(began.elapsed().as_secs_f64());
    work.map_err(|error| {
        tracing::error!(%error, "composing a page failed");
        Fault::unavailable().into()
    })
}

fn bytes(database: Id, loaded: &PageRows) -> Bytes {
    let records = compose(loaded);
    let composed = Composed {
        seq: loaded.seq,
        database,
        records: records.iter().map(Record::to_bytes).map(ByteBuf::from).collect(),
    };
    page_model::body::encode(&composed).into()
}
