//! The course of a maintenance: its components follow its updates, and time brings updates of its own.

use origin_objects::{
    fault::Fault, maintenance::Maintenance, markdown::Body, moment::Moment, status_change::StatusChange,
};
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{
    engine::{
        applied::Applied,
        family, random,
        scope::{Kind, Parent, Scope},
        tx::{Refusal, Tx},
    },
    maintenances::{components, state},
    updates::{self, Update},
};

/// An update before it is written.
pub struct NewUpdate {
    pub id: Id,
    pub status: MaintenanceStatus,
    pub body: Body,
    pub at: Moment,
}

/// Adds an update and lets the maintenance and its components follow, unless it names the status changes itself; false
/// where its id is taken. Components follow the latest update only: one of the past that comes late does not change what is now.
pub async fn add(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    before: &Maintenance,
    update: NewUpdate,
    changes: Option<&[StatusChange]>,
) -> Result<bool, Refusal> {
    let last: Option<Update<MaintenanceStatus>> = updates::last(tx.conn, parent, i64::MAX).await?;
    let (page, at_ms, status) = (parent.page, update.at.0, update.status.as_str());
    if !updates::insert(tx, parent, &update.id, status, &update.body, at_ms).await? {
        return Ok(false);
    }
    let is_latest = last.is_none_or(|last| last.at <= update.at);
    let (was_under_way, is_under_way) = (before.status.is_under_way(), update.status.is_under_way());
    if let Some(changes) = changes {
        components::add_changes(tx, parent, &update.id, changes, at_ms, "components").await?;
    } else if is_latest && !was_under_way && is_under_way {
        components::begin(tx, page, &before.components, &update.id, at_ms).await?;
    } else if is_latest && was_under_way && !is_under_way {
        components::end(tx, page, &before.components, &update.id, at_ms).await?;
    }
    state::derive(tx, page, parent.id).await?;
    Ok(true)
}

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
    if due.0 > tx.now_ms {
        return Err(Fault::conflict("the maintenance's time has not come").into());
    }
    let parent = Parent {
        page,
        kind: Kind::Maintenance,
        id: maintenance,
    };
    let last: Option<Update<MaintenanceStatus>> = updates::last(tx.conn, parent, i64::MAX).await?;
    let update = NewUpdate {
        id: random::id(),
        status,
        body: Body::try_from(text.to_owned()).map_err(Fault::conflict)?,
        // Never before the last update, or that would go on being the latest.
        at: due.max(last.map_or(due, |last| last.at)),
    };
    add(tx, parent, &before, update, None).await?;
    Ok(Applied::done())
}

const BEGUN: &str = "The maintenance has begun.";
const COMPLETE: &str = "The maintenance is complete.";
