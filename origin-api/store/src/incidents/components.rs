//! The components that an incident is about, and what it said of each last.

use std::collections::BTreeMap;

use origin_compose::timeline::{Timeline, Word};
use origin_engine::{
    scope::Parent,
    sql::{self, Connection},
    tx::Tx,
};
use origin_objects::status_change::ReportedStatus;
use page_model::{Id, PageId, status::IncidentStatus};

use crate::{
    access::audiences,
    components::{statuses, words},
    timelines,
};

/// Writes what the incident said of each component last, where that differs, and lets the components follow.
pub async fn follow(
    tx: &mut Tx<'_>,
    incident: Parent<'_>,
    before: &Timeline<IncidentStatus>,
    after: &Timeline<IncidentStatus>,
) -> sql::Result<()> {
    let (said, told) = (last_words(before), last_words(after));
    if !said.keys().eq(told.keys()) {
        audiences::mark_event(tx, incident.page).await?;
    }
    for component in said.keys().filter(|component| !told.contains_key(*component)) {
        let query =
            sql::query("DELETE FROM incident_components WHERE page_id = $1 AND incident_id = $2 AND component_id = $3");
        let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
        query.bind(component.as_str()).execute(&mut *tx.conn).await?;
    }
    for (component, word) in told
        .iter()
        .filter(|(component, word)| said.get(*component) != Some(word))
    {
        let query = sql::query(
            "INSERT INTO incident_components (page_id, incident_id, component_id, component_name, status)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (page_id, incident_id, component_id)
             DO UPDATE SET component_name = excluded.component_name, status = excluded.status",
        );
        let query = query.bind(incident.page.as_str()).bind(incident.id.as_str());
        let query = query
            .bind(component.as_str())
            .bind(&word.name)
            .bind(word.status.as_str());
        query.execute(&mut *tx.conn).await?;
    }
    statuses::follow_event(tx, incident, before, after).await
}

pub async fn of(conn: &mut Connection, page: &PageId, incident: &Id) -> sql::Result<Vec<ReportedStatus>> {
    let query = sql::query(
        "SELECT component_id, component_name, status FROM incident_components WHERE page_id = $1 AND incident_id = $2",
    );
    let query = query.bind(page.as_str()).bind(incident.as_str());
    let rows = query.fetch_all(conn).await?;
    let words: Vec<Word> = rows.iter().map(timelines::word).collect::<sql::Result<_>>()?;
    Ok(words::reported(words))
}

fn last_words(timeline: &Timeline<IncidentStatus>) -> BTreeMap<Id, Word> {
    let said = timeline.said().into_iter().flatten();
    said.map(|word| (word.component.clone(), word)).collect()
}
