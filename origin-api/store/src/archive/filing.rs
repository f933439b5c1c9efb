//! In which months an event stands: those that it touched, by what happened. A maintenance that has not begun touched none.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use origin_engine::{
    rows::id,
    scope::{Kind, Parent},
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_time::zone;
use page_model::{Id, PageId};

use crate::{
    access::audiences,
    archive::{archive_months, permalinks},
    pages::lookup,
};

/// An event came, changed or went: all months that it touched before or touches now are outdated.
pub async fn file(tx: &mut Tx<'_>, event: Parent<'_>) -> Result<(), Refusal> {
    let zone = lookup::zone_of(tx.conn, event.page).await?;
    let before = months_of(tx.conn, event).await?;
    let now = match times_of(tx.conn, event).await? {
        Some(times) => zone::months(&zone, times.0, times.1.unwrap_or(tx.now_ms)),
        None => BTreeSet::new(),
    };
    if before != now {
        write(tx.conn, event, &now).await?;
        audiences::mark_event(tx, event.page).await?;
    }
    if before.first() != now.first() {
        permalinks::settle(tx, event.page, event.id).await?;
    }
    for month in before.union(&now) {
        archive_months::settle(tx, event.page, month).await?;
    }
    Ok(())
}

/// What goes on touches another month when one begins; nobody pushes anything then.
pub async fn file_what_goes_on(tx: &mut Tx<'_>, page: &PageId) -> Result<(), Refusal> {
    let this_month = zone::month(&lookup::zone_of(tx.conn, page).await?, tx.now_ms);
    let query = sql::query(
        "SELECT 'incident' AS kind, id FROM incidents WHERE page_id = $1 AND resolved_at_ms IS NULL
         UNION ALL
         SELECT 'maintenance', id FROM maintenances WHERE page_id = $1 AND completed_at_ms IS NULL AND status <> 'scheduled'",
    );
    for row in query.bind(page.as_str()).fetch_all(&mut *tx.conn).await? {
        let event: Id = id(&row, "id")?;
        let kind = match row.try_get::<&str, _>("kind")? {
            "incident" => Kind::Incident,
            _ => Kind::Maintenance,
        };
        let event = Parent { page, kind, id: &event };
        if !months_of(tx.conn, event).await?.contains(&this_month) {
            file(tx, event).await?;
        }
    }
    Ok(())
}

/// All events of a page anew, as another zone has other months.
pub async fn file_all(tx: &mut Tx<'_>, page: &PageId, zone: &TimeZone) -> Result<(), Refusal> {
    archive_months::empty_all(tx, page).await?;
    let query = sql::query("DELETE FROM event_months WHERE page_id = $1").bind(page.as_str());
    query.execute(&mut *tx.conn).await?;
    let mut filled = BTreeSet::new();
    for (kind, all) in [(Kind::Incident, ALL_INCIDENTS), (Kind::Maintenance, ALL_MAINTENANCES)] {
        for row in sql::query(all).bind(page.as_str()).fetch_all(&mut *tx.conn).await? {
            let (began_ms, ended_ms) = times(&row)?;
            let months = zone::months(zone, began_ms, ended_ms.unwrap_or(tx.now_ms));
            let event: Id = id(&row, "id")?;
            write(tx.conn, Parent { page, kind, id: &event }, &months).await?;
            filled.extend(months);
        }
    }
    for month in &filled {
        archive_months::settle(tx, page, month).await?;
    }
    Ok(permalinks::mark_all(tx, page).await?)
}

/// Pages from before events were filed. Their last outbox row makes the regions ask for what comes of it.
pub async fn file_unfiled(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    let query = sql::query(
        "SELECT p.id, p.time_zone, (SELECT MAX(o.seq) FROM outbox o WHERE o.page_id = p.id) AS seq
         FROM unfiled_pages u JOIN pages p ON p.id = u.page_id",
    );
    for row in query.fetch_all(&mut *conn).await? {
        let (page, zone): (PageId, String) = (id(&row, "id")?, row.try_get("time_zone")?);
        sql::execute(conn, "BEGIN IMMEDIATE").await?;
        let mut tx = Tx::new(conn, now_ms, row.try_get("seq")?, Default::default());
        match file_all(&mut tx, &page, &zone::named(&zone)).await {
            Err(Refusal::Database(error)) => return Err(error),
            Err(Refusal::Fault(fault)) => return Err(sql::unreadable(format!("page {page}: {fault:?}"))),
            Ok(()) => {}
        }
        let query = sql::query("DELETE FROM unfiled_pages WHERE page_id = $1").bind(page.as_str());
        query.execute(&mut *conn).await?;
        sql::execute(conn, "COMMIT").await?;
    }
    Ok(())
}

async fn months_of(conn: &mut Connection, event: Parent<'_>) -> sql::Result<BTreeSet<String>> {
    let query = sql::query("SELECT month FROM event_months WHERE page_id = $1 AND kind = $2 AND event_id = $3");
    let query = query.bind(event.page.as_str()).bind(event.kind.as_str());
    let rows = query.bind(event.id.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| row.try_get("month")).collect()
}

/// When an event began and ended; `None` for one that did not begin or is not there.
async fn times_of(conn: &mut Connection, event: Parent<'_>) -> sql::Result<Option<(i64, Option<i64>)>> {
    let one = match event.kind {
        Kind::Incident => INCIDENT,
        Kind::Maintenance => MAINTENANCE,
    };
    let query = sql::query(one).bind(event.page.as_str()).bind(event.id.as_str());
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map(times).transpose()
}

fn times(row: &Row) -> sql::Result<(i64, Option<i64>)> {
    Ok((row.try_get("began_ms")?, row.try_get("ended_ms")?))
}

/// The event's own row names the first month, where its permanent link leads.
async fn write(conn: &mut Connection, event: Parent<'_>, months: &BTreeSet<String>) -> sql::Result<()> {
    let (page, kind, id) = (event.page.as_str(), event.kind.as_str(), event.id.as_str());
    let query = sql::query("DELETE FROM event_months WHERE page_id = $1 AND kind = $2 AND event_id = $3");
    query.bind(page).bind(kind).bind(id).execute(&mut *conn).await?;
    for month in months {
        let query = sql::query("INSERT INTO event_months (page_id, kind, event_id, month) VALUES ($1, $2, $3, $4)");
        let query = query.bind(page).bind(kind).bind(id).bind(month);
        query.execute(&mut *conn).await?;
    }
    let name_month = match event.kind {
        Kind::Incident => "UPDATE incidents SET month = $3 WHERE page_id = $1 AND id = $2",
        Kind::Maintenance => "UPDATE maintenances SET month = $3 WHERE page_id = $1 AND id = $2",
    };
    if let Some(first) = months.first() {
        let query = sql::query(name_month).bind(page).bind(id).bind(first);
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

macro_rules! incidents {
    ($which:literal) => {
        concat!(
            "SELECT id, started_at_ms AS began_ms, resolved_at_ms AS ended_ms FROM incidents WHERE page_id = $1",
            $which
        )
    };
}

/// One of which nobody said when it began is taken to have begun as planned, or when it ended if that came first.
macro_rules! maintenances {
    ($which:literal) => {
        concat!(
            "SELECT id, COALESCE(began_at_ms, MIN(starts_at_ms, COALESCE(completed_at_ms, starts_at_ms))) AS began_ms,
                 completed_at_ms AS ended_ms
             FROM maintenances WHERE page_id = $1 AND status <> 'scheduled'",
            $which
        )
    };
}

const INCIDENT: &str = incidents!(" AND id = $2");
const ALL_INCIDENTS: &str = incidents!("");
const MAINTENANCE: &str = maintenances!(" AND id = $2");
const ALL_MAINTENANCES: &str = maintenances!("");
