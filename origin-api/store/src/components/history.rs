//! The history of a component's status: `status_changes`, always made from what was said. Only the span that a change touches is
//! made again.

use std::collections::BTreeMap;

use origin_compose::{
    held::{self, Steps, go_on, worst},
    timeline::{self, Course},
};
use origin_engine::{
    rows::{id, state},
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::string_enum::StringEnum;
use page_model::{
    Id, PageId,
    status::{IncidentStatus, MaintenanceStatus, Status},
};

/// From a moment until the one from which on nothing differs; `None` for one that goes on.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub from_ms: i64,
    pub until_ms: Option<i64>,
}

impl Span {
    pub const ALWAYS: Self = Self {
        from_ms: i64::MIN,
        until_ms: None,
    };

    fn last_ms(self) -> i64 {
        self.until_ms.unwrap_or(i64::MAX)
    }
}

/// What a component is now, and the events that hold it down.
#[derive(Debug)]
pub struct Now {
    pub status: Status,
    pub held_by: Vec<Id>,
}

/// Makes the history of a component again in a span. Answers what it is now, where the span goes on until then.
pub async fn make(conn: &mut Connection, page: &PageId, component: &Id, span: Span) -> sql::Result<Option<Now>> {
    let before = at(conn, page, component, span.from_ms.saturating_sub(1)).await?;
    let after = match span.until_ms {
        Some(until_ms) => Some((until_ms, at(conn, page, component, until_ms).await?)),
        None => None,
    };
    let own = own_words(conn, page, component, span).await?;
    let events = events(conn, page, component, span).await?;
    let held: Vec<&Steps> = events.values().chain([&own]).collect();
    forget(conn, page, component, span).await?;
    let mut last = before;
    for (at_ms, status) in within(&worst(&held), span, after) {
        if status != last {
            add(conn, page, component, at_ms, status).await?;
        }
        last = status;
    }
    let holding = |steps: &Steps| steps.last().is_some_and(|(_, status)| *status != Status::Operational);
    let held_by = events
        .iter()
        .filter(|(_, steps)| holding(steps))
        .map(|(id, _)| id.clone());
    Ok(match span.until_ms {
        Some(_) => None,
        None => Some(Now {
            status: last,
            held_by: held_by.collect(),
        }),
    })
}

/// The status of a component at a moment.
pub async fn at(conn: &mut Connection, page: &PageId, component: &Id, at_ms: i64) -> sql::Result<Status> {
    let query = sql::query(
        "SELECT status FROM status_changes WHERE page_id = $1 AND component_id = $2 AND at_ms <= $3
         ORDER BY at_ms DESC LIMIT 1",
    );
    let query = query.bind(page.as_str()).bind(component.as_str()).bind(at_ms);
    let row = query.fetch_optional(conn).await?;
    row.map_or(Ok(Status::Operational), |row| state(&row, "status"))
}

/// The steps of a span: the first at its beginning, the last where it ends.
fn within(steps: &Steps, span: Span, after: Option<(i64, Status)>) -> Steps {
    let first_ms = match span.from_ms {
        i64::MIN => steps.first().map_or(0, |(at_ms, _)| *at_ms),
        from_ms => from_ms,
    };
    let mut within = vec![(first_ms, held::at(steps, first_ms))];
    let inside = steps
        .iter()
        .filter(|(at_ms, _)| *at_ms > first_ms && *at_ms < span.last_ms());
    within.extend(inside);
    within.extend(after);
    within
}

async fn own_words(conn: &mut Connection, page: &PageId, component: &Id, span: Span) -> sql::Result<Steps> {
    let query = sql::query(OWN_WORDS).bind(page.as_str()).bind(component.as_str());
    let rows = query.bind(span.from_ms).bind(span.last_ms()).fetch_all(conn).await?;
    let mut steps = Steps::new();
    for row in rows {
        go_on(&mut steps, row.try_get("at_ms")?, state(&row, "status")?);
    }
    Ok(steps)
}

/// What each incident and maintenance holds of the component that is about it in the span.
async fn events(conn: &mut Connection, page: &PageId, component: &Id, span: Span) -> sql::Result<BTreeMap<Id, Steps>> {
    let mut events = BTreeMap::new();
    for (sql, held) in [
        (INCIDENTS, held_of::<IncidentStatus> as fn(&[Row]) -> sql::Result<Steps>),
        (MAINTENANCES, held_of::<MaintenanceStatus>),
    ] {
        let query = sql::query(sql).bind(page.as_str()).bind(component.as_str());
        let rows = query
            .bind(span.from_ms)
            .bind(span.last_ms())
            .fetch_all(&mut *conn)
            .await?;
        let event = |row: &Row| row.try_get::<String, _>("event");
        for rows in rows.chunk_by(|one, next| event(one).ok() == event(next).ok()) {
            events.insert(id(&rows[0], "event")?, held(rows)?);
        }
    }
    Ok(events)
}

fn held_of<S: StringEnum + Course>(rows: &[Row]) -> sql::Result<Steps> {
    let said = rows.iter().map(|row| {
        let word: Option<String> = row.try_get("word")?;
        let word = word.and_then(|word| Status::parse(&word));
        Ok((row.try_get("at_ms")?, state(row, "status")?, word))
    });
    let said: Vec<(i64, S, Option<Status>)> = said.collect::<sql::Result<_>>()?;
    Ok(timeline::held(said.into_iter()))
}

async fn forget(conn: &mut Connection, page: &PageId, component: &Id, span: Span) -> sql::Result<()> {
    let query = sql::query(
        "DELETE FROM status_changes WHERE page_id = $1 AND component_id = $2 AND at_ms >= $3 AND at_ms <= $4",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    query.bind(span.from_ms).bind(span.last_ms()).execute(conn).await?;
    Ok(())
}

async fn add(conn: &mut Connection, page: &PageId, component: &Id, at_ms: i64, status: Status) -> sql::Result<()> {
    let query = sql::query("INSERT INTO status_changes (page_id, component_id, at_ms, status) VALUES ($1, $2, $3, $4)");
    let query = query.bind(page.as_str()).bind(component.as_str());
    query.bind(at_ms).bind(status.as_str()).execute(conn).await?;
    Ok(())
}

/// The word that holds when the span begins, and those that are said in it.
const OWN_WORDS: &str = "
    SELECT at_ms, status FROM own_statuses
    WHERE page_id = $1 AND component_id = $2 AND at_ms <= $4 AND at_ms >= COALESCE(
        (SELECT MAX(at_ms) FROM own_statuses WHERE page_id = $1 AND component_id = $2 AND at_ms <= $3), $3)
    ORDER BY at_ms, ordinal";

/// Those that were open in the span.
const INCIDENTS: &str = "
    SELECT p.id AS event, u.at_ms, u.status, r.status AS word
    FROM (SELECT page_id, id FROM incidents
          WHERE page_id = $1 AND resolved_at_ms IS NULL AND started_at_ms <= $4
          UNION ALL
          SELECT page_id, id FROM incidents
          WHERE page_id = $1 AND resolved_at_ms >= $3 AND started_at_ms <= $4) p
    JOIN incident_components c ON c.page_id = p.page_id AND c.incident_id = p.id AND c.component_id = $2
    JOIN updates u ON u.page_id = p.page_id AND u.parent_kind = 'incident' AND u.parent_id = p.id
    LEFT JOIN reported_statuses r ON r.page_id = u.page_id AND r.update_id = u.id AND r.component_id = $2
    ORDER BY p.id, u.at_ms, u.ordinal";

/// Those that were under way in the span.
const MAINTENANCES: &str = "
    SELECT p.id AS event, u.at_ms, u.status, r.status AS word
    FROM (SELECT page_id, id FROM maintenances
          WHERE page_id = $1 AND completed_at_ms IS NULL AND began_at_ms <= $4
          UNION ALL
          SELECT page_id, id FROM maintenances
          WHERE page_id = $1 AND completed_at_ms >= $3 AND began_at_ms <= $4) p
    JOIN maintenance_components c ON c.page_id = p.page_id AND c.maintenance_id = p.id AND c.component_id = $2
    JOIN updates u ON u.page_id = p.page_id AND u.parent_kind = 'maintenance' AND u.parent_id = p.id
    LEFT JOIN reported_statuses r ON r.page_id = u.page_id AND r.update_id = u.id AND r.component_id = $2
    ORDER BY p.id, u.at_ms, u.ordinal";

/// For the test of query plans.
#[cfg(test)]
pub const QUERIES: [&str; 3] = [OWN_WORDS, INCIDENTS, MAINTENANCES];
