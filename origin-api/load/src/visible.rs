//! All of a page that is for somebody, as far as who sees it goes.

use std::pin::Pin;

use origin_compose::visible::{ForWhom, Thing};
use origin_engine::{
    rows::{id, json, of_json, state},
    sql::{self, Columns as _, Connection},
};
use origin_store::access::sets;
use page_model::{AudienceId, PageId};

use crate::seen;

/// As JSON, in the hands of the writer: before a change and after it. `null` where there is no such page.
pub fn look<'c>(
    conn: &'c mut Connection,
    page: &'c PageId,
) -> Pin<Box<dyn Future<Output = sql::Result<String>> + Send + 'c>> {
    Box::pin(async move { Ok(json(&of_page(conn, page).await?)) })
}

async fn of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Option<ForWhom>> {
    let query = sql::query("SELECT visibility FROM pages WHERE id = $1").bind(page.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let visibility = state(&row, "visibility")?;
    let query = sql::query("SELECT id FROM audiences WHERE page_id = $1 ORDER BY ordinal").bind(page.as_str());
    let rows = query.fetch_all(&mut *conn).await?;
    let audiences: sql::Result<Vec<AudienceId>> = rows.iter().map(|row| id(row, "id")).collect();
    let several = sets::several(conn, page).await?.into_iter();
    let gone = seen::gone_components(conn, page).await?.into_iter();
    Ok(Some(ForWhom {
        visibility,
        audiences: audiences?,
        several: several.map(|(set, _)| set.audiences).collect(),
        groups: things(conn, page, GROUPS).await?,
        components: things(conn, page, COMPONENTS).await?,
        gone_components: gone.map(|gone| (gone.id, gone.audiences)).collect(),
        events: things(conn, page, EVENTS).await?,
        others: things(conn, page, OTHERS).await?,
    }))
}

async fn things(conn: &mut Connection, page: &PageId, sql: &'static str) -> sql::Result<Vec<Thing>> {
    let rows = sql::query(sql).bind(page.as_str()).fetch_all(conn).await?;
    let things = rows.iter().map(|row| {
        Ok(Thing {
            kind: row.try_get("kind")?,
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            audiences: of_json(row, "audiences")?,
            of: of_json(row, "parts")?,
        })
    });
    things.collect()
}

const GROUPS: &str = "
    SELECT 'group' AS kind, id, name, audiences, '[]' AS parts FROM component_groups WHERE page_id = $1";
const COMPONENTS: &str = "
    SELECT 'component' AS kind, id, name, audiences,
        CASE WHEN group_id IS NULL THEN '[]' ELSE json_array(group_id) END AS parts
    FROM components WHERE page_id = $1";
const EVENTS: &str = "
    SELECT 'incident' AS kind, e.id, e.name, e.audiences,
        (SELECT json_group_array(c.component_id) FROM incident_components c
         WHERE c.page_id = e.page_id AND c.incident_id = e.id) AS parts
    FROM incidents e WHERE e.page_id = $1
    UNION ALL
    SELECT 'maintenance', e.id, e.name, e.audiences,
        (SELECT json_group_array(c.component_id) FROM maintenance_components c
         WHERE c.page_id = e.page_id AND c.maintenance_id = e.id)
    FROM maintenances e WHERE e.page_id = $1";
const OTHERS: &str = "
    SELECT 'metric' AS kind, id, name, audiences, '[]' AS parts FROM metrics WHERE page_id = $1
    UNION ALL
    SELECT 'announcement', id, '', announcement_audiences, '[]' FROM pages WHERE id = $1 AND announcement IS NOT NULL";
