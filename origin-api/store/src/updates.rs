//! Updates of incidents and of maintenances, which are kept alike.

use origin_objects::{fault::Fault, markdown::Body, moment::Moment, update::UpdatePatch, string_enum::StringEnum};
use page_model::{Id, PageId};

use crate::{
    components::statuses,
    engine::{
        paging::{Listed, Window},
        rows::{Kept, id, moment, state},
        sql::{self, Columns as _, Connection, Row},
        tx::{Refusal, Tx},
    },
};

/// What updates belong to.
#[derive(Debug, Clone, Copy)]
pub struct Parent<'a> {
    pub page: &'a PageId,
    pub kind: Kind,
    pub id: &'a Id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Incident,
    Maintenance,
}

/// An update with a state of type `S`.
#[derive(Debug, Clone)]
pub struct Said<S, B = String> {
    pub id: Id,
    pub status: S,
    pub body: B,
    pub at: Moment,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Maintenance => "maintenance",
        }
    }
}

pub async fn insert(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    update: &Id,
    status: &str,
    body: &Body,
    at_ms: i64,
) -> Result<(), Refusal> {
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
    if query.execute(&mut *tx.conn).await?.rows_affected() > 0 {
        return Ok(());
    }
    Err(Fault::taken("id", format!("the page has an update {update} already")).into())
}

/// Corrects the text or the moment of an update; what it said of components moves along.
pub async fn change(tx: &mut Tx<'_>, parent: Parent<'_>, update: &Id, patch: UpdatePatch) -> Result<(), Refusal> {
    let before = version(tx.conn, parent, update).await?;
    tx.expect_version(before)?;
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

/// What it said of components was never said then.
pub async fn delete(tx: &mut Tx<'_>, parent: Parent<'_>, update: &Id) -> Result<(), Refusal> {
    let before = version(tx.conn, parent, update).await?;
    tx.expect_version(before)?;
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

pub async fn delete_all(tx: &mut Tx<'_>, parent: Parent<'_>) -> sql::Result<()> {
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

/// The version of an update, which must exist.
async fn version(conn: &mut Connection, parent: Parent<'_>, update: &Id) -> Result<i64, Refusal> {
    let query = sql::query_scalar(
        "SELECT seq FROM updates WHERE page_id = $1 AND id = $2 AND parent_kind = $3 AND parent_id = $4",
    );
    let query = query.bind(parent.page.as_str()).bind(update.as_str());
    let seq = query
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str())
        .fetch_optional(conn)
        .await?;
    seq.ok_or_else(|| absent(parent, update).into())
}

fn absent(parent: Parent<'_>, update: &Id) -> Fault {
    Fault::absent(format!("{} {} has no update {update}", parent.kind.as_str(), parent.id))
}

pub async fn existing<S: StringEnum>(
    conn: &mut Connection,
    parent: Parent<'_>,
    update: &Id,
) -> Result<Kept<Said<S>>, Refusal> {
    read(conn, parent, update)
        .await?
        .ok_or_else(|| absent(parent, update).into())
}

pub async fn read<S: StringEnum>(
    conn: &mut Connection,
    parent: Parent<'_>,
    update: &Id,
) -> sql::Result<Option<Kept<Said<S>>>> {
    let query = sql::query(
        "SELECT id, status, body, at_ms, ordinal, seq FROM updates
         WHERE page_id = $1 AND id = $2 AND parent_kind = $3 AND parent_id = $4",
    );
    let query = query.bind(parent.page.as_str()).bind(update.as_str());
    let row = query
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(kept).transpose()
}

/// Newest first.
pub async fn list<S: StringEnum>(conn: &mut Connection, parent: Parent<'_>, window: Window) -> sql::Result<Listed<Said<S>>> {
    let query = sql::query(
        "SELECT id, status, body, at_ms, ordinal, seq FROM updates
         WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3 AND (at_ms, ordinal) < ($4, $5)
         ORDER BY at_ms DESC, ordinal DESC LIMIT $6",
    );
    let (sort, ordinal) = window.descending();
    let query = query
        .bind(parent.page.as_str())
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str());
    let rows = query
        .bind(sort)
        .bind(ordinal)
        .bind(window.rows())
        .fetch_all(conn)
        .await?;
    Ok(window.cut(rows.iter().map(kept).collect::<Result<_, _>>()?))
}

/// The last update at or before a moment.
pub async fn last<S: StringEnum>(
    conn: &mut Connection,
    parent: Parent<'_>,
    at_ms: i64,
) -> sql::Result<Option<Kept<Said<S>>>> {
    let query = sql::query(
        "SELECT id, status, body, at_ms, ordinal, seq FROM updates
         WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3 AND at_ms <= $4
         ORDER BY at_ms DESC, ordinal DESC LIMIT 1",
    );
    let query = query
        .bind(parent.page.as_str())
        .bind(parent.kind.as_str())
        .bind(parent.id.as_str());
    let row = query.bind(at_ms).fetch_optional(conn).await?;
    row.as_ref().map(kept).transpose()
}

fn kept<S: StringEnum>(row: &Row) -> sql::Result<Kept<Said<S>>> {
    let said = Said {
        id: id(row, "id")?,
        status: state(row, "status")?,
        body: row.try_get("body")?,
        at: moment(row, "at_ms")?,
    };
    Kept::of(row, said, row.try_get("at_ms")?)
}
