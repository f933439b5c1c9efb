//! `GET /sync/feed?after=SEQ&wait_ms=25000`: which pages changed. Carries no data.

use std::time::Duration;

use axum::{Json, extract::State};
use origin_engine::{
    clock::now_ms,
    lineage::{self, Lineage},
    outbox::{self, Changed},
};
use page_model::{Id, PageId, record::FORMAT};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use crate::{problem::Problem, push::request::Strict, state::Origin, sync::traces::Traces};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedQuery {
    #[serde(default)]
    after: i64,
    #[serde(default)]
    wait_ms: u64,
}

#[derive(Debug, Serialize)]
pub struct Feed {
    /// The next question goes on behind this change.
    head: i64,
    /// Every page that changed behind `after` up to `head` is listed. Otherwise a page may have changed before `head` and be
    /// listed only by a later answer, with a later change.
    complete: bool,
    /// Which database these sequence numbers are of.
    database: Id,
    first_seq: i64,
    /// The format of the records that it composes.
    format: u8,
    /// Ascending by `seq`.
    changes: Vec<PageChanged>,
}

#[derive(Debug, Serialize)]
struct PageChanged {
    page: PageId,
    /// The page's latest change.
    seq: i64,
    /// Nobody waits for what changed behind `after`: time went on. It may come after what others wait for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    passing: bool,
    /// How long ago that change was made. By one clock alone: whoever asks may have another.
    age_ms: i64,
    /// The trace that its last change is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
}

/// Answers at once if there is anything, else as soon as there is, at the latest after the time that the caller waits, or a moment where
/// something is about to count.
pub async fn feed(State(origin): State<Origin>, Strict(query): Strict<FeedQuery>) -> Result<Json<Feed>, Problem> {
    let mut head = origin.store.head();
    let began = Instant::now();
    let until = began + Duration::from_millis(query.wait_ms).min(WAIT_MAX);
    loop {
        let seen = *head.borrow_and_update();
        let feed = listed(&origin, query.after, seen).await?;
        // Who is ahead of this database must hear of it.
        if !feed.changes.is_empty() || seen < query.after {
            return Ok(Json(feed));
        }
        // What does not count yet does in a moment: who asks for it again would come later. A page that is changed all the time holds
        // nobody longer than that.
        let until = match feed.complete {
            true => until,
            false => until.max(began + COUNTS_WAIT),
        };
        let woken = tokio::select! {
            woken = timeout_at(until, head.changed()) => matches!(woken, Ok(Ok(()))),
            () = origin.closing.cancelled() => false,
        };
        if !woken {
            return Ok(Json(feed));
        }
    }
}

/// All of one moment, so that the sequence numbers are those of the database that is named.
async fn listed(origin: &Origin, after: i64, seen: i64) -> Result<Feed, Problem> {
    let mut view = origin.store.view().await?;
    let Lineage { database, first_seq } = lineage::read(&mut view).await?;
    let mut changed = outbox::changed(&mut view, after, CHANGES_MAX as i64).await?;
    let is_full = changed.len() == CHANGES_MAX;
    // What is committed can be read a moment before it counts. Who were told of it would ask behind it, and seem to be ahead. Earlier
    // changes of the same pages are in it, of which nobody was told: a list that ends before it is never complete.
    let counting = changed.partition_point(|changed| changed.seq <= seen);
    let ends_early = is_full || counting < changed.len();
    changed.truncate(counting);
    let now_ms = now_ms();
    Ok(Feed {
        head: match changed.last() {
            Some(last) if is_full => last.seq,
            _ => seen,
        },
        complete: !ends_early,
        database,
        first_seq,
        format: FORMAT,
        changes: changed
            .into_iter()
            .map(|changed| page_changed(&origin.traces, changed, after, now_ms))
            .collect(),
    })
}

fn page_changed(traces: &Traces, changed: Changed, after: i64, now_ms: i64) -> PageChanged {
    PageChanged {
        traceparent: traces.of(&changed.page),
        page: changed.page,
        seq: changed.seq,
        passing: changed.awaited_seq <= after,
        // It lies ahead where the origin's clock was set back since.
        age_ms: now_ms.saturating_sub(changed.at_ms).max(0),
    }
}

const CHANGES_MAX: usize = 1_000;
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Longer than the writer takes to make sure of a change on any disk that works.
const COUNTS_WAIT: Duration = Duration::from_millis(500);
