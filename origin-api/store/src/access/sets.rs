//! Sets of audiences for which the regions have content.

use origin_engine::{
    rows::{json, of_json},
    sql::{self, Connection, Row},
    tx::Tx,
};
use page_model::{AudienceId, PageId, site::Visibility};

/// The one set that sees a page.
pub fn of_visibility(visibility: Visibility) -> AudienceId {
    match visibility {
        Visibility::Public => AudienceId::public(),
        Visibility::Private | Visibility::Layered | Visibility::Unknown => AudienceId::of_set(&[]),
    }
}

/// Those whose content is taken back from the regions.
pub fn former(row: &Row) -> sql::Result<Vec<AudienceId>> {
    of_json(row, "former_sets")
}

/// Of a page that is deleted, or never was.
pub async fn of_deleted(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudienceId>> {
    let query = sql::query("SELECT former_sets FROM deleted_pages WHERE page_id = $1").bind(page.as_str());
    query
        .fetch_optional(conn)
        .await?
        .as_ref()
        .map_or(Ok(Vec::new()), former)
}

/// A page is seen by another set than before.
pub async fn change(tx: &mut Tx<'_>, page: &PageId, from: &AudienceId, to: &AudienceId) -> sql::Result<()> {
    let query = sql::query("SELECT former_sets FROM pages WHERE id = $1").bind(page.as_str());
    let row = query.fetch_one(&mut *tx.conn).await?;
    let mut sets = former(&row)?;
    sets.push(from.clone());
    sets.retain(|set| set != to);
    sets.sort();
    sets.dedup();
    keep(tx, page, &sets).await
}

pub async fn keep(tx: &mut Tx<'_>, page: &PageId, sets: &[AudienceId]) -> sql::Result<()> {
    let query = sql::query("UPDATE pages SET former_sets = $2 WHERE id = $1");
    let query = query.bind(page.as_str()).bind(json(&sets));
    query.execute(&mut *tx.conn).await.map(|_| ())
}
