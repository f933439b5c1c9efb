//! A page's announcement is part of the page: its ETag is the page's.

use origin_objects::{
    announcement::{Announcement, NewAnnouncement},
    fault::Fault,
};
use page_model::PageId;

use crate::{
    engine::{
        applied::Applied,
        rows::Versioned,
        sql::{self, Columns as _, Connection},
        tx::{Refusal, Tx},
    },
    pages::lookup,
};

pub async fn put(tx: &mut Tx<'_>, page: &PageId, new: NewAnnouncement) -> Result<Applied, Refusal> {
    let before = lookup::version(tx.conn, page).await?;
    tx.expect_version(before)?;
    let query = sql::query("UPDATE pages SET announcement = $2, announcement_html = $3, seq = $4 WHERE id = $1");
    let query = query.bind(page.as_str()).bind(&new.body.text).bind(new.body.html);
    query.bind(tx.seq).execute(&mut *tx.conn).await?;
    let announcement = Announcement { body: new.body.text };
    Ok(Applied::changed_to(&announcement, tx.seq))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
    let before = lookup::version(tx.conn, page).await?;
    tx.expect_version(before)?;
    let query = sql::query(
        "UPDATE pages SET announcement = NULL, announcement_html = NULL, seq = $2
         WHERE id = $1 AND announcement IS NOT NULL",
    );
    let query = query.bind(page.as_str()).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::absent(format!("page {page} has no announcement")).into());
    }
    Ok(Applied::deleted())
}

pub async fn read(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Versioned<Announcement>>> {
    let query = sql::query("SELECT * FROM pages WHERE id = $1 AND announcement IS NOT NULL");
    let Some(row) = query.bind(page.as_str()).fetch_optional(conn).await? else {
        return Ok(None);
    };
    let announcement = Announcement {
        body: row.try_get("announcement")?,
    };
    Versioned::of(&row, announcement, 0).map(Some)
}
