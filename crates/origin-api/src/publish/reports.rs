//! Incidents and maintenances with their updates, a set at a time: three questions instead of two for each of them.

use std::collections::HashMap;

use page_model::{Id, PageId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::rows::{Incident, Maintenance, Update};
use crate::{
    objects::word::Word,
    store::{
        rows::{id, state},
        updates::Kind,
    },
};

/// What is asked about a set. `$1` is the page, `$2` and `$3` are the moments that bound the set.
struct Questions {
    kind: Kind,
    rows: &'static str,
    components: &'static str,
    updates: &'static str,
}

/// The answers: the rows in order, and what belongs to each.
struct Answers<S> {
    rows: Vec<SqliteRow>,
    components: HashMap<Id, Vec<Id>>,
    updates: HashMap<Id, Vec<Update<S>>>,
}

/// Unresolved ones and those that began since a moment, up to another; newest first.
pub async fn recent_incidents(
    conn: &mut SqliteConnection,
    page: &PageId,
    span_ms: (i64, i64),
) -> sqlx::Result<Vec<Incident>> {
    incidents(RECENT_INCIDENTS.ask(conn, page, span_ms).await?)
}

/// Those that began in a span, newest first.
pub async fn incidents_of(
    conn: &mut SqliteConnection,
    page: &PageId,
    span_ms: (i64, i64),
) -> sqlx::Result<Vec<Incident>> {
    incidents(INCIDENTS_OF.ask(conn, page, span_ms).await?)
}

/// Those that are not over and begin before the end of the span, and those completed since its beginning; by their start.
pub async fn recent_maintenances(
    conn: &mut SqliteConnection,
    page: &PageId,
    span_ms: (i64, i64),
) -> sqlx::Result<Vec<Maintenance>> {
    maintenances(RECENT_MAINTENANCES.ask(conn, page, span_ms).await?)
}

/// Those that began in a span, newest first.
pub async fn maintenances_of(
    conn: &mut SqliteConnection,
    page: &PageId,
    span_ms: (i64, i64),
) -> sqlx::Result<Vec<Maintenance>> {
    maintenances(MAINTENANCES_OF.ask(conn, page, span_ms).await?)
}

impl Questions {
    async fn ask<S: Word>(
        &self,
        conn: &mut SqliteConnection,
        page: &PageId,
        span_ms: (i64, i64),
    ) -> sqlx::Result<Answers<S>> {
        let rows = fetch(conn, self.rows, page, span_ms).await?;
        let mut components: HashMap<Id, Vec<Id>> = HashMap::new();
        let mut updates: HashMap<Id, Vec<Update<S>>> = HashMap::new();
        if !rows.is_empty() {
            for row in fetch(conn, self.components, page, span_ms).await? {
                components
                    .entry(id(&row, "parent_id")?)
                    .or_default()
                    .push(id(&row, "component_id")?);
            }
            let said = fetch(conn, self.updates, page, span_ms).await?;
            let said = if said.len() < SET_UPDATES_MAX {
                said
            } else {
                self.newest(conn, page, &rows).await?
            };
            for row in &said {
                updates.entry(id(row, "parent_id")?).or_default().push(update(row)?);
            }
        }
        Ok(Answers {
            rows,
            components,
            updates,
        })
    }

    /// For a set with thousands of updates: the newest of each.
    async fn newest(
        &self,
        conn: &mut SqliteConnection,
        page: &PageId,
        rows: &[SqliteRow],
    ) -> sqlx::Result<Vec<SqliteRow>> {
        let mut newest = Vec::new();
        for row in rows {
            let query = sqlx::query(NEWEST_UPDATES).bind(page.as_str()).bind(self.kind.as_str());
            let query = query.bind(row.try_get::<&str, _>("id")?).bind(UPDATES_MAX as i64);
            newest.extend(query.fetch_all(&mut *conn).await?);
        }
        Ok(newest)
    }
}

async fn fetch(
    conn: &mut SqliteConnection,
    sql: &'static str,
    page: &PageId,
    (from_ms, to_ms): (i64, i64),
) -> sqlx::Result<Vec<SqliteRow>> {
    sqlx::query(sql)
        .bind(page.as_str())
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(conn)
        .await
}

fn incidents(mut answers: Answers<page_model::status::IncidentStatus>) -> sqlx::Result<Vec<Incident>> {
    let mut incidents = Vec::with_capacity(answers.rows.len());
    for row in &answers.rows {
        let incident: Id = id(row, "id")?;
        incidents.push(Incident {
            name: row.try_get("name")?,
            status: state(row, "status")?,
            impact: state(row, "impact")?,
            started_at_ms: row.try_get("started_at_ms")?,
            resolved_at_ms: row.try_get("resolved_at_ms")?,
            components: answers.components.remove(&incident).unwrap_or_default(),
            updates: answers.updates.remove(&incident).unwrap_or_default(),
            id: incident,
        });
    }
    Ok(incidents)
}

fn maintenances(mut answers: Answers<page_model::status::MaintenanceStatus>) -> sqlx::Result<Vec<Maintenance>> {
    let mut maintenances = Vec::with_capacity(answers.rows.len());
    for row in &answers.rows {
        let maintenance: Id = id(row, "id")?;
        maintenances.push(Maintenance {
            name: row.try_get("name")?,
            status: state(row, "status")?,
            starts_at_ms: row.try_get("starts_at_ms")?,
            ends_at_ms: row.try_get("ends_at_ms")?,
            completed_at_ms: row.try_get("completed_at_ms")?,
            components: answers.components.remove(&maintenance).unwrap_or_default(),
            updates: answers.updates.remove(&maintenance).unwrap_or_default(),
            id: maintenance,
        });
    }
    Ok(maintenances)
}

fn update<S: Word>(row: &SqliteRow) -> sqlx::Result<Update<S>> {
    Ok(Update {
        id: id(row, "id")?,
        status: state(row, "status")?,
        at_ms: row.try_get("at_ms")?,
        body_html: row.try_get("body_html")?,
    })
}

macro_rules! questions {
    ($kind:ident, $word:literal, $which:literal, $order:literal) => {
        Questions {
            kind: Kind::$kind,
            rows: concat!(
                "SELECT p.* FROM ",
                $word,
                "s p WHERE p.page_id = $1 AND ",
                $which,
                " ORDER BY ",
                $order
            ),
            components: concat!(
                "SELECT c.",
                $word,
                "_id AS parent_id, c.component_id FROM ",
                $word,
                "s p JOIN ",
                $word,
                "_components c
                 ON c.page_id = p.page_id AND c.",
                $word,
                "_id = p.id WHERE p.page_id = $1 AND ",
                $which
            ),
            updates: concat!(
                "SELECT u.parent_id, u.id, u.status, u.at_ms, u.body_html FROM ",
                $word,
                "s p JOIN updates u
                 ON u.page_id = p.page_id AND u.parent_kind = '",
                $word,
                "' AND u.parent_id = p.id
                 WHERE p.page_id = $1 AND ",
                $which,
                " ORDER BY u.at_ms DESC, u.ordinal DESC LIMIT 4000"
            ),
        }
    };
}

const RECENT_INCIDENTS: Questions = questions!(
    Incident,
    "incident",
    "(p.resolved_at_ms IS NULL OR p.started_at_ms >= $2) AND p.started_at_ms <= $3",
    "p.started_at_ms DESC, p.ordinal DESC"
);
const INCIDENTS_OF: Questions = questions!(
    Incident,
    "incident",
    "p.started_at_ms >= $2 AND p.started_at_ms < $3",
    "p.started_at_ms DESC, p.ordinal DESC"
);
const RECENT_MAINTENANCES: Questions = questions!(
    Maintenance,
    "maintenance",
    "((p.completed_at_ms IS NULL AND (p.status <> 'scheduled' OR p.starts_at_ms <= $3)) OR p.completed_at_ms >= $2)",
    "p.starts_at_ms, p.ordinal"
);
const MAINTENANCES_OF: Questions = questions!(
    Maintenance,
    "maintenance",
    "p.starts_at_ms >= $2 AND p.starts_at_ms < $3 AND p.status <> 'scheduled'",
    "p.starts_at_ms DESC, p.ordinal DESC"
);
const NEWEST_UPDATES: &str = "
    SELECT parent_id, id, status, at_ms, body_html FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3
    ORDER BY at_ms DESC, ordinal DESC LIMIT $4";
/// Updates of one incident or maintenance that a page shows, the newest ones.
pub const UPDATES_MAX: usize = 1_000;
/// Updates of a set that are read at once; the limit in the questions.
const SET_UPDATES_MAX: usize = 4_000;
