//! Components and groups stand in one order.

use origin_engine::sql::{self, Connection};
use page_model::PageId;

/// Behind all groups and components of the page.
pub async fn next(conn: &mut Connection, page: &PageId) -> sql::Result<i32> {
    let query = sql::query_as(
        "SELECT (SELECT MAX(position) FROM components WHERE page_id = $1),
                (SELECT MAX(position) FROM component_groups WHERE page_id = $1)",
    );
    let (components, groups): (Option<i32>, Option<i32>) = query.bind(page.as_str()).fetch_one(conn).await?;
    Ok(components.max(groups).map_or(1, |last| last.saturating_add(1)))
}
