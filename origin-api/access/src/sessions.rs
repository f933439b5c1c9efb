//! Who was let in, as it stands in the database of sign-ins.

use origin_engine::{
    paging::{Listed, Window},
    rows::{Versioned, json, moment, state},
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::{
    session::{SessionId, SessionWay, VisitorSession},
    string_enum::StringEnum,
};
use page_model::{Host, PageId};

use crate::ended::{Ended, Over, id};

/// What is kept of a session that was made or renewed.
#[derive(Debug)]
pub struct Made {
    pub id: SessionId,
    pub page: PageId,
    pub host: Host,
    pub way: SessionWay,
    pub person: Option<String>,
    pub epoch: u64,
    pub began_ms: u64,
    pub renewed_ms: u64,
    pub expires_ms: u64,
}

/// Those that count.
pub struct Counting<'a> {
    pub page: &'a PageId,
    pub over: &'a Over,
    pub now_ms: i64,
    /// Of this person alone.
    pub person: Option<&'a str>,
}

/// Also forgets what counts no longer.
pub async fn keep(conn: &mut Connection, made: Made) -> sql::Result<()> {
    let gone = sql::query("DELETE FROM sessions WHERE expires_ms <= $1").bind(milliseconds(made.renewed_ms));
    gone.execute(&mut *conn).await?;
    let query = sql::query(
        "INSERT INTO sessions (id, page_id, host, way, person, epoch, began_ms, renewed_ms, expires_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET renewed_ms = excluded.renewed_ms, epoch = excluded.epoch",
    );
    let query = query
        .bind(made.id.0.to_vec())
        .bind(made.page.as_str())
        .bind(made.host.as_str())
        .bind(made.way.as_str())
        .bind(made.person)
        .bind(milliseconds(made.epoch))
        .bind(milliseconds(made.began_ms))
        .bind(milliseconds(made.renewed_ms))
        .bind(milliseconds(made.expires_ms));
    query.execute(&mut *conn).await?;
    let query = sql::query(
        "DELETE FROM sessions WHERE page_id = $1 AND number <= (
             SELECT number FROM sessions WHERE page_id = $1 ORDER BY number DESC LIMIT 1 OFFSET $2)",
    );
    let query = query.bind(made.page.as_str()).bind(LISTED_MAX);
    query.execute(conn).await.map(|_| ())
}

/// The newest first.
pub async fn list(
    conn: &mut Connection,
    counting: &Counting<'_>,
    window: Window,
) -> sql::Result<Listed<VisitorSession>> {
    let (_, number) = window.descending();
    let ended: Vec<String> = counting.over.ended.iter().map(SessionId::to_string).collect();
    let query = sql::query(
        "SELECT * FROM sessions WHERE page_id = $1 AND epoch >= $2 AND expires_ms > $3 AND number < $4
         AND ($5 IS NULL OR person = $5) AND lower(hex(id)) NOT IN (SELECT value FROM json_each($6))
         ORDER BY number DESC LIMIT $7",
    );
    let query = query
        .bind(counting.page.as_str())
        .bind(counting.over.epoch)
        .bind(counting.now_ms)
        .bind(number)
        .bind(counting.person)
        .bind(json(&ended))
        .bind(window.rows());
    let rows = query.fetch_all(conn).await?;
    Ok(window.cut(rows.iter().map(session).collect::<sql::Result<_>>()?))
}

/// What is told of one that is to be ended, if it counts.
pub async fn one(conn: &mut Connection, counting: &Counting<'_>, id: SessionId) -> sql::Result<Option<Ended>> {
    if counting.over.ended.contains(&id) {
        return Ok(None);
    }
    let query = sql::query_scalar(
        "SELECT expires_ms FROM sessions WHERE id = $1 AND page_id = $2 AND epoch >= $3 AND expires_ms > $4",
    );
    let query = query
        .bind(id.0.to_vec())
        .bind(counting.page.as_str())
        .bind(counting.over.epoch)
        .bind(counting.now_ms);
    let found: Option<i64> = query.fetch_optional(conn).await?;
    Ok(found.map(|expires_ms| Ended { id, expires_ms }))
}

/// All that count of a person.
pub async fn of_person(conn: &mut Connection, counting: &Counting<'_>) -> sql::Result<Vec<Ended>> {
    let all = Window {
        after: None,
        limit: LISTED_MAX,
    };
    let sessions = list(conn, counting, all).await?.items.into_iter();
    let ended = sessions.map(|session| Ended {
        id: session.id,
        expires_ms: session.expires_at.0,
    });
    Ok(ended.collect())
}

fn session(row: &Row) -> sql::Result<Versioned<VisitorSession>> {
    let number = row.try_get("number")?;
    let session = VisitorSession {
        id: id(row)?,
        way: state(row, "way")?,
        person: row.try_get("person")?,
        host: row.try_get("host")?,
        began_at: moment(row, "began_ms")?,
        renewed_at: moment(row, "renewed_ms")?,
        expires_at: moment(row, "expires_ms")?,
    };
    Ok(Versioned {
        object: session,
        version: number,
        sort: 0,
        ordinal: number,
    })
}

fn milliseconds(at: u64) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// Of one page; when more people are let in, those who came first are not listed any longer, and stay in.
const LISTED_MAX: i64 = 50_000;
