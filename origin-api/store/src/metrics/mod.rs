//! Metrics.

pub mod metric_points;

use origin_objects::{
    fault::Fault,
    metric::{Metric, MetricPatch, MetricPoint, NewMetric},
};
use page_model::{Id, PageId, limits::PAGE_METRICS_MAX};

use crate::{
    engine::{
        paging::{Listed, Window},
        random,
        rows::{Kept, id, optional_moment},
        sql::{self, Columns as _, Connection, Row},
        tx::{Answer, Refusal, Tx},
    },
    pages,
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewMetric) -> Result<Answer, Refusal> {
    if !pages::exists(tx.conn, page).await? {
        return Err(pages::absent(page).into());
    }
    let next_position = room(tx.conn, page).await?;
    let metric = new.id.unwrap_or_else(random::id);
    let query = sql::query(
        "INSERT INTO metrics (page_id, id, name, suffix, decimals, position, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(page.as_str()).bind(metric.as_str()).bind(new.name.as_str());
    let query = query.bind(new.suffix.as_str()).bind(new.decimals);
    let query = query.bind(new.position.unwrap_or(next_position)).bind(tx.seq);
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::taken("id", format!("the page has a metric {metric} already")).into());
    }
    let kept = existing(tx.conn, page, &metric).await?;
    let location = format!("/v1/pages/{page}/metrics/{metric}");
    Ok(Answer::created(&kept.object, tx.seq, location))
}

pub async fn change(tx: &mut Tx<'_>, page: &PageId, metric: &Id, patch: MetricPatch) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, metric).await?;
    tx.expect_version(before.seq)?;
    let before = before.object;
    let query = sql::query(
        "UPDATE metrics SET name = $3, suffix = $4, decimals = $5, position = $6, seq = $7
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(page.as_str()).bind(metric.as_str());
    let query = query.bind(patch.name.map_or(before.name, |name| name.into_string()));
    let query = query.bind(patch.suffix.map_or(before.suffix, |suffix| suffix.into_string()));
    let query = query.bind(patch.decimals.unwrap_or(before.decimals));
    let query = query.bind(patch.position.unwrap_or(before.position)).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    let kept = existing(tx.conn, page, metric).await?;
    Ok(Answer::changed(&kept.object, tx.seq))
}

/// Its points go with it.
pub async fn delete(tx: &mut Tx<'_>, page: &PageId, metric: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, metric).await?;
    tx.expect_version(before.seq)?;
    let query = sql::query("DELETE FROM metrics WHERE page_id = $1 AND id = $2");
    query
        .bind(page.as_str())
        .bind(metric.as_str())
        .execute(&mut *tx.conn)
        .await?;
    Ok(Answer::done())
}

pub async fn read(conn: &mut Connection, page: &PageId, metric: &Id) -> sql::Result<Option<Kept<Metric>>> {
    let query = sql::query("SELECT * FROM metrics WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(metric.as_str());
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map(kept).transpose()
}

pub async fn list(conn: &mut Connection, page: &PageId, window: Window) -> sql::Result<Listed<Metric>> {
    let query = sql::query(
        "SELECT * FROM metrics WHERE page_id = $1 AND (position, ordinal) > ($2, $3)
         ORDER BY position, ordinal LIMIT $4",
    );
    let (sort, ordinal) = window.ascending();
    let query = query.bind(page.as_str()).bind(sort).bind(ordinal).bind(window.rows());
    let rows = query.fetch_all(conn).await?;
    Ok(window.cut(rows.iter().map(kept).collect::<Result<_, _>>()?))
}

pub async fn existing(conn: &mut Connection, page: &PageId, metric: &Id) -> Result<Kept<Metric>, Refusal> {
    let kept = read(conn, page, metric).await?;
    kept.ok_or_else(|| Fault::absent(format!("page {page} has no metric {metric}")).into())
}

/// The place behind all metrics of the page, if there is room for another.
async fn room(conn: &mut Connection, page: &PageId) -> Result<i32, Refusal> {
    let query = sql::query_as("SELECT COUNT(*), MAX(position) FROM metrics WHERE page_id = $1");
    let (count, last): (i64, Option<i32>) = query.bind(page.as_str()).fetch_one(conn).await?;
    if count < PAGE_METRICS_MAX as i64 {
        return Ok(last.map_or(1, |last| last.saturating_add(1)));
    }
    Err(Fault::conflict(format!("a page has at most {PAGE_METRICS_MAX} metrics")).into())
}

fn kept(row: &Row) -> sql::Result<Kept<Metric>> {
    let latest: Option<f64> = row.try_get("latest")?;
    let at = optional_moment(row, "latest_at_ms")?;
    let metric = Metric {
        id: id(row, "id")?,
        name: row.try_get("name")?,
        suffix: row.try_get("suffix")?,
        decimals: row.try_get("decimals")?,
        position: row.try_get("position")?,
        latest: at.zip(latest).map(|(at, value)| MetricPoint { at, value }),
    };
    Kept::of(row, metric, row.try_get("position")?)
}
