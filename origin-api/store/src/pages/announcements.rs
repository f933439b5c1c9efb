//! A page's announcement: a text above everything else.

use origin_engine::{
    applied::Applied,
    rows::{json, of_json},
    scope::expect_page,
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{
    announcement::{Announcement, NewAnnouncement},
    audiences::Audiences,
    fault::Fault,
};
use page_model::PageId;

use crate::access::audiences;

pub async fn put(tx: &mut Tx<'_>, page: &PageId, new: NewAnnouncement) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let before = read(tx.conn, page).await?;
    tx.expect_known(before.as_ref())?;
    let audiences = new
        .audiences
        .or(before.map(|before| before.audiences))
        .unwrap_or_default();
    audiences::expect(tx.conn, page, &audiences).await?;
    let query = sql::query(
        "UPDATE pages SET announcement = $2, announcement_html = $3, announcement_audiences = $4, seq = $5 WHERE id = $1",
    );
    let query = query.bind(page.as_str()).bind(&new.body.text).bind(new.body.html);
    let query = query.bind(json(&audiences)).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    let announcement = Announcement {
        body: new.body.text,
        audiences,
    };
    Ok(Applied::changed_to(&announcement))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let Some(before) = read(tx.conn, page).await? else {
        return Err(Fault::absent(format!("page {page} has no announcement")).into());
    };
    tx.expect_known(Some(&before))?;
    let query = sql::query(
        "UPDATE pages SET announcement = NULL, announcement_html = NULL, announcement_audiences = $2, seq = $3
         WHERE id = $1",
    );
    let query = query.bind(page.as_str()).bind(json(&Audiences::default())).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(Applied::deleted())
}

pub async fn read(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Announcement>> {
    let query =
        sql::query("SELECT announcement, announcement_audiences FROM pages WHERE id = $1 AND announcement IS NOT NULL");
    let row = query.bind(page.as_str()).fetch_optional(conn).await?;
    let announcement = row.map(|row| {
        Ok(Announcement {
            body: row.try_get("announcement")?,
            audiences: of_json(&row, "announcement_audiences")?,
        })
    });
    announcement.transpose()
}
