//! Incidents.

pub mod incident_components;
pub mod incident_templates;
pub mod incident_updates;

use origin_objects::{
    status_change::StatusChange,
    fault::Fault,
    incident::{Incident, IncidentContent, IncidentPatch, NewIncident},
    status_change::impact_of,
};
use origin_time::zone;
use page_model::{
    Id, PageId,
    status::{Impact, IncidentStatus},
};

use crate::{
    archive::{archive_months, permalinks},
    engine::{
        paging::{Listed, Window},
        random,
        rows::{Kept, id, moment, optional_moment, state},
        sql::{self, Columns as _, Connection, Row},
        tx::{Answer, Refusal, Tx},
    },
    pages,
    updates::{self, Kind, Parent},
};

/// How an incident stands before something is said of it.
pub struct Standing {
    pub id: Id,
    pub status: IncidentStatus,
    pub last_at_ms: i64,
    impact: Impact,
    impact_is_given: bool,
    started_at_ms: i64,
    month: String,
}

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewIncident) -> Result<Answer, Refusal> {
    let zone = pages::zone_of(tx.conn, page).await?;
    let at_ms = tx.moment(new.at)?;
    let month = zone::month(&zone, at_ms);
    let opening = opening(tx.conn, page, &new).await?;
    let incident = new.id.unwrap_or_else(random::id);
    insert(tx, page, &incident, &opening, at_ms, &month).await?;
    let update = new.update_id.unwrap_or_else(random::id);
    let parent = parent(page, &incident);
    updates::insert(tx, parent, &update, opening.status.as_str(), &opening.body, at_ms)
        .await
        .map_err(first_update_taken)?;
    incident_components::tell(tx, parent, &update, &opening.components, at_ms).await?;
    archive_months::mark(tx, page, &month).await?;
    permalinks::settle(tx, page, &incident).await?;
    let kept = existing(tx.conn, page, &incident).await?;
    Ok(Answer::created(
        &kept.object,
        tx.seq,
        format!("/v1/pages/{page}/incidents/{incident}"),
    ))
}

pub async fn change(tx: &mut Tx<'_>, page: &PageId, incident: &Id, patch: IncidentPatch) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, incident).await?;
    tx.expect_version(before.seq)?;
    let query = sql::query(
        "UPDATE incidents SET name = $3, impact = $4, impact_is_given = impact_is_given OR $5, seq = $6
         WHERE page_id = $1 AND id = $2 RETURNING month",
    );
    let query = query.bind(page.as_str()).bind(incident.as_str());
    let query = query.bind(patch.name.map_or(before.object.name, |name| name.into_string()));
    let query = query.bind(patch.impact.unwrap_or(before.object.impact).as_str());
    let row = query
        .bind(patch.impact.is_some())
        .bind(tx.seq)
        .fetch_one(&mut *tx.conn)
        .await?;
    archive_months::mark(tx, page, row.try_get("month")?).await?;
    let kept = existing(tx.conn, page, incident).await?;
    Ok(Answer::changed(&kept.object, tx.seq))
}

/// As if it had never been: what it said of components goes too.
pub async fn delete(tx: &mut Tx<'_>, page: &PageId, incident: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, incident).await?;
    tx.expect_version(before.seq)?;
    updates::delete_all(tx, parent(page, incident)).await?;
    let query = sql::query("DELETE FROM incidents WHERE page_id = $1 AND id = $2 RETURNING month");
    let row = query
        .bind(page.as_str())
        .bind(incident.as_str())
        .fetch_one(&mut *tx.conn)
        .await?;
    archive_months::settle(tx, page, row.try_get("month")?).await?;
    permalinks::settle(tx, page, incident).await?;
    Ok(Answer::done())
}

pub async fn read(conn: &mut Connection, page: &PageId, incident: &Id) -> sql::Result<Option<Kept<Incident>>> {
    let query = sql::query("SELECT * FROM incidents WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(incident.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    kept(conn, page, &row).await.map(Some)
}

/// Newest first.
pub async fn list(conn: &mut Connection, page: &PageId, window: Window) -> sql::Result<Listed<Incident>> {
    let query = sql::query(
        "SELECT * FROM incidents WHERE page_id = $1 AND (started_at_ms, ordinal) < ($2, $3)
         ORDER BY started_at_ms DESC, ordinal DESC LIMIT $4",
    );
    let (sort, ordinal) = window.descending();
    let query = query.bind(page.as_str()).bind(sort).bind(ordinal).bind(window.rows());
    let mut incidents = Vec::new();
    for row in query.fetch_all(&mut *conn).await? {
        incidents.push(kept(conn, page, &row).await?);
    }
    Ok(window.cut(incidents))
}

pub async fn standing(conn: &mut Connection, page: &PageId, incident: &Id) -> Result<Standing, Refusal> {
    let query = sql::query(
        "SELECT id, status, impact, impact_is_given, started_at_ms, month,
             (SELECT MAX(at_ms) FROM updates WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2)
             AS last_at_ms
         FROM incidents WHERE page_id = $1 AND id = $2",
    );
    let row = query
        .bind(page.as_str())
        .bind(incident.as_str())
        .fetch_optional(conn)
        .await?;
    let row = row.ok_or_else(|| absent(page, incident))?;
    Ok(Standing {
        id: id(&row, "id")?,
        status: state(&row, "status")?,
        last_at_ms: row.try_get("last_at_ms")?,
        impact: state(&row, "impact")?,
        impact_is_given: row.try_get("impact_is_given")?,
        started_at_ms: row.try_get("started_at_ms")?,
        month: row.try_get("month")?,
    })
}

/// Brings what follows from the updates up to date after one was added, moved or deleted.
pub async fn derive(tx: &mut Tx<'_>, page: &PageId, before: &Standing, told: &[StatusChange]) -> Result<(), Refusal> {
    let query = sql::query(DERIVE)
        .bind(page.as_str())
        .bind(before.id.as_str())
        .bind(tx.seq);
    let started_at_ms: i64 = query.fetch_one(&mut *tx.conn).await?.try_get("started_at_ms")?;
    let impact = before.impact.max(impact_of(told));
    if impact != before.impact && !before.impact_is_given {
        let query = sql::query("UPDATE incidents SET impact = $3 WHERE page_id = $1 AND id = $2");
        query
            .bind(page.as_str())
            .bind(before.id.as_str())
            .bind(impact.as_str())
            .execute(&mut *tx.conn)
            .await?;
    }
    if started_at_ms != before.started_at_ms {
        let month = zone::month(&pages::zone_of(tx.conn, page).await?, started_at_ms);
        let query = sql::query("UPDATE incidents SET month = $3 WHERE page_id = $1 AND id = $2");
        query
            .bind(page.as_str())
            .bind(before.id.as_str())
            .bind(&month)
            .execute(&mut *tx.conn)
            .await?;
        archive_months::settle(tx, page, &month).await?;
        archive_months::settle(tx, page, &before.month).await?;
        if month != before.month {
            permalinks::settle(tx, page, &before.id).await?;
        }
        return Ok(());
    }
    Ok(archive_months::mark(tx, page, &before.month).await?)
}

pub async fn expect(conn: &mut Connection, page: &PageId, incident: &Id) -> Result<(), Refusal> {
    let found = read(conn, page, incident).await?;
    found.map(|_| ()).ok_or_else(|| absent(page, incident).into())
}

pub fn parent<'a>(page: &'a PageId, incident: &'a Id) -> Parent<'a> {
    Parent {
        page,
        kind: Kind::Incident,
        id: incident,
    }
}

async fn opening(conn: &mut Connection, page: &PageId, new: &NewIncident) -> Result<IncidentContent, Refusal> {
    let Some(from) = &new.template else {
        return Ok(new.content(None)?);
    };
    let template = incident_templates::read(conn, page, &from.id).await?;
    let absent = || Fault::invalid("template.id", format!("the page has no incident template {}", from.id));
    let template = template.ok_or_else(absent)?;
    Ok(new.content(Some(&template.object))?)
}

async fn insert(
    tx: &mut Tx<'_>,
    page: &PageId,
    incident: &Id,
    new: &IncidentContent,
    at_ms: i64,
    month: &str,
) -> Result<(), Refusal> {
    let query = sql::query(
        "INSERT INTO incidents (page_id, id, name, status, impact, impact_is_given, started_at_ms,
             monitoring_at_ms, resolved_at_ms, month, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(page.as_str())
        .bind(incident.as_str())
        .bind(new.name.as_str())
        .bind(new.status.as_str());
    let query = query.bind(new.impact.unwrap_or_else(|| impact_of(&new.components)).as_str());
    let query = query
        .bind(new.impact.is_some())
        .bind(at_ms)
        .bind((new.status == IncidentStatus::Monitoring).then_some(at_ms))
        .bind(new.status.is_over().then_some(at_ms));
    if query
        .bind(month)
        .bind(tx.seq)
        .execute(&mut *tx.conn)
        .await?
        .rows_affected()
        > 0
    {
        return Ok(());
    }
    Err(Fault::taken("id", format!("the page has an incident {incident} already")).into())
}

async fn existing(conn: &mut Connection, page: &PageId, incident: &Id) -> Result<Kept<Incident>, Refusal> {
    read(conn, page, incident)
        .await?
        .ok_or_else(|| absent(page, incident).into())
}

async fn kept(conn: &mut Connection, page: &PageId, row: &Row) -> sql::Result<Kept<Incident>> {
    let incident: Id = id(row, "id")?;
    let incident = Incident {
        name: row.try_get("name")?,
        status: state(row, "status")?,
        impact: state(row, "impact")?,
        started_at: moment(row, "started_at_ms")?,
        resolved_at: optional_moment(row, "resolved_at_ms")?,
        components: incident_components::of(conn, page, &incident).await?,
        id: incident,
    };
    Kept::of(row, incident, row.try_get("started_at_ms")?)
}

fn absent(page: &PageId, incident: &Id) -> Fault {
    Fault::absent(format!("page {page} has no incident {incident}"))
}

/// In the request that creates an incident its first update's id has a name of its own.
pub fn first_update_taken(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Fault(fault) => Refusal::Fault(Box::new(fault.at("update_id"))),
        other => other,
    }
}

/// Resolved since the first word of the last stretch in which every update says that it is over.
const DERIVE: &str = "
    UPDATE incidents SET seq = $3,
        status = (SELECT status FROM updates WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2
                  ORDER BY at_ms DESC, ordinal DESC LIMIT 1),
        started_at_ms = (SELECT MIN(at_ms) FROM updates
                         WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2),
        monitoring_at_ms = (SELECT MIN(at_ms) FROM updates
                            WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2
                            AND status = 'monitoring'),
        resolved_at_ms = CASE
            WHEN (SELECT status FROM updates WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2
                  ORDER BY at_ms DESC, ordinal DESC LIMIT 1) IN ('resolved', 'postmortem')
            THEN (SELECT MIN(at_ms) FROM updates
                  WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2
                  AND status IN ('resolved', 'postmortem')
                  AND at_ms >= COALESCE((SELECT at_ms FROM updates
                                         WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2
                                         AND status NOT IN ('resolved', 'postmortem')
                                         ORDER BY at_ms DESC, ordinal DESC LIMIT 1), 0))
            END
    WHERE page_id = $1 AND id = $2 RETURNING started_at_ms";
