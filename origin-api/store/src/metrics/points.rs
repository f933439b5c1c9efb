//! Points of metrics. Monitors send them all the time, so they do not change the page one by one: they wait on disk until
//! the page folds them into its steps, all at once and with one outbox row, at most every `FOLD_INTERVAL_MS`. What a page
//! shows changes with its version only.

use std::collections::BTreeMap;

use origin_compose::sparkline::{MONTH_WIDTH, STEP_MS, WEEK_WIDTH};
use origin_engine::{
    applied::Applied,
    rows::id,
    scope::Scope,
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    metric::{Metric, NewMetricPoint, TakenPoints},
};
use page_model::{Id, PageId};

use crate::family;

/// Takes points of a metric. The first after a pause are on the page at once, the others with the clock's next fold.
pub async fn take(
    tx: &mut Tx<'_>,
    page: &PageId,
    metric: &Id,
    points: Vec<NewMetricPoint>,
) -> Result<Applied, Refusal> {
    let found = family::existing::<Metric>(tx.conn, &Scope::page(page.clone()), metric).await?;
    tx.expect_known(Some(&found.object))?;
    for (index, point) in points.iter().enumerate() {
        let at_ms = moment(tx, index, point)?;
        let query = sql::query(
            "INSERT INTO metric_points_waiting (page_id, metric_id, at_ms, value) VALUES ($1, $2, $3, $4)
             ON CONFLICT (page_id, metric_id, at_ms) DO UPDATE SET value = excluded.value",
        );
        let query = query.bind(page.as_str()).bind(metric.as_str());
        query.bind(at_ms).bind(point.value).execute(&mut *tx.conn).await?;
    }
    let query = sql::query_as(
        "INSERT INTO metric_folds (page_id, folded_ms, waiting) VALUES ($1, 0, $2)
         ON CONFLICT (page_id) DO UPDATE SET waiting = waiting + excluded.waiting RETURNING folded_ms, waiting",
    );
    let query = query.bind(page.as_str()).bind(points.len() as i64);
    let (folded_ms, waiting): (i64, i64) = query.fetch_one(&mut *tx.conn).await?;
    let applied = Applied::added(&TakenPoints { taken: points.len() });
    if waiting < WAITING_MAX && folded_ms + FOLD_INTERVAL_MS > tx.now_ms {
        return Ok(applied);
    }
    let seq = tx.announce_in_passing(page).await?;
    fold(tx, page).await?;
    Ok(applied.at(seq))
}

/// Puts all points that wait on the page.
pub async fn fold(tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
    let query = sql::query("DELETE FROM metric_points_waiting WHERE page_id = $1 RETURNING metric_id, at_ms, value");
    let mut steps: BTreeMap<(Id, i64), Vec<(i64, f64)>> = BTreeMap::new();
    for row in query.bind(page.as_str()).fetch_all(&mut *tx.conn).await? {
        let at_ms: i64 = row.try_get("at_ms")?;
        let point = (at_ms, row.try_get("value")?);
        steps
            .entry((id(&row, "metric_id")?, at_ms / STEP_MS))
            .or_default()
            .push(point);
    }
    for ((metric, step), mut points) in steps {
        points.sort_by_key(|(at_ms, _)| *at_ms);
        merge(tx.conn, page, &metric, step, &points).await?;
    }
    let query = sql::query("UPDATE metric_folds SET folded_ms = $2, waiting = 0 WHERE page_id = $1");
    query.bind(page.as_str()).bind(tx.now_ms).execute(&mut *tx.conn).await?;
    Ok(Applied::done())
}

/// Forgets what no sparkline shows any longer.
pub async fn prune(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    let oldest = (now_ms - STEPS_KEPT_MS) / STEP_MS;
    for sql in [
        "DELETE FROM metric_steps WHERE step < $1",
        "DELETE FROM metric_wide_steps WHERE width * step < $1",
        "DELETE FROM metric_points WHERE step < $1",
    ] {
        sql::query(sql).bind(oldest).execute(&mut *conn).await?;
    }
    Ok(())
}

fn moment(tx: &Tx<'_>, index: usize, point: &NewMetricPoint) -> Result<i64, Refusal> {
    let field = || format!("points[{index}].at");
    let at_ms = tx.moment(point.at).map_err(|refusal| match refusal {
        Refusal::Fault(_) => Fault::invalid(field(), "the moment lies in the future").into(),
        other => other,
    })?;
    if at_ms < tx.now_ms - POINTS_AGE_MS_MAX {
        return Err(Fault::invalid(field(), "a point is at most 28 days old").into());
    }
    Ok(at_ms)
}

/// Points of one step, oldest first, are put among those that it has.
async fn merge(conn: &mut Connection, page: &PageId, metric: &Id, step: i64, points: &[(i64, f64)]) -> sql::Result<()> {
    let query =
        sql::query_scalar("SELECT points FROM metric_points WHERE page_id = $1 AND metric_id = $2 AND step = $3");
    let query = query.bind(page.as_str()).bind(metric.as_str()).bind(step);
    let known: Option<Vec<u8>> = query.fetch_optional(&mut *conn).await?;
    let mut cells = Cells::decode(&known.unwrap_or_default());
    for (at_ms, value) in points {
        cells.put(*at_ms, *value);
    }
    let query = sql::query(
        "INSERT INTO metric_points (page_id, metric_id, step, points) VALUES ($1, $2, $3, $4)
         ON CONFLICT (page_id, metric_id, step) DO UPDATE SET points = excluded.points",
    );
    let query = query.bind(page.as_str()).bind(metric.as_str()).bind(step);
    query.bind(cells.encode()).execute(&mut *conn).await?;
    let query = sql::query(
        "INSERT INTO metric_steps (page_id, metric_id, step, count, sum) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (page_id, metric_id, step) DO UPDATE SET count = excluded.count, sum = excluded.sum",
    );
    let query = query.bind(page.as_str()).bind(metric.as_str()).bind(step);
    query
        .bind(cells.0.len() as i64)
        .bind(cells.sum())
        .execute(&mut *conn)
        .await?;
    for width in [WEEK_WIDTH, MONTH_WIDTH] {
        widen(conn, page, metric, width, step / width).await?;
    }
    let Some((at_ms, value)) = points.last() else {
        return Ok(());
    };
    let query = sql::query(
        "UPDATE metrics SET latest_at_ms = $3, latest = $4
         WHERE page_id = $1 AND id = $2 AND (latest_at_ms IS NULL OR latest_at_ms <= $3)",
    );
    let query = query.bind(page.as_str()).bind(metric.as_str());
    query.bind(*at_ms).bind(*value).execute(conn).await?;
    Ok(())
}

/// Brings the wide step up to date that a step lies in.
async fn widen(conn: &mut Connection, page: &PageId, metric: &Id, width: i64, step: i64) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO metric_wide_steps (page_id, metric_id, width, step, count, sum)
         SELECT $1, $2, $3, $4, SUM(count), SUM(sum) FROM metric_steps
         WHERE page_id = $1 AND metric_id = $2 AND step >= $3 * $4 AND step < $3 * ($4 + 1)
         ON CONFLICT (page_id, metric_id, width, step) DO UPDATE SET count = excluded.count, sum = excluded.sum",
    );
    let query = query.bind(page.as_str()).bind(metric.as_str());
    query.bind(width).bind(step).execute(conn).await?;
    Ok(())
}

/// The points of one step by the ten seconds in which they lie.
#[derive(Debug, Default, PartialEq)]
struct Cells(BTreeMap<u8, f64>);

impl Cells {
    fn decode(bytes: &[u8]) -> Self {
        let (cells, _) = bytes.as_chunks::<CELL_BYTES>();
        let cell =
            |&[cell, a, b, c, d, e, f, g, h]: &[u8; CELL_BYTES]| (cell, f64::from_le_bytes([a, b, c, d, e, f, g, h]));
        Self(cells.iter().map(cell).collect())
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(CELL_BYTES * self.0.len());
        for (cell, value) in &self.0 {
            bytes.push(*cell);
            bytes.extend(value.to_le_bytes());
        }
        bytes
    }

    fn put(&mut self, at_ms: i64, value: f64) {
        let cell = at_ms.rem_euclid(STEP_MS) / CELL_MS;
        self.0.insert(u8::try_from(cell).unwrap_or(u8::MAX), value);
    }

    /// Anew each time, so that replacing a point leaves no trace of it in the digits.
    fn sum(&self) -> f64 {
        self.0.values().sum()
    }
}

/// Shortest time between two folds of a page: each is a put of its snapshot and a rendering in each region.
pub const FOLD_INTERVAL_MS: i64 = 60_000;
/// Points that wait for one page; the next request folds them whatever the time.
const WAITING_MAX: i64 = 5_000;
/// A metric has one point for each of these, so a step has at most 90.
const CELL_MS: i64 = 10_000;
const CELL_BYTES: usize = 9;
const POINTS_AGE_MS_MAX: i64 = 28 * 24 * 60 * 60 * 1000;
/// The longest sparkline, and the rest of its oldest step.
const STEPS_KEPT_MS: i64 = 29 * 24 * 60 * 60 * 1000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn point_replaces_earlier_one_of_same_ten_seconds() {
        let mut cells = Cells::default();
        for (at_ms, value) in [
            (0, 1.0),
            (9_999, 2.0),
            (10_000, 4.0),
            (STEP_MS - 1, 8.0),
            (STEP_MS, 16.0),
        ] {
            cells.put(at_ms, value);
        }
        let stored: Vec<(u8, f64)> = cells.0.iter().map(|(cell, value)| (*cell, *value)).collect();
        assert_eq!(stored, [(0, 16.0), (1, 4.0), (89, 8.0)]);
    }

    proptest! {
        #[test]
        fn cells_are_read_as_they_were_written(points in prop::collection::vec((0..STEP_MS, -1e15..1e15), 0..200)) {
            let mut cells = Cells::default();
            for (at_ms, value) in points {
                cells.put(at_ms, value);
            }
            let bytes = cells.encode();
            prop_assert!(bytes.len() <= 90 * CELL_BYTES);
            prop_assert_eq!(Cells::decode(&bytes), cells);
        }
    }
}
