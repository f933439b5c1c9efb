//! The course of a maintenance: time brings updates of its own.

use origin_compose::timeline::Timeline;
use origin_engine::{
    applied::Applied,
    random,
    scope::{Kind, Parent, Scope},
    sql::{self, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{fault::Fault, maintenance::Maintenance, markdown::Body};
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{
    family,
    maintenances::state,
    timelines,
    updates::{self, NewUpdate},
};

/// The clock's change: starts a maintenance whose time has come, or ends it.
pub async fn advance(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<Applied, Refusal> {
    let scope = Scope::page(page.clone());
    let before = family::existing::<Maintenance>(tx.conn, &scope, maintenance)
        .await?
        .object;
    let (status, text, due) = match before.status {
        MaintenanceStatus::Scheduled => (MaintenanceStatus::InProgress, BEGUN, before.starts_at),
        MaintenanceStatus::InProgress | MaintenanceStatus::Verifying => {
            (MaintenanceStatus::Completed, COMPLETE, before.ends_at)
        }
        MaintenanceStatus::Completed => return Err(Fault::conflict("the maintenance is complete").into()),
    };
    if due.0.max(told_until_ms(tx.conn, page, maintenance).await?) > tx.now_ms {
        return Err(Fault::conflict("the maintenance's time has not come").into());
    }
    let parent = Parent {
        page,
        kind: Kind::Maintenance,
        id: maintenance,
    };
    let timeline: Timeline<MaintenanceStatus> = timelines::load(tx.conn, parent).await?;
    let update = NewUpdate {
        id: &random::id(),
        status: Some(status),
        audiences: None,
        body: &Body::try_from(text.to_owned()).map_err(Fault::conflict)?,
        // Never before the last update, or that would go on being the latest.
        at_ms: timeline.newest_ms().map_or(due.0, |newest_ms| newest_ms.max(due.0)),
        displayed_at: None,
        components: None,
        field: "components",
    };
    if let Some(told) = updates::insert(tx, parent, update).await? {
        state::settle(tx, parent, &timeline, &timeline.with(told)).await?;
    }
    Ok(Applied::done())
}

/// Until when a maintenance is left to whoever tells its history.
async fn told_until_ms(conn: &mut Connection, page: &PageId, maintenance: &Id) -> sql::Result<i64> {
    let query = sql::query_scalar(
        "SELECT CASE WHEN told_late THEN told_at_ms + $3 ELSE 0 END FROM maintenances WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(page.as_str()).bind(maintenance.as_str());
    query.bind(TELLING_MS).fetch_one(conn).await
}

const BEGUN: &str = "The maintenance has begun.";
const COMPLETE: &str = "The maintenance is complete.";
/// A history is told in several requests; the clock waits so long for the next.
pub const TELLING_MS: i64 = 60 * 1000;
