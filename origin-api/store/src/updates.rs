//! Updates of incidents and of maintenances, which are stored alike.

use origin_objects::{fault::Fault, markdown::Body, moment::Moment, string_enum::StringEnum, update::UpdatePatch};
use page_model::Id;

use crate::{
    components::statuses,
    engine::{
        rows::{id, moment, state},
        scope::Parent,
        sql::{self, Columns as _, Connection, Row},
        tx::{Refusal, Tx},
    },
};

/// An update with a status of type `S`.
#[derive(Debug, Clone)]
pub struct Update<S> {
    pub id: Id,
    pub status: S,
    pub body: String,
    pub at: Moment,
}

/// False where the page has an update of that id.
pub async fn insert(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    update: &Id,
    status: &str,
    body: &Body,
    at_ms: i64,
) -> sql::Result<bool> {
    let query = sql::query(
        "INSERT INTO updates (page_id, id, parent_kind, parent_id, status, body, body_html, at_ms, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(parent.page.as_str())
        .bind(update.as_str())
        .bind(parent.kind.as_str());
    let query = query
        .bind(parent.id.as_str())
        .bind(status)
        .bind(&body.text)
        .bind(&body.html)
        .bind(at_ms)
        .bind(tx.seq);
    Ok(query.execute(&mut *tx.conn).await?.rows_affected() > 0)
}

/// The first update of what a request creates, in which its id has a name of its own.
pub async fn insert_first(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    update: &Id,
    status: &str,
    body: &Body,
    at_ms: i64,
) -> Result<(), Refusal> {
    if insert(tx, parent, update, status, body, at_ms).await? {
        return Ok(());
    }
    Err(taken(update).at("update_id").into())
}

pub fn taken(update: &Id) -> Fault {
    Fault::taken("id", format!("the page has an update {update} already"))
}

/// Corrects the text or the moment of an update; its status changes move along.
pub async fn correct(tx: &mut Tx<'_>, parent: Parent<'_>, update: &Id, patch: UpdatePatch) -> Result<(), Refusal> {
    if let Some(body) = patch.body {
        let query = sql::query("UPDATE updates SET body = $3, body_html = $4 WHERE page_id = $1 AND id = $2");
        let query = query
            .bind(parent.page.as_str())
            .bind(update.as_str())
            .bind(body.text)
            .bind(body.html);
        query.execute(&mut *tx.conn).await?;
    }
    if let Some(at) = patch.at {
        let at_ms = tx.moment(Some(at))?;
        let query = sql::query("UPDATE updates SET at_ms = $3 WHERE page_id = $1 AND id = $2");
        query
            .bind(parent.page.as_str())
            .bind(update.as_str())
            .bind(at_ms)
            .execute(&mut *tx.conn)
            .await?;
        statuses::move_update(tx, parent.page, update, at_ms).await?;
    }
    let query = sql::query("UPDATE updates SET seq = $3 WHERE page_id = $1 AND id = $2");
    query
        .bind(parent.page.as_str())
        .bind(update.as_str())
        .bind(tx.seq)
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

/// Its status changes go with it.
pub async fn remove(tx: &mut Tx<'_>, parent: Parent<'_>, update: &Id) -> Result<(), Refusal> {
    let query = sql::query("SELECT id FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3 LIMIT 2");
    let query = query
        .bind(parent.page.as_str())
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str());
    if query.fetch_all(&mut *tx.conn).await?.len() < 2 {
        let detail = format!(
            "this is the only update of its {}; delete that instead",
            parent.kind.as_str()
        );
        return Err(Fault::conflict(detail).into());
    }
    statuses::forget_update(tx, parent.page, update).await?;
    let query = sql::query("DELETE FROM updates WHERE page_id = $1 AND id = $2");
    query
        .bind(parent.page.as_str())
        .bind(update.as_str())
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

pub async fn remove_all(tx: &mut Tx<'_>, parent: Parent<'_>) -> sql::Result<()> {
    let query = sql::query("SELECT id FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3");
    let query = query
        .bind(parent.page.as_str())
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str());
    for row in query.fetch_all(&mut *tx.conn).await? {
        statuses::forget_update(tx, parent.page, &id(&row, "id")?).await?;
    }
    let query = sql::query("DELETE FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3");
    let query = query
        .bind(parent.page.as_str())
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str());
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// The last update at or before a moment.
pub async fn last<S: StringEnum>(
    conn: &mut Connection,
    parent: Parent<'_>,
    at_ms: i64,
) -> sql::Result<Option<Update<S>>> {
    let query = sql::query(
        "SELECT id, status, body, at_ms FROM updates
         WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3 AND at_ms <= $4
         ORDER BY at_ms DESC, ordinal DESC LIMIT 1",
    );
    let query = query
        .bind(parent.page.as_str())
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str());
    let row = query.bind(at_ms).fetch_optional(conn).await?;
    row.as_ref().map(of_row).transpose()
}

pub fn of_row<S: StringEnum>(row: &Row) -> sql::Result<Update<S>> {
    Ok(Update {
        id: id(row, "id")?,
        status: state(row, "status")?,
        body: row.try_get("body")?,
        at: moment(row, "at_ms")?,
    })
}
