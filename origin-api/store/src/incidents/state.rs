//! The state of an incident, which follows from its updates.

use origin_objects::{status_change::StatusChange, status_change::impact_of};
use origin_time::zone;
use page_model::{
    Id, PageId,
    status::{Impact, IncidentStatus},
};

use crate::{
    archive::{archive_months, permalinks},
    engine::{
        rows::{id, state},
        sql::{self, Columns as _, Connection},
        tx::{Refusal, Tx},
    },
    pages::lookup,
};

/// An incident before an update comes, changes or goes.
pub struct IncidentState {
    pub id: Id,
    pub status: IncidentStatus,
    pub last_at_ms: i64,
    impact: Impact,
    impact_is_given: bool,
    started_at_ms: i64,
    month: String,
}

/// The state of an incident that exists.
pub async fn state_of(conn: &mut Connection, page: &PageId, incident: &Id) -> Result<IncidentState, Refusal> {
    let query = sql::query(
        "SELECT id, status, impact, impact_is_given, started_at_ms, month,
             (SELECT MAX(at_ms) FROM updates WHERE page_id = $1 AND parent_kind = 'incident' AND parent_id = $2)
             AS last_at_ms
         FROM incidents WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(page.as_str()).bind(incident.as_str());
    let row = query.fetch_one(conn).await?;
    Ok(IncidentState {
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
pub async fn derive(
    tx: &mut Tx<'_>,
    page: &PageId,
    before: &IncidentState,
    changes: &[StatusChange],
) -> Result<(), Refusal> {
    let query = sql::query(DERIVE)
        .bind(page.as_str())
        .bind(before.id.as_str())
        .bind(tx.seq);
    let started_at_ms: i64 = query.fetch_one(&mut *tx.conn).await?.try_get("started_at_ms")?;
    let impact = before.impact.max(impact_of(changes));
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
        let month = zone::month(&lookup::zone_of(tx.conn, page).await?, started_at_ms);
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

/// Resolved since the first update of the last stretch in which every update has a status that is over.
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
