//! The components that an incident is about, and what it said of each last.

use std::collections::BTreeMap;

use origin_compose::timeline::{Timeline, Word};
use origin_engine::{
    rows::of_json,
    scope::Parent,
    sql::{self, Row},
    tx::Tx,
};
use origin_objects::status_change::ReportedStatus;
use page_model::{
    Id,
    status::{IncidentStatus, Status},
};

use crate::{
    access::audiences,
    components::{statuses, words},
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

/// What the column `reported` of an incident says.
pub fn of(row: &Row) -> sql::Result<Vec<ReportedStatus>> {
    let reported: Vec<(Id, String, String)> = of_json(row, "reported")?;
    let words = reported.into_iter().map(|(component, name, status)| {
        let unreadable = || sql::unreadable(format!("column status holds {status:?}"));
        Ok(Word {
            status: Status::parse(&status).ok_or_else(unreadable)?,
            component,
            name,
        })
    });
    Ok(words::reported(words.collect::<sql::Result<Vec<_>>>()?))
}

fn last_words(timeline: &Timeline<IncidentStatus>) -> BTreeMap<Id, Word> {
    let said = timeline.said().into_iter().flatten();
    said.map(|word| (word.component.clone(), word)).collect()
}
