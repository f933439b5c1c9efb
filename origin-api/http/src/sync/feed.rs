//! `GET /sync/feed?after=SEQ&wait_ms=25000`: which pages changed. Carries no data.

use std::time::Duration;

use axum::{Json, extract::State};
use origin_store::engine::outbox;
use page_model::PageId;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use crate::{problem::Problem, push::request::Strict, state::Origin};

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
    /// The list is complete up to this change.
    head: i64,
    /// Ascending by `seq`.
    changes: Vec<PageChanged>,
}

#[derive(Debug, Serialize)]
struct PageChanged {
    page: PageId,
    /// The page's latest change.
    seq: i64,
}

/// Answers at once if there is anything, else as soon as there is, at the latest after the time that the caller waits.
pub async fn feed(State(origin): State<Origin>, Strict(query): Strict<FeedQuery>) -> Result<Json<Feed>, Problem> {
    let mut head = origin.store.head();
    let until = Instant::now() + Duration::from_millis(query.wait_ms).min(WAIT_MAX);
    loop {
        let seen = *head.borrow_and_update();
        let changes = if seen > query.after {
            changes(&origin, query.after).await?
        } else {
            Vec::new()
        };
        if !changes.is_empty() {
            return Ok(Json(complete(seen, changes)));
        }
        let woken = tokio::select! {
            woken = timeout_at(until, head.changed()) => matches!(woken, Ok(Ok(()))),
            () = origin.closing.cancelled() => false,
        };
        if !woken {
            return Ok(Json(complete(seen, Vec::new())));
        }
    }
}

async fn changes(origin: &Origin, after: i64) -> Result<Vec<PageChanged>, Problem> {
    let mut view = origin.store.view().await?;
    let changed = outbox::changed(&mut view, after, CHANGES_MAX as i64).await?;
    Ok(changed
        .into_iter()
        .map(|(page, seq)| PageChanged { page, seq })
        .collect())
}

/// A full list may end before the head that was seen; a list read later than the head may reach beyond it.
fn complete(seen: i64, changes: Vec<PageChanged>) -> Feed {
    let last = changes.last().map_or(seen, |change| change.seq);
    Feed {
        head: if changes.len() < CHANGES_MAX {
            last.max(seen)
        } else {
            last
        },
        changes,
    }
}

const CHANGES_MAX: usize = 1_000;
const WAIT_MAX: Duration = Duration::from_secs(60);
