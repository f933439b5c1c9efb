//! By what a provider says of its visitors the audiences of a page are known.

use origin_engine::{
    rows::{id, of_json},
    sql::{self, Connection},
};
use origin_objects::provider::ClaimRule;
use page_model::{Id, PageId};

/// Each audience that has such rules.
pub async fn of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<(Id, Vec<ClaimRule>)>> {
    let query = sql::query("SELECT id, claims FROM audiences WHERE page_id = $1 AND claims <> '[]' ORDER BY ordinal");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let rules = rows.iter().map(|row| Ok((id(row, "id")?, of_json(row, "claims")?)));
    rules.collect()
}

/// Ids and names of all audiences.
pub async fn names(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<(Id, String)>> {
    use sql::Columns as _;
    let query = sql::query("SELECT id, name FROM audiences WHERE page_id = $1 ORDER BY ordinal");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let names = rows.iter().map(|row| Ok((id(row, "id")?, row.try_get("name")?)));
    names.collect()
}
