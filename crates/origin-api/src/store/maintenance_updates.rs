use page_model::{Id, PageId, status::MaintenanceStatus};
use sqlx::SqliteConnection;

use super::{
    maintenances::{self, parent},
    paging::{Listed, Window},
    rows::Kept,
    tx::{Answer, Refusal, Tx},
    updates::{self, Said},
};
use crate::{
    objects::{
        moment::Moment,
        update::{MaintenanceUpdate, NewMaintenanceUpdate, UpdatePatch},
    },
    random,
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
    let object = MaintenanceUpdate {
        id: said.id.clone(),
        status: said.status,
        body: said.body.text.clone(),
        at: said.at,
    };
    maintenances::say(tx, page, &before, said).await?;
    let location = format!("/v1/pages/{page}/maintenances/{maintenance}/updates/{}", object.id);
    Ok(Answer::created(&object, tx.seq, location))
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
    Ok(Answer::changed(&object(said), tx.seq))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, maintenance: &Id, update: &Id) -> Result<Answer, Refusal> {
    updates::delete(tx, parent(page, maintenance), update).await?;
    maintenances::derive(tx, page, maintenance).await?;
    Ok(Answer::done())
}

pub async fn read(
    conn: &mut SqliteConnection,
    page: &PageId,
    maintenance: &Id,
    update: &Id,
) -> sqlx::Result<Option<Kept<MaintenanceUpdate>>> {
    let kept = updates::read(conn, parent(page, maintenance), update).await?;
    Ok(kept.map(|kept| Kept {
        object: object(kept.object),
        seq: kept.seq,
        sort: kept.sort,
        ordinal: kept.ordinal,
    }))
}

pub async fn list(
    conn: &mut SqliteConnection,
    page: &PageId,
    maintenance: &Id,
    window: Window,
) -> sqlx::Result<Listed<MaintenanceUpdate>> {
    let listed = updates::list(conn, parent(page, maintenance), window).await?;
    Ok(Listed {
        items: listed.items.into_iter().map(object).collect(),
        next: listed.next,
    })
}

fn object(said: Said<MaintenanceStatus>) -> MaintenanceUpdate {
    MaintenanceUpdate {
        id: said.id,
        status: said.status,
        body: said.body,
        at: said.at,
    }
}
