//! The state of an incident, which follows from its updates.

use origin_compose::timeline::Timeline;
use origin_engine::{
    rows::state,
    scope::Parent,
    sql::{self, Columns as _},
    tx::{Refusal, Tx},
};
use page_model::status::{Impact, IncidentStatus};

use crate::{archive::filing, incidents::components, timelines};

/// Brings all that follows from the updates up to date, after one was added, corrected or deleted.
pub async fn settle(
    tx: &mut Tx<'_>,
    incident: Parent<'_>,
    before: &Timeline<IncidentStatus>,
    after: &Timeline<IncidentStatus>,
) -> Result<(), Refusal> {
    timelines::keep_statuses(tx, incident, before, after).await?;
    let query = sql::query("SELECT impact, impact_is_given FROM incidents WHERE page_id = $1 AND id = $2");
    let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
    let row = query.fetch_one(&mut *tx.conn).await?;
    let query = sql::query(
        "UPDATE incidents SET status = $3, impact = $4, started_at_ms = $5, monitoring_at_ms = $6, resolved_at_ms = $7,
             seq = $8
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
    let impact = match row.try_get("impact_is_given")? || after.impact() == before.impact() {
        true => state::<Impact>(&row, "impact")?,
        false => after.impact(),
    };
    let query = query
        .bind(after.status().as_str())
        .bind(impact.as_str())
        .bind(after.start_ms().unwrap_or(tx.now_ms));
    let query = query.bind(after.first_ms(|status| status == IncidentStatus::Monitoring));
    let query = query.bind(after.over_ms()).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    components::follow(tx, incident, before, after).await?;
    filing::file(tx, incident).await
}

/// An update came that leaves everything as it was.
pub async fn go_on(tx: &mut Tx<'_>, incident: Parent<'_>) -> Result<(), Refusal> {
    let query = sql::query("UPDATE incidents SET seq = $3 WHERE page_id = $1 AND id = $2");
    let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
    query.bind(tx.seq).execute(&mut *tx.conn).await?;
    filing::file(tx, incident).await
}

/// Something of an incident was changed that is no new update.
pub async fn mark_changed(tx: &mut Tx<'_>, incident: Parent<'_>) -> sql::Result<()> {
    let query = sql::query("UPDATE incidents SET updated_at_ms = $3 WHERE page_id = $1 AND id = $2");
    let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
    query.bind(tx.now_ms).execute(&mut *tx.conn).await?;
    Ok(())
}
