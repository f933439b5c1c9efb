//! All of a page that is for somebody, as far as who sees it goes.

use std::pin::Pin;

use origin_access::sets;
use origin_compose::{
    seen::of_component,
    visible::{ForWhom, Thing},
};
use origin_engine::{
    rows::{id, json, of_json, state},
    sql::{self, Columns as _, Connection},
    tx::Watch,
};
use page_model::{AudienceId, Id, PageId};

use crate::seen;

/// As JSON, in the hands of the writer: before a change and after it. `null` where there is no such page.
pub fn look<'c>(
    conn: &'c mut Connection,
    watch: &'c Watch,
) -> Pin<Box<dyn Future<Output = sql::Result<String>> + Send + 'c>> {
    Box::pin(async move { Ok(json(&of_page(conn, &watch.page, watch.update.as_ref()).await?)) })
}

async fn of_page(conn: &mut Connection, page: &PageId, update: Option<&Id>) -> sql::Result<Option<ForWhom>> {
    let query = sql::query("SELECT visibility FROM pages WHERE id = $1").bind(page.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let visibility = state(&row, "visibility")?;
    let query = sql::query("SELECT id FROM audiences WHERE page_id = $1 ORDER BY ordinal").bind(page.as_str());
    let rows = query.fetch_all(&mut *conn).await?;
    let audiences: sql::Result<Vec<AudienceId>> = rows.iter().map(|row| id(row, "id")).collect();
    let several = sets::several(conn, page).await?.into_iter();
    let mut events = things(conn, page, EVENTS).await?;
    events.extend(updates(conn, page, update).await?);
    let gone = seen::gone_components(conn, page).await?.into_iter();
    Ok(Some(ForWhom {
        visibility,
        audiences: audiences?,
        several: several.map(|(set, _)| set.audiences).collect(),
        groups: things(conn, page, GROUPS).await?,
        components: things(conn, page, COMPONENTS).await?,
        gone_components: gone.map(|gone| (gone.id, gone.audiences)).collect(),
        events,
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

/// Updates that are not for all who see their event, and the one that is changed.
async fn updates(conn: &mut Connection, page: &PageId, changed: Option<&Id>) -> sql::Result<Vec<Thing>> {
    let query = sql::query(UPDATES).bind(page.as_str()).bind(changed.map(Id::as_str));
    let rows = query.fetch_all(conn).await?;
    let things = rows.iter().map(|row| {
        Ok(Thing {
            kind: row.try_get("kind")?,
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            audiences: of_component(&of_json(row, "audiences")?, &of_json(row, "event_audiences")?),
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
/// `$2` is the one that is changed.
const UPDATES: &str = "
    SELECT 'incident update' AS kind, u.id, substr(u.body, 1, 60) AS name, u.audiences, e.audiences AS event_audiences,
        (SELECT json_group_array(c.component_id) FROM incident_components c
         WHERE c.page_id = e.page_id AND c.incident_id = e.id) AS parts
    FROM updates u JOIN incidents e ON e.page_id = u.page_id AND e.id = u.parent_id
    WHERE u.page_id = $1 AND u.parent_kind = 'incident'
    AND u.id IN (SELECT id FROM updates WHERE page_id = $1 AND audiences <> '[\"public\"]' UNION SELECT $2)
    UNION ALL
    SELECT 'maintenance update', u.id, substr(u.body, 1, 60), u.audiences, e.audiences,
        (SELECT json_group_array(c.component_id) FROM maintenance_components c
         WHERE c.page_id = e.page_id AND c.maintenance_id = e.id)
    FROM updates u JOIN maintenances e ON e.page_id = u.page_id AND e.id = u.parent_id
    WHERE u.page_id = $1 AND u.parent_kind = 'maintenance'
    AND u.id IN (SELECT id FROM updates WHERE page_id = $1 AND audiences <> '[\"public\"]' UNION SELECT $2)";
const OTHERS: &str = "
    SELECT 'metric' AS kind, id, name, audiences, '[]' AS parts FROM metrics WHERE page_id = $1
    UNION ALL
    SELECT 'announcement', id, '', announcement_audiences, '[]' FROM pages WHERE id = $1 AND announcement IS NOT NULL";
