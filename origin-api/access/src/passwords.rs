//! What is known of the passwords of a page.

use origin_engine::{
    rows::id,
    sql::{self, Columns as _, Connection},
};
use page_model::{Id, PageId};

pub struct AudiencePassword {
    pub audience: Id,
    /// Argon2 in the PHC string format.
    pub hash: String,
    /// Which of the audience's passwords it is.
    pub seq: i64,
}

pub async fn of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudiencePassword>> {
    let query = sql::query(
        "SELECT id, password_hash, password_seq FROM audiences WHERE page_id = $1 AND password_hash IS NOT NULL
         ORDER BY ordinal",
    );
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let passwords = rows.iter().map(|row| {
        Ok(AudiencePassword {
            audience: id(row, "id")?,
            hash: row.try_get("password_hash")?,
            seq: row.try_get("password_seq")?,
        })
    });
    passwords.collect()
}

/// Whether that is still the audience's password.
pub async fn is_current(conn: &mut Connection, page: &PageId, audience: &Id, seq: i64) -> sql::Result<bool> {
    let query = sql::query(
        "SELECT id FROM audiences WHERE page_id = $1 AND id = $2 AND password_seq = $3 AND password_hash IS NOT NULL",
    );
    let query = query.bind(page.as_str()).bind(audience.as_str()).bind(seq);
    Ok(query.fetch_optional(conn).await?.is_some())
}
