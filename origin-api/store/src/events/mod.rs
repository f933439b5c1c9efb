//! What others may want to learn of a page, for thirty days.

pub mod deliveries;

use origin_engine::{
    rows::{json, moment, of_json},
    sql::{self, Columns as _, Connection},
    tx::Tx,
};
use origin_objects::event::{Event, EventKind};
use page_model::PageId;

/// With the change's sequence number, so that the order of events is that of changes.
pub async fn add(tx: &mut Tx<'_>, page: &PageId, what: &EventKind) -> sql::Result<()> {
    let query = sql::query("INSERT INTO events (page_id, seq, at_ms, what) VALUES ($1, $2, $3, $4)");
    let query = query.bind(page.as_str()).bind(tx.seq).bind(tx.now_ms);
    query.bind(json(what)).execute(&mut *tx.conn).await?;
    Ok(())
}

/// Those after a sequence number, oldest first.
pub async fn list(conn: &mut Connection, page: &PageId, after: i64, limit: i64) -> sql::Result<Vec<Event>> {
    let query = sql::query("SELECT * FROM events WHERE page_id = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    let rows = query
        .bind(page.as_str())
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    let events = rows.iter().map(|row| {
        Ok(Event {
            seq: row.try_get("seq")?,
            at: moment(row, "at_ms")?,
            what: of_json(row, "what")?,
        })
    });
    events.collect()
}
