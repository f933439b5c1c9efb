//! A page's announcement: a text above everything else.

use origin_engine::{
    applied::Applied,
    scope::expect_page,
    sql::{self, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{
    announcement::{Announcement, NewAnnouncement},
    fault::Fault,
};
use page_model::PageId;

pub async fn put(tx: &mut Tx<'_>, page: &PageId, new: NewAnnouncement) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let before = read(tx.conn, page).await?;
    tx.expect_known(before.as_ref())?;
    let query = sql::query("UPDATE pages SET announcement = $2, announcement_html = $3, seq = $4 WHERE id = $1");
    let query = query.bind(page.as_str()).bind(&new.body.text).bind(new.body.html);
    query.bind(tx.seq).execute(&mut *tx.conn).await?;
    let announcement = Announcement { body: new.body.text };
    Ok(Applied::changed_to(&announcement))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let Some(before) = read(tx.conn, page).await? else {
        return Err(Fault::absent(format!("page {page} has no announcement")).into());
    };
    tx.expect_known(Some(&before))?;
    let query = sql::query("UPDATE pages SET announcement = NULL, announcement_html = NULL, seq = $2 WHERE id = $1");
    let query = query.bind(page.as_str()).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(Applied::deleted())
}

pub async fn read(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Announcement>> {
    let query = sql::query_scalar("SELECT announcement FROM pages WHERE id = $1 AND announcement IS NOT NULL");
    let body: Option<String> = query.bind(page.as_str()).fetch_optional(conn).await?;
    Ok(body.map(|body| Announcement { body }))
}
