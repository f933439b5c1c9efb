//! The metrics of a page, with what was measured in the steps of their sparklines.

use std::collections::HashMap;

use origin_compose::{
    rows::{self, MeasuredStep},
    sparkline::{DAY, MONTH, Span, WEEK},
};
use origin_engine::{
    rows::{id, of_json},
    sql::{self, Columns as _, Connection, Row},
};
use page_model::{Id, PageId};

/// In the order of the page.
pub const OF_PAGE: &str = "SELECT * FROM metrics WHERE page_id = $1 ORDER BY position, ordinal";

/// The metrics of these rows, in their order.
pub async fn measured_of(
    conn: &mut Connection,
    page: &PageId,
    rows: &[Row],
    as_of_ms: i64,
) -> sql::Result<Vec<rows::Metric>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let first = |span: Span| span.first(as_of_ms);
    let query = sql::query(
        "SELECT s.metric_id, s.step, s.count, s.sum
         FROM metrics m JOIN metric_steps s ON s.page_id = m.page_id AND s.metric_id = m.id AND s.step >= $2
         WHERE m.page_id = $1 ORDER BY s.metric_id, s.step",
    );
    let steps = query.bind(page.as_str()).bind(first(DAY)).fetch_all(&mut *conn).await?;
    let mut day = measured(&steps)?;
    let mut wide = async |span: Span| {
        let query = sql::query(
            "SELECT s.metric_id, s.step, s.count, s.sum FROM metrics m JOIN metric_wide_steps s
             ON s.page_id = m.page_id AND s.metric_id = m.id AND s.width = $2 AND s.step >= $3
             WHERE m.page_id = $1 ORDER BY s.metric_id, s.step",
        );
        let query = query.bind(page.as_str()).bind(span.width).bind(first(span));
        measured(&query.fetch_all(&mut *conn).await?)
    };
    let mut week = wide(WEEK).await?;
    let mut month = wide(MONTH).await?;
    let metrics = rows.iter().map(|row| {
        let metric: Id = id(row, "id")?;
        let at_ms: Option<i64> = row.try_get("latest_at_ms")?;
        Ok(rows::Metric {
            audiences: of_json(row, "audiences")?,
            name: row.try_get("name")?,
            suffix: row.try_get("suffix")?,
            decimals: row.try_get("decimals")?,
            latest: at_ms.zip(row.try_get("latest")?),
            day: day.remove(&metric).unwrap_or_default(),
            week: week.remove(&metric).unwrap_or_default(),
            month: month.remove(&metric).unwrap_or_default(),
            id: metric,
        })
    });
    metrics.collect()
}

/// What was measured of each metric, in order.
fn measured(rows: &[Row]) -> sql::Result<HashMap<Id, Vec<MeasuredStep>>> {
    let mut measured: HashMap<Id, Vec<MeasuredStep>> = HashMap::new();
    for row in rows {
        let one = MeasuredStep {
            step: row.try_get("step")?,
            count: row.try_get("count")?,
            sum: row.try_get("sum")?,
        };
        measured.entry(id(row, "metric_id")?).or_default().push(one);
    }
    Ok(measured)
}
