//! By what somebody is let in, or may push, and what was taken back since the backup was made. An older state knows nothing of
//! that: where the database that it replaces can be read, what was taken back stays so.

use std::path::Path;

use origin_engine::sql::{self, Connection};

/// Nothing where the database that is there is no later state of the one in the backup: then it cannot be said what was taken back.
pub async fn keep(conn: &mut Connection, before: &Path) -> sql::Result<Option<u64>> {
    let path = before.to_string_lossy().into_owned();
    sql::query("ATTACH DATABASE $1 AS before")
        .bind(path)
        .execute(&mut *conn)
        .await?;
    let kept = keep_within(conn).await;
    if kept.is_err() {
        // What went well of it is not wanted either; where nothing began this only says so.
        let _ = sql::execute(conn, "ROLLBACK").await;
    }
    sql::execute(conn, "DETACH DATABASE before").await?;
    kept
}

async fn keep_within(conn: &mut Connection) -> sql::Result<Option<u64>> {
    let follows: i64 = sql::query_scalar(FOLLOWS).fetch_one(&mut *conn).await?;
    if follows == 0 {
        return Ok(None);
    }
    let mut kept = 0;
    sql::execute(conn, "BEGIN IMMEDIATE").await?;
    for statement in STATEMENTS {
        kept += sql::query(statement).execute(&mut *conn).await?.rows_affected();
    }
    sql::execute(conn, "COMMIT").await?;
    Ok(Some(kept))
}

const FOLLOWS: &str =
    "SELECT COUNT(*) FROM main.lineage AS here JOIN before.lineage AS there ON there.database = here.database
    WHERE (SELECT COALESCE(MAX(seq), 0) FROM before.outbox) >= (SELECT COALESCE(MAX(seq), 0) FROM main.outbox)";

/// A page that is gone since is wanted back as it was, with all that belongs to it.
const STATEMENTS: [&str; 7] = [
    "DELETE FROM main.tokens WHERE id NOT IN (SELECT id FROM before.tokens)
        AND (page_id IS NULL OR page_id IN (SELECT id FROM before.pages))",
    "DELETE FROM main.links WHERE (page_id, id) NOT IN (SELECT page_id, id FROM before.links)
        AND page_id IN (SELECT id FROM before.pages)",
    "DELETE FROM main.token_keys WHERE (page_id, id, material) NOT IN (SELECT page_id, id, material FROM before.token_keys)
        AND page_id IN (SELECT id FROM before.pages)",
    "DELETE FROM main.audience_members
        WHERE (page_id, audience_id, address) NOT IN (SELECT page_id, audience_id, address FROM before.audience_members)
        AND page_id IN (SELECT id FROM before.pages)",
    "UPDATE main.audiences SET password_hash = there.password_hash, password_seq = there.password_seq, emails = there.emails,
        claims = there.claims, ranges = there.ranges
        FROM before.audiences AS there WHERE there.page_id = main.audiences.page_id AND there.id = main.audiences.id
        AND (there.password_seq, there.emails, there.claims, there.ranges)
            <> (main.audiences.password_seq, main.audiences.emails, main.audiences.claims, main.audiences.ranges)",
    "UPDATE main.audiences SET password_hash = NULL, emails = '[]', claims = '[]', ranges = '[]'
        WHERE (page_id, id) NOT IN (SELECT page_id, id FROM before.audiences) AND page_id IN (SELECT id FROM before.pages)",
    "UPDATE main.pages SET visibility = there.visibility FROM before.pages AS there
        WHERE there.id = main.pages.id AND there.visibility <> main.pages.visibility
        AND (main.pages.visibility = 'public' OR there.visibility = 'private')",
];
