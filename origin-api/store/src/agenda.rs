//! What the clock looks at. A row that cannot be read is told of and costs itself only.

use origin_engine::{
    rows::{Versioned, id},
    scope::Scope,
    sql::{self, About, Columns as _, Connection, Row},
    tx::Refusal,
};
use origin_objects::maintenance_series::MaintenanceSeries;
use page_model::{Id, PageId};

use crate::{
    Store, family,
    maintenances::{course::TELLING_MS, series::SeriesVersion},
};

/// A maintenance that starts or ends next, or is to be reminded of.
#[derive(Debug)]
pub struct Turn {
    pub page: PageId,
    pub maintenance: Id,
    pub at_ms: i64,
}

/// A page and when it was last composed.
#[derive(Debug)]
pub struct PageDay {
    pub page: PageId,
    pub seq: i64,
    pub time_zone: String,
    pub composed_ms: i64,
    /// Whether a component is not operational.
    pub troubled: bool,
    /// When it last showed new points of a metric.
    pub folded_ms: Option<i64>,
}

/// A page whose metrics have points that wait.
#[derive(Debug)]
pub struct Fold {
    pub page: PageId,
    /// When it last showed new points.
    pub folded_ms: i64,
}

/// A series of which something is to be planned.
pub struct DueSeries {
    pub version: SeriesVersion,
    /// What cannot be read is refused.
    pub series: Result<(PageId, Versioned<MaintenanceSeries>), Refusal>,
}

/// The next maintenances that are not completed, behind as many as are known to fail. One whose window was past when it was created
/// is history that is being told: it is left alone for a while after each request about it.
pub async fn turns(store: &Store, failing: usize) -> sql::Result<Vec<Turn>> {
    let query = sql::query(TURNS).bind(DUE_MAX + failing as i64);
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    Ok(readable("maintenances", &rows, turn))
}

/// The next moments at which maintenances are to be reminded of, behind as many as are known to fail.
pub async fn reminders(store: &Store, failing: usize) -> sql::Result<Vec<Turn>> {
    let query = sql::query(REMINDERS).bind(DUE_MAX + failing as i64);
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    Ok(readable("reminders", &rows, turn))
}

/// Series of which something is to be planned, those first that wait longest.
pub async fn series(store: &Store, page: Option<&PageId>, now_ms: i64) -> sql::Result<Vec<DueSeries>> {
    let mut reader = store.reader().await?;
    let query = sql::query(SERIES)
        .bind(now_ms)
        .bind(page.map(PageId::as_str))
        .bind(SERIES_MAX);
    let mut due = Vec::new();
    for row in query.fetch_all(&mut *reader).await? {
        let series = match one_series(&mut reader, &row).await {
            Err(error) if sql::about(&error) == About::Database => return Err(error),
            series => series.map_err(Refusal::from),
        };
        let version = SeriesVersion {
            page: row.try_get("page_id")?,
            series: row.try_get("id")?,
            seq: row.try_get("seq")?,
        };
        due.push(DueSeries { version, series });
    }
    Ok(due)
}

async fn one_series(conn: &mut Connection, row: &Row) -> sql::Result<(PageId, Versioned<MaintenanceSeries>)> {
    let page: PageId = id(row, "page_id")?;
    let series = family::versioned(conn, &Scope::page(page.clone()), row).await?;
    Ok((page, series))
}

/// When the next series is due.
pub async fn next_series(store: &Store) -> sql::Result<Option<i64>> {
    let query = sql::query_scalar(NEXT_SERIES);
    query.fetch_one(&mut *store.reader().await?).await
}

/// Pages that are to be looked at, behind as many as are known to fail.
pub async fn days(store: &Store, now_ms: i64, failing: usize) -> sql::Result<Vec<PageDay>> {
    let query = sql::query(DAYS).bind(now_ms).bind(DUE_MAX + failing as i64);
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    Ok(readable("days", &rows, |row| {
        Ok(PageDay {
            page: id(row, "id")?,
            seq: row.try_get("seq")?,
            time_zone: row.try_get("time_zone")?,
            composed_ms: row.try_get("composed_ms")?,
            troubled: row.try_get("troubled")?,
            folded_ms: row.try_get("folded_ms")?,
        })
    }))
}

/// When the next page is to be looked at.
pub async fn next_day(store: &Store, now_ms: i64) -> sql::Result<Option<i64>> {
    let query = sql::query_scalar(NEXT_DAY).bind(now_ms);
    query.fetch_one(&mut *store.reader().await?).await
}

pub async fn folds(store: &Store) -> sql::Result<Vec<Fold>> {
    let query = sql::query(FOLDS);
    let rows = query.fetch_all(&mut *store.reader().await?).await?;
    Ok(readable("points", &rows, |row| {
        Ok(Fold {
            page: id(row, "page_id")?,
            folded_ms: row.try_get("folded_ms")?,
        })
    }))
}

fn readable<T>(looks_at: &'static str, rows: &[Row], read: impl Fn(&Row) -> sql::Result<T>) -> Vec<T> {
    let read = |row| read(row).inspect_err(|error| tell(looks_at, error)).ok();
    rows.iter().filter_map(read).collect()
}

/// Nobody waits for what the clock does, so that whoever watches the origin must learn what fails.
pub fn tell(looks_at: &'static str, error: &sql::Error) {
    let about = sql::about(error).name();
    tracing::error!(%error, looks_at, about, "the clock cannot read what is due");
    count(looks_at, about);
}

pub fn count(looks_at: &'static str, about: &'static str) {
    metrics::counter!("pharos_origin_clock_errors_total", "looks_at" => looks_at, "about" => about).increment(1);
}

fn turn(row: &Row) -> sql::Result<Turn> {
    Ok(Turn {
        page: id(row, "page_id")?,
        maintenance: id(row, "id")?,
        at_ms: row.try_get("at_ms")?,
    })
}

const TURNS: &str =
    "SELECT page_id, id, turn_ms AS at_ms FROM maintenances WHERE turn_ms IS NOT NULL ORDER BY turn_ms LIMIT $1";
/// The number in the column `turn_ms`.
const _: () = assert!(TELLING_MS == 60_000);
const REMINDERS: &str =
    "SELECT page_id, maintenance_id AS id, due_ms AS at_ms FROM reminders WHERE NOT done ORDER BY due_ms LIMIT $1";
const SERIES: &str = "
    SELECT * FROM maintenance_series WHERE plan_at_ms <= $1 AND page_id = COALESCE($2, page_id)
    ORDER BY plan_at_ms LIMIT $3";
const NEXT_SERIES: &str = "SELECT MIN(plan_at_ms) FROM maintenance_series WHERE plan_at_ms IS NOT NULL";
const DAYS: &str = "
    SELECT p.id, p.time_zone, o.seq, o.at_ms AS composed_ms,
        EXISTS (SELECT 1 FROM components c WHERE c.page_id = p.id AND c.status <> 'operational') AS troubled,
        (SELECT f.folded_ms FROM metric_folds f WHERE f.page_id = p.id) AS folded_ms
    FROM pages p JOIN outbox o ON o.page_id = p.id
    WHERE p.look_at_ms <= $1 ORDER BY p.look_at_ms LIMIT $2";
const NEXT_DAY: &str = "SELECT MIN(look_at_ms) FROM pages WHERE look_at_ms > $1";
const FOLDS: &str = "SELECT page_id, folded_ms FROM metric_folds WHERE waiting > 0";
#[cfg(test)]
pub(crate) const QUERIES: [&str; 7] = [TURNS, REMINDERS, SERIES, NEXT_SERIES, DAYS, NEXT_DAY, FOLDS];
/// What is looked at together; the next look finds the next ones.
pub const DUE_MAX: i64 = 500;
const SERIES_MAX: i64 = 100;
