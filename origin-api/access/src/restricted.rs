//! Whether who looks makes a difference.

use origin_engine::sql::{self, Connection};
use page_model::PageId;

/// Whether anything of a page is not for everybody.
pub async fn is_restricted(conn: &mut Connection, page: &PageId) -> sql::Result<bool> {
    sql::query_scalar(IS_RESTRICTED)
        .bind(page.as_str())
        .fetch_one(conn)
        .await
}

pub const IS_RESTRICTED: &str = "
    SELECT EXISTS (SELECT 1 FROM audience_uses WHERE page_id = $1)
        OR EXISTS (SELECT 1 FROM gone_components WHERE page_id = $1) AS is_restricted";
