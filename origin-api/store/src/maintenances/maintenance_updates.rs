use origin_objects::{
    status_change::StatusChange,
    fault::Fault,
    maintenance::Maintenance,
    markdown::Body,
    moment::Moment,
    update::{MaintenanceUpdate, NewMaintenanceUpdate, UpdatePatch},
};
use page_model::{Id, PageId, status::MaintenanceStatus};

use crate::{
    components::statuses,
    engine::{
        paging::{Listed, Window},
        random,
        rows::Kept,
        sql::{self, Connection},
        tx::{Answer, Refusal, Tx},
    },
    maintenances::{self, maintenance_components, parent},
    updates::{self, Said},
};

pub async fn create(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Id,
    new: NewMaintenanceUpdate,
) -> Result<Answer, Refusal> {
    let before = maintenances::existing(tx.conn, page, maintenance).await?.object;
    let said = Said {
        id: new.id.unwrap_or_else(random::id),
        status: new.status.unwrap_or(before.status),
        body: new.body,
        at: Moment(tx.moment(new.at)?),
    };
    let (update, status, body, at) = (said.id.clone(), said.status, said.body.text.clone(), said.at);
    say(tx, page, &before, said, new.components.as_deref()).await?;
    let location = format!("/v1/pages/{page}/maintenances/{maintenance}/updates/{update}");
    let components = statuses::of_update(tx.conn, page, &update).await?;
    let said = Said {
        id: update,
        status,
        body,
        at,
    };
    Ok(Answer::created(&object(said, components), tx.seq, location))
}

pub async fn change(
    tx: &mut Tx<'_>,
    page: &PageId,
    maintenance: &Id,
    update: &Id,
    patch: UpdatePatch,
) -> Result<Answer, Refusal> {
    let parent = parent(page, maintenance);
    updates::change(tx, parent, update, patch).await?;
    maintenances::derive(tx, page, maintenance).await?;
    let said = updates::existing(tx.conn, parent, update).await?.object;
    let told = statuses::of_update(tx.conn, page, update).await?;
    Ok(Answer::changed(&object(said, told), tx.seq))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id, update: &Id) -> Result<Answer, Refusal> {
    updates::delete(tx, parent(page, maintenance), update).await?;
    maintenances::derive(tx, page, maintenance).await?;
    Ok(Answer::done())
}

/// The clock's change: starts a maintenance whose time has come, or ends it.
pub async fn advance(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id) -> Result<Answer, Refusal> {
    let before = maintenances::existing(tx.conn, page, maintenance).await?.object;
    let (status, words, due) = match before.status {
        MaintenanceStatus::Scheduled => (MaintenanceStatus::InProgress, BEGUN, before.starts_at),
        MaintenanceStatus::InProgress | MaintenanceStatus::Verifying => {
            (MaintenanceStatus::Completed, COMPLETE, before.ends_at)
        }
        MaintenanceStatus::Completed => return Err(Fault::conflict("the maintenance is complete").into()),
    };
    if due.0 > tx.now_ms {
        return Err(Fault::conflict("the maintenance's time has not come").into());
    }
    let last = updates::last::<MaintenanceStatus>(tx.conn, parent(page, maintenance), i64::MAX).await?;
    let said = Said {
        id: random::id(),
        status,
        body: Body::try_from(words.to_owned()).map_err(Fault::conflict)?,
        // Never before what was said last, or that would go on being the latest word.
        at: due.max(last.map_or(due, |last| last.object.at)),
    };
    say(tx, page, &before, said, None).await?;
    Ok(Answer::done())
}

pub async fn read(
    conn: &mut Connection,
    page: &PageId,
    maintenance: &Id,
    update: &Id,
) -> sql::Result<Option<Kept<MaintenanceUpdate>>> {
    let Some(kept) = updates::read(conn, parent(page, maintenance), update).await? else {
        return Ok(None);
    };
    let told = statuses::of_update(conn, page, update).await?;
    Ok(Some(Kept {
        object: object(kept.object, told),
        seq: kept.seq,
        sort: kept.sort,
        ordinal: kept.ordinal,
    }))
}

pub async fn list(
    conn: &mut Connection,
    page: &PageId,
    maintenance: &Id,
    window: Window,
) -> sql::Result<Listed<MaintenanceUpdate>> {
    let listed = updates::list(conn, parent(page, maintenance), window).await?;
    let mut items = Vec::with_capacity(listed.items.len());
    for said in listed.items {
        let told = statuses::of_update(conn, page, &said.id).await?;
        items.push(object(said, told));
    }
    Ok(Listed {
        items,
        next: listed.next,
    })
}

/// Adds an update and lets the maintenance and its components follow, unless it says itself what becomes of them.
/// Components follow the latest word only: a word of the past, told late, does not change what is now.
async fn say(
    tx: &mut Tx<'_>,
    page: &PageId,
    before: &Maintenance,
    said: Said<MaintenanceStatus, Body>,
    told: Option<&[StatusChange]>,
) -> Result<(), Refusal> {
    let parent = parent(page, &before.id);
    let last = updates::last::<MaintenanceStatus>(tx.conn, parent, i64::MAX).await?;
    updates::insert(tx, parent, &said.id, said.status.as_str(), &said.body, said.at.0).await?;
    let is_latest = last.is_none_or(|last| last.object.at <= said.at);
    let (was_under_way, at_ms) = (before.status.is_under_way(), said.at.0);
    if let Some(told) = told {
        maintenance_components::tell(tx, parent, &said.id, told, at_ms, "components").await?;
        return maintenances::derive(tx, page, &before.id).await;
    }
    if is_latest && !was_under_way && said.status.is_under_way() {
        maintenance_components::begin(tx, page, &before.components, &said.id, at_ms).await?;
    }
    if is_latest && was_under_way && !said.status.is_under_way() {
        maintenance_components::end(tx, page, &before.components, &said.id, at_ms).await?;
    }
    maintenances::derive(tx, page, &before.id).await
}

fn object(said: Said<MaintenanceStatus>, components: Vec<StatusChange>) -> MaintenanceUpdate {
    MaintenanceUpdate {
        id: said.id,
        status: said.status,
        body: said.body,
        at: said.at,
        components,
    }
}

const BEGUN: &str = "The maintenance has begun.";
const COMPLETE: &str = "The maintenance is complete.";
