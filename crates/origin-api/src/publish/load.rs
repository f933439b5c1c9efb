//! Reads of a page what its records need, and no more: ninety days of status changes, days of incidents, changed months.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use page_model::{
    Id, PageId,
    limits::{PAST_DAYS, UPCOMING_DAYS},
    status::Status,
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    rows::{Component, Group, Incident, Live, Loaded, Maintenance, Month, Update},
    uptime::Days,
};
use crate::{
    objects::word::Word,
    store::{
        archive_months::{self, ArchiveMonth},
        hosts, outbox,
        rows::{day, id, optional_id, state},
        updates::Kind,
    },
    zone,
};

/// `None` for a page that never was. Archives are loaded where they changed after `after`.
pub async fn load(conn: &mut SqliteConnection, page: &PageId, after: i64) -> sqlx::Result<Option<Loaded>> {
    let Some((seq, as_of_ms)) = outbox::latest(conn, page).await? else {
        return Ok(None);
    };
    let months = archive_months::of_page(conn, page).await?;
    Ok(Some(Loaded {
        page: page.clone(),
        seq: seq.unsigned_abs(),
        as_of_ms,
        live: live(conn, page, as_of_ms, &months).await?,
        hosts_gone: hosts::of_page(conn, page, false).await?,
        months: changed_months(conn, page, months, after).await?,
    }))
}

async fn live(
    conn: &mut SqliteConnection,
    page: &PageId,
    as_of_ms: i64,
    months: &[ArchiveMonth],
) -> sqlx::Result<Option<Live>> {
    let query = sqlx::query("SELECT * FROM pages WHERE id = $1").bind(page.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let time_zone: String = row.try_get("time_zone")?;
    let zone = zone::named(&time_zone);
    let since_ms = Days::ending(&zone, as_of_ms).start_ms();
    let past_ms = past_start_ms(&zone, as_of_ms);
    Ok(Some(Live {
        name: row.try_get("name")?,
        description_html: row.try_get("description_html")?,
        website: row.try_get("website")?,
        time_zone,
        hosts: hosts::of_page(conn, page, true).await?,
        groups: groups(conn, page).await?,
        components: components(conn, page, since_ms).await?,
        changes: changes(conn, page, since_ms).await?,
        incidents: recent_incidents(conn, page, past_ms).await?,
        maintenances: recent_maintenances(conn, page, past_ms, as_of_ms + UPCOMING_MS).await?,
        archive_months: months
            .iter()
            .filter(|month| month.filled)
            .map(|month| month.month.clone())
            .collect(),
    }))
}

pub fn past_start_ms(zone: &TimeZone, as_of_ms: i64) -> i64 {
    let today = zone::date(zone, as_of_ms);
    zone::day_start_ms(zone, zone::days_before(today, PAST_DAYS - 1))
}

async fn groups(conn: &mut SqliteConnection, page: &PageId) -> sqlx::Result<Vec<Group>> {
    let query = sqlx::query("SELECT * FROM component_groups WHERE page_id = $1 ORDER BY position, ordinal");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let groups = rows.iter().map(|row| {
        Ok(Group {
            id: id(row, "id")?,
            name: row.try_get("name")?,
            description_html: row.try_get("description_html")?,
            position: row.try_get("position")?,
            ordinal: row.try_get("ordinal")?,
        })
    });
    groups.collect()
}

async fn components(conn: &mut SqliteConnection, page: &PageId, since_ms: i64) -> sqlx::Result<Vec<Component>> {
    let query = sqlx::query(
        "SELECT c.*, (SELECT s.status FROM status_changes s
                      WHERE s.page_id = c.page_id AND s.component_id = c.id AND s.at_ms < $2
                      ORDER BY s.at_ms DESC, s.ordinal DESC LIMIT 1) AS before
         FROM components c WHERE c.page_id = $1 ORDER BY c.position, c.ordinal",
    );
    let rows = query.bind(page.as_str()).bind(since_ms).fetch_all(conn).await?;
    rows.iter().map(component).collect()
}

fn component(row: &SqliteRow) -> sqlx::Result<Component> {
    let before: Option<String> = row.try_get("before")?;
    Ok(Component {
        id: id(row, "id")?,
        group_id: optional_id(row, "group_id")?,
        name: row.try_get("name")?,
        description_html: row.try_get("description_html")?,
        position: row.try_get("position")?,
        ordinal: row.try_get("ordinal")?,
        status: state(row, "status")?,
        show_uptime: row.try_get("show_uptime")?,
        started_on: day(row, "started_on")?.0,
        before: before
            .and_then(|text| Status::parse(&text))
            .unwrap_or(Status::Operational),
    })
}

async fn changes(
    conn: &mut SqliteConnection,
    page: &PageId,
    since_ms: i64,
) -> sqlx::Result<HashMap<Id, Vec<(i64, Status)>>> {
    let query = sqlx::query(
        "SELECT s.component_id, s.at_ms, s.status FROM components c
         JOIN status_changes s ON s.page_id = c.page_id AND s.component_id = c.id AND s.at_ms >= $2
         WHERE c.page_id = $1 ORDER BY s.component_id, s.at_ms, s.ordinal",
    );
    let mut changes: HashMap<Id, Vec<(i64, Status)>> = HashMap::new();
    for row in &query.bind(page.as_str()).bind(since_ms).fetch_all(conn).await? {
        let change = (row.try_get("at_ms")?, state(row, "status")?);
        changes.entry(id(row, "component_id")?).or_default().push(change);
    }
    Ok(changes)
}

async fn recent_incidents(conn: &mut SqliteConnection, page: &PageId, since_ms: i64) -> sqlx::Result<Vec<Incident>> {
    let query = sqlx::query(
        "SELECT * FROM incidents WHERE page_id = $1 AND (resolved_at_ms IS NULL OR started_at_ms >= $2)
         ORDER BY started_at_ms DESC, ordinal DESC",
    );
    let rows = query.bind(page.as_str()).bind(since_ms).fetch_all(&mut *conn).await?;
    incidents(conn, page, &rows).await
}

async fn recent_maintenances(
    conn: &mut SqliteConnection,
    page: &PageId,
    since_ms: i64,
    until_ms: i64,
) -> sqlx::Result<Vec<Maintenance>> {
    let query = sqlx::query(
        "SELECT * FROM maintenances WHERE page_id = $1
         AND ((completed_at_ms IS NULL AND (status <> 'scheduled' OR starts_at_ms <= $3)) OR completed_at_ms >= $2)
         ORDER BY starts_at_ms, ordinal",
    );
    let rows = query
        .bind(page.as_str())
        .bind(since_ms)
        .bind(until_ms)
        .fetch_all(&mut *conn)
        .await?;
    maintenances(conn, page, &rows).await
}

async fn changed_months(
    conn: &mut SqliteConnection,
    page: &PageId,
    months: Vec<ArchiveMonth>,
    after: i64,
) -> sqlx::Result<Vec<Month>> {
    let mut changed = Vec::new();
    for month in months.into_iter().filter(|month| month.changed_seq > after) {
        let query = sqlx::query(
            "SELECT * FROM incidents WHERE page_id = $1 AND month = $2 ORDER BY started_at_ms DESC, ordinal DESC",
        );
        let rows = query
            .bind(page.as_str())
            .bind(&month.month)
            .fetch_all(&mut *conn)
            .await?;
        let incidents = incidents(conn, page, &rows).await?;
        let query = sqlx::query(
            "SELECT * FROM maintenances WHERE page_id = $1 AND month = $2 AND status <> 'scheduled'
             ORDER BY starts_at_ms DESC, ordinal DESC",
        );
        let rows = query
            .bind(page.as_str())
            .bind(&month.month)
            .fetch_all(&mut *conn)
            .await?;
        changed.push(Month {
            month: month.month,
            filled: month.filled,
            incidents,
            maintenances: maintenances(conn, page, &rows).await?,
        });
    }
    Ok(changed)
}

async fn incidents(conn: &mut SqliteConnection, page: &PageId, rows: &[SqliteRow]) -> sqlx::Result<Vec<Incident>> {
    let mut incidents = Vec::with_capacity(rows.len());
    for row in rows {
        let incident: Id = id(row, "id")?;
        incidents.push(Incident {
            name: row.try_get("name")?,
            status: state(row, "status")?,
            impact: state(row, "impact")?,
            started_at_ms: row.try_get("started_at_ms")?,
            resolved_at_ms: row.try_get("resolved_at_ms")?,
            components: touched(conn, INCIDENT_COMPONENTS, page, &incident).await?,
            updates: updates(conn, page, Kind::Incident, &incident).await?,
            id: incident,
        });
    }
    Ok(incidents)
}

async fn maintenances(
    conn: &mut SqliteConnection,
    page: &PageId,
    rows: &[SqliteRow],
) -> sqlx::Result<Vec<Maintenance>> {
    let mut maintenances = Vec::with_capacity(rows.len());
    for row in rows {
        let maintenance: Id = id(row, "id")?;
        maintenances.push(Maintenance {
            name: row.try_get("name")?,
            status: state(row, "status")?,
            starts_at_ms: row.try_get("starts_at_ms")?,
            ends_at_ms: row.try_get("ends_at_ms")?,
            completed_at_ms: row.try_get("completed_at_ms")?,
            components: touched(conn, MAINTENANCE_COMPONENTS, page, &maintenance).await?,
            updates: updates(conn, page, Kind::Maintenance, &maintenance).await?,
            id: maintenance,
        });
    }
    Ok(maintenances)
}

async fn touched(conn: &mut SqliteConnection, sql: &'static str, page: &PageId, of: &Id) -> sqlx::Result<Vec<Id>> {
    let rows = sqlx::query(sql)
        .bind(page.as_str())
        .bind(of.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| id(row, "component_id")).collect()
}

async fn updates<S: Word>(
    conn: &mut SqliteConnection,
    page: &PageId,
    kind: Kind,
    of: &Id,
) -> sqlx::Result<Vec<Update<S>>> {
    let query = sqlx::query(
        "SELECT id, status, at_ms, body_html FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3
         ORDER BY at_ms DESC, ordinal DESC LIMIT $4",
    );
    let query = query
        .bind(page.as_str())
        .bind(kind.as_str())
        .bind(of.as_str())
        .bind(UPDATES_MAX as i64);
    let rows = query.fetch_all(conn).await?;
    let updates = rows.iter().map(|row| {
        Ok(Update {
            id: id(row, "id")?,
            status: state(row, "status")?,
            at_ms: row.try_get("at_ms")?,
            body_html: row.try_get("body_html")?,
        })
    });
    updates.collect()
}

/// Updates of one incident or maintenance that a page shows, the newest ones.
pub const UPDATES_MAX: usize = 1_000;
const UPCOMING_MS: i64 = UPCOMING_DAYS as i64 * 24 * 60 * 60 * 1000;
const INCIDENT_COMPONENTS: &str =
    "SELECT component_id FROM incident_components WHERE page_id = $1 AND incident_id = $2";
const MAINTENANCE_COMPONENTS: &str =
    "SELECT component_id FROM maintenance_components WHERE page_id = $1 AND maintenance_id = $2";
