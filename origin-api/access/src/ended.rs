//! Sessions of a page that its publisher ended one by one.

use origin_engine::{
    applied::Applied,
    scope::expect_page,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{fault::Fault, session::SessionId};
use page_model::{PageId, limits::ENDED_SESSIONS_MAX};

use crate::revision;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    pub id: SessionId,
    pub expires_ms: i64,
}

/// The regions are told of each. When these are more than a record has room for, every session is looked at again instead.
pub async fn end(tx: &mut Tx<'_>, page: &PageId, ended: &[Ended]) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    if ended.is_empty() {
        return Err(Fault::absent("there is no such session").into());
    }
    for one in ended {
        let query = sql::query(
            "INSERT INTO ended_sessions (page_id, id, revision, expires_ms)
             SELECT id, $2, access_revision, $3 FROM pages WHERE id = $1 ON CONFLICT DO NOTHING",
        );
        let query = query.bind(page.as_str()).bind(one.id.0.to_vec()).bind(one.expires_ms);
        query.execute(&mut *tx.conn).await?;
    }
    if told(tx.conn, page, tx.now_ms).await?.len() > ENDED_SESSIONS_MAX {
        revision::raise(tx, page).await?;
    }
    Ok(Applied::deleted())
}

/// Those that regions have to know.
pub async fn told(conn: &mut Connection, page: &PageId, now_ms: i64) -> sql::Result<Vec<SessionId>> {
    let query = sql::query(
        "SELECT e.id FROM ended_sessions e JOIN pages p ON p.id = e.page_id AND p.access_revision = e.revision
         WHERE e.page_id = $1 AND e.expires_ms > $2 ORDER BY e.id",
    );
    let rows = query.bind(page.as_str()).bind(now_ms).fetch_all(conn).await?;
    rows.iter().map(id).collect()
}

/// Those that count at no page: of an epoch before, or in the list.
pub struct Over {
    pub epoch: i64,
    pub ended: Vec<SessionId>,
}

pub async fn over(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Over>> {
    let query = sql::query_scalar("SELECT access_epoch FROM pages WHERE id = $1").bind(page.as_str());
    let Some(epoch) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let query = sql::query("SELECT id FROM ended_sessions WHERE page_id = $1 ORDER BY id");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let ended = rows.iter().map(id).collect::<sql::Result<_>>()?;
    Ok(Some(Over { epoch, ended }))
}

pub async fn contains(conn: &mut Connection, page: &PageId, id: &[u8]) -> sql::Result<bool> {
    let query = sql::query("SELECT 1 FROM ended_sessions WHERE page_id = $1 AND id = $2");
    let row = query.bind(page.as_str()).bind(id).fetch_optional(conn).await?;
    Ok(row.is_some())
}

pub(crate) fn id(row: &Row) -> sql::Result<SessionId> {
    let bytes: Vec<u8> = row.try_get("id")?;
    let bytes = bytes.try_into();
    bytes
        .map(SessionId)
        .map_err(|_| sql::unreadable("an id of a session has 16 bytes"))
}
