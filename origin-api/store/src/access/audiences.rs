//! Whom objects of a page are for, and what follows where that changes. Who sees what is decided when a page is composed.

use origin_access::restricted;
use origin_compose::seen;
use origin_engine::{
    rows::{json, of_json},
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{audiences::Audiences, fault::Fault};
use page_model::{AudienceId, Id, PageId};

use crate::{
    archive::{archive_months, permalinks},
    components::words,
};

pub async fn exists(conn: &mut Connection, page: &PageId, audience: &Id) -> sql::Result<bool> {
    is_there(conn, page, audience.as_str()).await
}

async fn is_there(conn: &mut Connection, page: &PageId, audience: &str) -> sql::Result<bool> {
    let query = sql::query("SELECT id FROM audiences WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(audience);
    Ok(query.fetch_optional(conn).await?.is_some())
}

/// The page has the audiences that an object names.
pub async fn expect(conn: &mut Connection, page: &PageId, audiences: &Audiences) -> Result<(), Refusal> {
    for audience in audiences.iter().filter(|one| **one != AudienceId::public()) {
        if !is_there(conn, page, audience.as_str()).await? {
            let detail = format!("the page has no audience {audience}");
            return Err(Fault::invalid("audiences", detail).into());
        }
    }
    Ok(())
}

/// What an object is for after a change, as JSON.
pub async fn patched(
    tx: &mut Tx<'_>,
    page: &PageId,
    before: &Audiences,
    patch: Option<&Audiences>,
) -> Result<String, Refusal> {
    let Some(audiences) = patch.filter(|patch| *patch != before) else {
        return Ok(json(before));
    };
    expect(tx.conn, page, audiences).await?;
    Ok(json(audiences))
}

/// Others see an event or a component than before: months come, change and go for them, and so do permanent links.
pub async fn mark_seen(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    archive_months::mark_all(tx, page).await?;
    permalinks::mark_all(tx, page).await
}

/// An event is about other components, or touches other months. Where all is for everybody nobody else sees it for that.
pub async fn mark_event(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    match restricted::is_restricted(tx.conn, page).await? {
        true => mark_seen(tx, page).await,
        false => Ok(()),
    }
}

/// Who sees a component, its group counted in, or saw it when it went.
pub async fn of_component(conn: &mut Connection, page: &PageId, component: &Id) -> sql::Result<Audiences> {
    let query = sql::query(
        "SELECT c.audiences, COALESCE(g.audiences, '[\"public\"]') AS group_audiences FROM components c
         LEFT JOIN component_groups g ON g.page_id = c.page_id AND g.id = c.group_id
         WHERE c.page_id = $1 AND c.id = $2
         UNION ALL
         SELECT audiences, '[\"public\"]' FROM gone_components WHERE page_id = $1 AND id = $2 LIMIT 1",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    let Some(row) = query.fetch_optional(conn).await? else {
        return Ok(Audiences::default());
    };
    Ok(seen::of_component(
        &of_json(&row, "audiences")?,
        &of_json(&row, "group_audiences")?,
    ))
}

/// Who sees an event, by whom it is for and what it is about.
pub async fn of_event(
    conn: &mut Connection,
    page: &PageId,
    event: &Audiences,
    components: &[Id],
) -> sql::Result<Audiences> {
    let mut of_components = Vec::with_capacity(components.len());
    for component in components {
        of_components.push(of_component(conn, page, component).await?);
    }
    Ok(seen::of_event(event, &of_components))
}

/// A component comes. Answers who sees events name it already.
pub async fn take_up(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<Audiences> {
    let query = sql::query("DELETE FROM gone_components WHERE page_id = $1 AND id = $2 RETURNING audiences");
    let query = query.bind(page.as_str()).bind(component.as_str());
    let row = query.fetch_optional(&mut *tx.conn).await?;
    row.map_or(Ok(Audiences::default()), |row| of_json(&row, "audiences"))
}

/// A component goes. Events go on naming it to those who saw it.
pub async fn remember(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<()> {
    let audiences = of_component(tx.conn, page, component).await?;
    if audiences.is_public() {
        return Ok(());
    }
    let query = sql::query("INSERT INTO gone_components (page_id, id, audiences) VALUES ($1, $2, $3)");
    let query = query.bind(page.as_str()).bind(component.as_str());
    query.bind(json(&audiences)).execute(&mut *tx.conn).await.map(|_| ())
}

/// A component came, or it or its group is for others than before.
pub async fn settle_component(tx: &mut Tx<'_>, page: &PageId, component: &Id, before: &Audiences) -> sql::Result<()> {
    let now = of_component(tx.conn, page, component).await?;
    if now == *before {
        return Ok(());
    }
    mark_seen(tx, page).await?;
    match seen::opens(before, &now) {
        true => name_anew(tx, page, component).await,
        false => Ok(()),
    }
}

/// Names that a component was told with before were not for those who see it only now, so that events name it to everybody as it
/// is called now.
pub async fn name_anew(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<()> {
    let name = words::name_of(tx.conn, page, component).await?.unwrap_or_default();
    for sql in NAME_ANEW {
        let query = sql::query(sql).bind(page.as_str()).bind(component.as_str());
        query.bind(&name).execute(&mut *tx.conn).await?;
    }
    Ok(())
}

/// A component is for those who see it, whatever becomes of its group.
pub async fn give(tx: &mut Tx<'_>, page: &PageId, component: &Id, audiences: &Audiences) -> sql::Result<()> {
    let query = sql::query("UPDATE components SET audiences = $3 WHERE page_id = $1 AND id = $2 AND audiences <> $3");
    let query = query.bind(page.as_str()).bind(component.as_str());
    query.bind(json(audiences)).execute(&mut *tx.conn).await.map(|_| ())
}

/// A component leaves what is planned. What was about it alone stays with those who saw that, as it names nothing any longer
/// by which others would not.
pub async fn keep_narrow(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<()> {
    let seen = of_component(tx.conn, page, component).await?;
    if seen.is_public() {
        return Ok(());
    }
    for (about_it_alone, narrow) in PLANNED {
        let query = sql::query(about_it_alone).bind(page.as_str()).bind(component.as_str());
        for row in query.fetch_all(&mut *tx.conn).await? {
            let audiences = seen::of_component(&of_json(&row, "audiences")?, &seen);
            let query = sql::query(narrow).bind(page.as_str());
            let query = query.bind(row.try_get::<&str, _>("id")?).bind(json(&audiences));
            query.execute(&mut *tx.conn).await?;
        }
    }
    Ok(())
}

/// An audience goes that no object names, but for those of which nothing is left but their names.
pub async fn forget(tx: &mut Tx<'_>, page: &PageId, audience: &Id) -> sql::Result<()> {
    for sql in FORGET {
        let query = sql::query(sql).bind(page.as_str()).bind(audience.as_str());
        query.execute(&mut *tx.conn).await?;
    }
    Ok(())
}

/// The objects that name an audience, as somebody would call them; at most one more than are told.
pub async fn uses(conn: &mut Connection, page: &PageId, audience: &Id) -> sql::Result<Vec<String>> {
    let query = sql::query(
        "SELECT kind, object_id FROM audience_uses
         WHERE page_id = $1 AND audience_id = $2 AND kind <> 'cancelled maintenance' ORDER BY kind, object_id LIMIT $3",
    );
    let query = query
        .bind(page.as_str())
        .bind(audience.as_str())
        .bind(USES_TOLD_MAX + 1);
    let rows = query.fetch_all(conn).await?;
    let uses = rows.iter().map(|row| {
        let (kind, object): (&str, &str) = (row.try_get("kind")?, row.try_get("object_id")?);
        Ok(match kind {
            "announcement" => "the announcement".to_owned(),
            _ => format!("{kind} {object}"),
        })
    });
    uses.collect()
}

/// Why an audience cannot go.
pub fn in_use(mut uses: Vec<String>) -> Fault {
    if uses.len() as i64 > USES_TOLD_MAX {
        uses.truncate(USES_TOLD_MAX as usize);
        uses.push("others".into());
    }
    let detail = format!(
        "this audience is named by {}; take it out of there first",
        uses.join(", ")
    );
    Fault::conflict(detail)
}

/// `$3` is the name.
const NAME_ANEW: [&str; 4] = [
    "UPDATE reported_statuses SET component_name = $3 WHERE page_id = $1 AND component_id = $2 AND update_id IN (
         SELECT u.id FROM incident_components c
         JOIN updates u ON u.page_id = c.page_id AND u.parent_kind = 'incident' AND u.parent_id = c.incident_id
         WHERE c.page_id = $1 AND c.component_id = $2)",
    "UPDATE reported_statuses SET component_name = $3 WHERE page_id = $1 AND component_id = $2 AND update_id IN (
         SELECT u.id FROM maintenance_components c
         JOIN updates u ON u.page_id = c.page_id AND u.parent_kind = 'maintenance' AND u.parent_id = c.maintenance_id
         WHERE c.page_id = $1 AND c.component_id = $2)",
    "UPDATE incident_components SET component_name = $3 WHERE page_id = $1 AND component_id = $2",
    "UPDATE maintenance_components SET component_name = $3 WHERE page_id = $1 AND component_id = $2",
];
const PLANNED: [(&str, &str); 2] = [
    (
        "SELECT m.id, m.audiences FROM maintenance_components c
         JOIN maintenances m ON m.page_id = c.page_id AND m.id = c.maintenance_id
         WHERE c.page_id = $1 AND c.component_id = $2 AND m.status = 'scheduled' AND m.began_at_ms IS NULL
         AND NOT EXISTS (SELECT 1 FROM maintenance_components o
                         WHERE o.page_id = $1 AND o.maintenance_id = m.id AND o.component_id <> $2)",
        "UPDATE maintenances SET audiences = $3 WHERE page_id = $1 AND id = $2",
    ),
    (
        "SELECT m.id, m.audiences FROM maintenance_series_components c
         JOIN maintenance_series m ON m.page_id = c.page_id AND m.id = c.series_id
         WHERE c.page_id = $1 AND c.component_id = $2
         AND NOT EXISTS (SELECT 1 FROM maintenance_series_components o
                         WHERE o.page_id = $1 AND o.series_id = m.id AND o.component_id <> $2)",
        "UPDATE maintenance_series SET audiences = $3 WHERE page_id = $1 AND id = $2",
    ),
];
const FORGET: [&str; 2] = [
    "UPDATE gone_components
     SET audiences = (SELECT json_group_array(value) FROM json_each(audiences) WHERE value <> $2)
     WHERE page_id = $1",
    "UPDATE cancelled_maintenances
     SET audiences = (SELECT json_group_array(value) FROM json_each(audiences) WHERE value <> $2)
     WHERE page_id = $1",
];
/// Objects that a refusal names.
const USES_TOLD_MAX: i64 = 10;
