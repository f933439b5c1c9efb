//! Forgets what has served, a portion of each kind at a time, so that the writer serves publishers in between. The bounds are in
//! `limits.rs`.

use origin_engine::{
    applied::Applied,
    limits::{AUDIT_KEPT_MS, AUDIT_PEOPLE_KEPT_MS, IDEMPOTENCY_KEPT_MS},
    sql::{self, Connection},
    tx::{Refusal, Tx},
};

use crate::{
    limits::{
        DELETED_PAGES_AT_ONCE, DELETED_PAGES_KEPT_MS, EVENTS_KEPT_MS, FORGOTTEN_AT_ONCE, HOSTS_KEPT_MS,
        IDEMPOTENCY_BYTES_MAX, REGIONS_KEPT_MS, REMINDERS_KEPT_MS, SETS_KEPT_MS,
    },
    metrics::points,
};

/// Answers `Deleted` where there may be more to forget.
pub async fn prune(tx: &mut Tx<'_>) -> Result<Applied, Refusal> {
    let (conn, now_ms) = (&mut *tx.conn, tx.now_ms);
    let mut is_more = false;
    for (kept, sql, kept_ms) in BY_AGE {
        let query = sql::query(sql).bind(now_ms - kept_ms).bind(FORGOTTEN_AT_ONCE);
        let forgotten = query.execute(&mut *conn).await?.rows_affected();
        is_more |= forgotten >= FORGOTTEN_AT_ONCE.unsigned_abs();
        count(kept, forgotten);
    }
    is_more |= regions(conn, now_ms - REGIONS_KEPT_MS).await?;
    is_more |= deleted_pages(conn, now_ms - DELETED_PAGES_KEPT_MS).await?;
    is_more |= hosts(conn, now_ms - HOSTS_KEPT_MS).await?;
    is_more |= answers_by_bytes(conn, IDEMPOTENCY_BYTES_MAX).await?;
    points::prune(conn, now_ms).await?;
    Ok(match is_more {
        true => Applied::deleted(),
        false => Applied::done(),
    })
}

/// One that reports nothing any longer, with what it had.
async fn regions(conn: &mut Connection, heard_before_ms: i64) -> sql::Result<bool> {
    let silent = "SELECT region FROM regions WHERE heard_ms < $1 ORDER BY heard_ms LIMIT 1";
    let silent = sql::query_scalar(silent).bind(heard_before_ms);
    let Some(region): Option<String> = silent.fetch_optional(&mut *conn).await? else {
        return Ok(false);
    };
    let query = sql::query(
        "DELETE FROM deliveries WHERE (region, page_id) IN
             (SELECT region, page_id FROM deliveries WHERE region = $1 LIMIT $2)",
    );
    let query = query.bind(&region).bind(FORGOTTEN_AT_ONCE);
    if query.execute(&mut *conn).await?.rows_affected() < FORGOTTEN_AT_ONCE.unsigned_abs() {
        let query = sql::query("DELETE FROM regions WHERE region = $1").bind(&region);
        count("regions", query.execute(conn).await?.rows_affected());
    }
    Ok(true)
}

/// Pages whose last change every region has that is known. The last sequence number of all stays, as the next one follows it.
async fn deleted_pages(conn: &mut Connection, deleted_before_ms: i64) -> sql::Result<bool> {
    let query = sql::query_scalar(TOLD_EVERYWHERE);
    let query = query.bind(deleted_before_ms).bind(DELETED_PAGES_AT_ONCE);
    let pages: Vec<String> = query.fetch_all(&mut *conn).await?;
    for page in &pages {
        for sql in OF_DELETED_PAGE {
            sql::query(sql).bind(page).execute(&mut *conn).await?;
        }
    }
    count("deleted_pages", pages.len() as u64);
    Ok(pages.len() as i64 >= DELETED_PAGES_AT_ONCE)
}

/// Those that a page gave up which goes on, and of which every region knows that they are gone.
async fn hosts(conn: &mut Connection, gone_before_ms: i64) -> sql::Result<bool> {
    let query = sql::query_scalar(GIVEN_UP).bind(gone_before_ms).bind(FORGOTTEN_AT_ONCE);
    let hosts: Vec<String> = query.fetch_all(&mut *conn).await?;
    for host in &hosts {
        let query = sql::query("DELETE FROM hosts WHERE host = $1 AND NOT live");
        query.bind(host).execute(&mut *conn).await?;
    }
    count("hosts", hosts.len() as u64);
    Ok(hosts.len() as i64 >= FORGOTTEN_AT_ONCE)
}

/// The oldest first, and no more of them than are too much.
async fn answers_by_bytes(conn: &mut Connection, bytes_max: i64) -> sql::Result<bool> {
    let bytes = idempotency_bytes(conn).await?;
    if bytes > bytes_max {
        let query = sql::query(BY_BYTES).bind(FORGOTTEN_AT_ONCE).bind(bytes - bytes_max);
        count("idempotency", query.execute(&mut *conn).await?.rows_affected());
    }
    let left = idempotency_bytes(conn).await?;
    metrics::gauge!("pharos_origin_idempotency_bytes").set(left as f64);
    Ok(left > bytes_max)
}

async fn idempotency_bytes(conn: &mut Connection) -> sql::Result<i64> {
    let query = sql::query_scalar("SELECT bytes FROM kept_bytes WHERE place = 'idempotency'");
    query.fetch_one(conn).await
}

fn count(kept: &'static str, forgotten: u64) {
    metrics::counter!("pharos_origin_forgotten_total", "kept" => kept).increment(forgotten);
}

pub(crate) const BY_AGE: [(&str, &str, i64); 7] = [
    (
        "idempotency",
        "DELETE FROM idempotency WHERE (token_id, key) IN
             (SELECT token_id, key FROM idempotency WHERE at_ms <= $1 ORDER BY at_ms LIMIT $2)",
        IDEMPOTENCY_KEPT_MS,
    ),
    (
        "events",
        "DELETE FROM events WHERE (page_id, seq) IN
             (SELECT page_id, seq FROM events WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)",
        EVENTS_KEPT_MS,
    ),
    (
        "reminders",
        "DELETE FROM reminders WHERE (page_id, maintenance_id, minutes) IN
             (SELECT page_id, maintenance_id, minutes FROM reminders WHERE done AND due_ms < $1 ORDER BY due_ms LIMIT $2)",
        REMINDERS_KEPT_MS,
    ),
    // The next change of their page takes their content back.
    (
        "audience_sets",
        "DELETE FROM audience_sets WHERE (page_id, id) IN
             (SELECT page_id, id FROM audience_sets WHERE used_at_ms < $1 ORDER BY used_at_ms LIMIT $2)",
        SETS_KEPT_MS,
    ),
    (
        "ended_sessions",
        "DELETE FROM ended_sessions WHERE (page_id, id) IN
             (SELECT page_id, id FROM ended_sessions WHERE expires_ms < $1 ORDER BY expires_ms LIMIT $2)",
        0,
    ),
    (
        "audit",
        "DELETE FROM audit WHERE (page_id, number) IN
             (SELECT page_id, number FROM audit WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)",
        AUDIT_KEPT_MS,
    ),
    (
        "audit_people",
        "UPDATE audit SET changed = NULL, has_people = FALSE WHERE (page_id, number) IN
             (SELECT page_id, number FROM audit WHERE has_people AND at_ms < $1 ORDER BY at_ms LIMIT $2)",
        AUDIT_PEOPLE_KEPT_MS,
    ),
];

pub(crate) const TOLD_EVERYWHERE: &str = "
    SELECT d.page_id FROM deleted_pages d JOIN outbox o ON o.page_id = d.page_id
    WHERE d.deleted_ms < $1 AND o.seq < (SELECT MAX(seq) FROM outbox) AND NOT EXISTS (
        SELECT 1 FROM regions r WHERE NOT EXISTS (
            SELECT 1 FROM deliveries v WHERE v.region = r.region AND v.page_id = d.page_id AND v.seq >= o.seq))
    ORDER BY d.deleted_ms LIMIT $2";
pub(crate) const GIVEN_UP: &str = "
    SELECT h.host FROM hosts h
    WHERE h.gone_ms < $1 AND EXISTS (SELECT 1 FROM pages p WHERE p.id = h.page_id) AND NOT EXISTS (
        SELECT 1 FROM regions r WHERE NOT EXISTS (
            SELECT 1 FROM deliveries v WHERE v.region = r.region AND v.page_id = h.page_id AND v.seq >= h.gone_seq))
    ORDER BY h.gone_ms LIMIT $2";
const OF_DELETED_PAGE: [&str; 7] = [
    "DELETE FROM hosts WHERE page_id = $1 AND NOT live",
    "DELETE FROM archive_months WHERE page_id = $1",
    "DELETE FROM permalinks WHERE page_id = $1",
    "DELETE FROM assets WHERE page_id = $1",
    "DELETE FROM deliveries WHERE page_id = $1",
    "DELETE FROM outbox WHERE page_id = $1",
    "DELETE FROM deleted_pages WHERE page_id = $1",
];
const BY_BYTES: &str = "
    DELETE FROM idempotency WHERE (token_id, key) IN (
        SELECT token_id, key FROM (
            SELECT token_id, key, SUM(LENGTH(key) + LENGTH(answer)) OVER (ORDER BY at_ms, token_id, key) AS up_to,
                LENGTH(key) + LENGTH(answer) AS own
            FROM (SELECT * FROM idempotency ORDER BY at_ms LIMIT $1))
        WHERE up_to - own < $2)";

#[cfg(test)]
mod tests;
