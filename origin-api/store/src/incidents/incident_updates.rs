use origin_objects::{
    status_change::StatusChange,
    moment::Moment,
    update::{IncidentUpdate, NewIncidentUpdate, UpdatePatch},
};
use page_model::{Id, PageId, status::IncidentStatus};

use crate::{
    components::statuses,
    engine::{
        paging::{Listed, Window},
        random,
        rows::Kept,
        sql::{self, Connection},
        tx::{Answer, Refusal, Tx},
    },
    incidents::{self, Standing, incident_components, parent},
    updates::{self, Said},
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, incident: &Id, new: NewIncidentUpdate) -> Result<Answer, Refusal> {
    let before = incidents::standing(tx.conn, page, incident).await?;
    let at_ms = tx.moment(new.at)?;
    let status = match new.status {
        Some(status) => status,
        None => status_at(tx.conn, page, &before, at_ms).await?,
    };
    let told = match new.components {
        Some(told) => told,
        None if status.is_over() && !before.status.is_over() => {
            incident_components::released(tx.conn, page, incident).await?
        }
        None => Vec::new(),
    };
    let update = new.id.unwrap_or_else(random::id);
    let parent = parent(page, incident);
    updates::insert(tx, parent, &update, status.as_str(), &new.body, at_ms).await?;
    incident_components::tell(tx, parent, &update, &told, at_ms).await?;
    if at_ms < before.last_at_ms && !told.is_empty() {
        incident_components::retell(tx, parent).await?;
    }
    incidents::derive(tx, page, &before, &told).await?;
    let location = format!("/v1/pages/{page}/incidents/{incident}/updates/{update}");
    let said = Said {
        id: update,
        status,
        body: new.body.text,
        at: Moment(at_ms),
    };
    Ok(Answer::created(&object(said, told), tx.seq, location))
}

pub async fn change(
    tx: &mut Tx<'_>,
    page: &PageId,
    incident: &Id,
    update: &Id,
    patch: UpdatePatch,
) -> Result<Answer, Refusal> {
    let before = incidents::standing(tx.conn, page, incident).await?;
    let parent = parent(page, incident);
    updates::change(tx, parent, update, patch).await?;
    incident_components::retell(tx, parent).await?;
    incidents::derive(tx, page, &before, &[]).await?;
    let said = updates::existing(tx.conn, parent, update).await?.object;
    let told = statuses::of_update(tx.conn, page, update).await?;
    Ok(Answer::changed(&object(said, told), tx.seq))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, incident: &Id, update: &Id) -> Result<Answer, Refusal> {
    let before = incidents::standing(tx.conn, page, incident).await?;
    updates::delete(tx, parent(page, incident), update).await?;
    incident_components::retell(tx, parent(page, incident)).await?;
    incidents::derive(tx, page, &before, &[]).await?;
    Ok(Answer::done())
}

pub async fn read(
    conn: &mut Connection,
    page: &PageId,
    incident: &Id,
    update: &Id,
) -> sql::Result<Option<Kept<IncidentUpdate>>> {
    let Some(kept) = updates::read(conn, parent(page, incident), update).await? else {
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
    incident: &Id,
    window: Window,
) -> sql::Result<Listed<IncidentUpdate>> {
    let listed = updates::list(conn, parent(page, incident), window).await?;
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

/// An update that names no status keeps the one that the incident had at its moment.
async fn status_at(conn: &mut Connection, page: &PageId, before: &Standing, at_ms: i64) -> sql::Result<IncidentStatus> {
    if at_ms >= before.last_at_ms {
        return Ok(before.status);
    }
    let last = updates::last(conn, parent(page, &before.id), at_ms).await?;
    Ok(last.map_or(IncidentStatus::Investigating, |kept| kept.object.status))
}

fn object(said: Said<IncidentStatus>, components: Vec<StatusChange>) -> IncidentUpdate {
    IncidentUpdate {
        id: said.id,
        status: said.status,
        body: said.body,
        at: said.at,
        components,
    }
}
