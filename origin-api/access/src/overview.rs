//! What a page has for its visitors, of what it may have.

use origin_engine::{
    audit,
    rows::{of_json, state},
    sql::{self, Columns as _, Connection},
};
use origin_objects::{
    access::{PageAccess, Room},
    address_range::PAGE_RANGES_MAX,
    audience::{PAGE_AUDIENCES_MAX, PAGE_PASSWORDS_MAX, PAGE_SETS_MAX},
    link::PAGE_LINKS_MAX,
    moment::Moment,
};
use page_model::{AudienceId, PageId};

/// `None` where there is no such page.
pub async fn of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Option<PageAccess>> {
    let Some(row) = sql::query(COUNTS)
        .bind(page.as_str())
        .fetch_optional(&mut *conn)
        .await?
    else {
        return Ok(None);
    };
    let sets: Vec<AudienceId> = of_json(&row, "sets")?;
    let room = |used: &str, max| {
        Ok::<_, sql::Error>(Room {
            used: row.try_get(used)?,
            max,
        })
    };
    Ok(Some(PageAccess {
        visibility: state(&row, "visibility")?,
        sets: Room {
            used: i64::try_from(sets.len()).unwrap_or(i64::MAX),
            max: PAGE_SETS_MAX,
        },
        audiences: room("audiences", PAGE_AUDIENCES_MAX)?,
        passwords: room("passwords", PAGE_PASSWORDS_MAX)?,
        ranges: room("ranges", PAGE_RANGES_MAX)?,
        links: room("links", PAGE_LINKS_MAX)?,
        sets_were_full_at: audit::sets_were_full_at(conn, page).await?.map(Moment),
    }))
}

const COUNTS: &str = "
    SELECT visibility, sets,
        (SELECT COUNT(*) FROM audiences WHERE page_id = $1) AS audiences,
        (SELECT COUNT(*) FROM audiences WHERE page_id = $1 AND password_hash IS NOT NULL) AS passwords,
        (SELECT COALESCE(SUM(json_array_length(ranges)), 0) FROM audiences WHERE page_id = $1) AS ranges,
        (SELECT COUNT(*) FROM links WHERE page_id = $1) AS links
    FROM pages WHERE id = $1";
