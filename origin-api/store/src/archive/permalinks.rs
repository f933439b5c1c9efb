//! Which events are in the archive, by the first character of their ids, and since which change that is outdated.

use origin_compose::rows::LinkedEvent;
use origin_engine::{
    rows::{id, of_json},
    sql::{self, Columns as _, Connection},
    tx::Tx,
};
use page_model::{Id, PageId};

use origin_access::restricted;

/// The events whose ids begin with the same character.
pub struct PermalinkShard {
    pub initial: String,
    /// Without any the regions learn that the record is gone.
    pub events: Vec<LinkedEvent>,
}

/// An event came to the archive, moved within it or left it.
pub async fn settle(tx: &mut Tx<'_>, page: &PageId, event: &Id) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO permalinks (page_id, initial, filled, changed_seq)
         SELECT $1, $2, EXISTS (SELECT 1 FROM incidents WHERE page_id = $1 AND id >= $2 AND id < $2 || '~')
             OR EXISTS (SELECT 1 FROM maintenances
                        WHERE page_id = $1 AND id >= $2 AND id < $2 || '~' AND status <> 'scheduled'), $3
         WHERE TRUE
         ON CONFLICT (page_id, initial) DO UPDATE SET filled = excluded.filled, changed_seq = excluded.changed_seq",
    );
    let query = query.bind(page.as_str()).bind(initial(event)).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// The page has another time zone, in which months begin at other moments, or others see it.
pub async fn mark_all(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE permalinks SET changed_seq = $2 WHERE page_id = $1 AND filled");
    query.bind(page.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

/// The page loses all its events.
pub async fn empty_all(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE permalinks SET changed_seq = $2, filled = FALSE WHERE page_id = $1");
    query.bind(page.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    Ok(())
}

/// The shards that changed after `after`.
pub async fn changed(conn: &mut Connection, page: &PageId, after: i64) -> sql::Result<Vec<PermalinkShard>> {
    let query =
        sql::query("SELECT initial, filled FROM permalinks WHERE page_id = $1 AND changed_seq > $2 ORDER BY initial");
    let rows = query.bind(page.as_str()).bind(after).fetch_all(&mut *conn).await?;
    let is_restricted = restricted::is_restricted(conn, page).await?;
    let mut shards = Vec::with_capacity(rows.len());
    for row in rows {
        let initial: String = row.try_get("initial")?;
        let events = match row.try_get("filled")? {
            true => events(conn, page, &initial, is_restricted).await?,
            false => Vec::new(),
        };
        shards.push(PermalinkShard { initial, events });
    }
    Ok(shards)
}

/// The components of each are read only where that makes a difference to somebody.
async fn events(
    conn: &mut Connection,
    page: &PageId,
    initial: &str,
    with_components: bool,
) -> sql::Result<Vec<LinkedEvent>> {
    let query = sql::query(
        "SELECT id, month, audiences, CASE WHEN $4 THEN
             (SELECT json_group_array(c.component_id) FROM incident_components c
              WHERE c.page_id = i.page_id AND c.incident_id = i.id) ELSE '[]' END AS components
         FROM incidents i WHERE page_id = $1 AND id >= $2 AND id < $2 || '~'
         UNION ALL
         SELECT id, month, audiences, CASE WHEN $4 THEN
             (SELECT json_group_array(c.component_id) FROM maintenance_components c
              WHERE c.page_id = m.page_id AND c.maintenance_id = m.id) ELSE '[]' END AS components
         FROM maintenances m WHERE page_id = $1 AND id >= $2 AND id < $2 || '~' AND status <> 'scheduled'
         ORDER BY month DESC, id LIMIT $3",
    );
    let query = query.bind(page.as_str()).bind(initial).bind(SHARD_EVENTS_MAX);
    let rows = query.bind(with_components).fetch_all(conn).await?;
    let events = rows.iter().map(|row| {
        Ok(LinkedEvent {
            id: id(row, "id")?,
            month: row.try_get("month")?,
            audiences: of_json(row, "audiences")?,
            components: of_json(row, "components")?,
        })
    });
    events.collect()
}

/// Letters and digits sort before `~`.
fn initial(event: &Id) -> &str {
    event.as_str().get(..1).unwrap_or_default()
}

/// Newest events of one shard: at 21 bytes each they fit a record.
const SHARD_EVENTS_MAX: i64 = 40_000;
