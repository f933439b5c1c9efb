//! Links that open a screen: each is exchanged for a session, which goes on for as long as the link counts.

use origin_engine::{
    rows::{id, of_json},
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::audiences::Audiences;
use page_model::{AudienceId, Id, PageId, capability};

#[derive(Debug)]
pub struct Kiosk {
    pub link: Id,
    pub name: String,
    /// Whom its screen shows the page as; nobody in particular, where the link is for all who are let in.
    pub audiences: Vec<Id>,
}

/// The one with that secret, if it counts at a moment.
pub async fn of_secret(conn: &mut Connection, page: &PageId, secret: &str, now_ms: u64) -> sql::Result<Option<Kiosk>> {
    if secret.len() != capability::SECRET_CHARS {
        return Ok(None);
    }
    let query = sql::query(
        "SELECT id, name, audiences FROM links WHERE page_id = $1 AND secret_hash = $2 AND formats = 'kiosk'
         AND (expires_at_ms IS NULL OR expires_at_ms > $3)",
    );
    let query = query.bind(page.as_str()).bind(capability::hash(secret).to_vec());
    let row = query.bind(milliseconds(now_ms)).fetch_optional(conn).await?;
    row.as_ref().map(kiosk).transpose()
}

pub async fn read(conn: &mut Connection, page: &PageId, link: &Id, now_ms: u64) -> sql::Result<Option<Kiosk>> {
    let query = sql::query(
        "SELECT id, name, audiences FROM links WHERE page_id = $1 AND id = $2 AND formats = 'kiosk'
         AND (expires_at_ms IS NULL OR expires_at_ms > $3)",
    );
    let query = query.bind(page.as_str()).bind(link.as_str());
    let row = query.bind(milliseconds(now_ms)).fetch_optional(conn).await?;
    row.as_ref().map(kiosk).transpose()
}

fn kiosk(row: &Row) -> sql::Result<Kiosk> {
    let audiences: Audiences = of_json(row, "audiences")?;
    let named = audiences.iter().filter(|audience| **audience != AudienceId::public());
    Ok(Kiosk {
        link: id(row, "id")?,
        name: row.try_get("name")?,
        audiences: named.filter_map(|audience| Id::parse(audience.as_str()).ok()).collect(),
    })
}

fn milliseconds(at: u64) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}
