use origin_engine::{
    applied::Applied,
    rows::{Versioned, id, json, of_json, optional_moment},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::metric::{Metric, MetricPatch, MetricPoint, NewMetric};
use page_model::{Id, PageId, limits::PAGE_METRICS_MAX};

use crate::{
    access::audiences,
    family::{Family, FamilyChange, Order, delete_row},
};

pub type MetricChange = FamilyChange<Metric>;

impl Family for Metric {
    type New = NewMetric;
    type Patch = MetricPatch;

    const TABLE: &'static str = "metrics";
    const NAME: &'static str = "metric";
    const TAKEN: &'static str = "a metric";
    const ORDER: Order = Order::Ascending("position");
    const MOST: Option<(usize, &'static str)> = Some((PAGE_METRICS_MAX, "metrics"));

    fn id(new: &NewMetric) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(_: &mut Connection, _: &Scope, row: &Row) -> sql::Result<Self> {
        let latest: Option<f64> = row.try_get("latest")?;
        let at = optional_moment(row, "latest_at_ms")?;
        Ok(Self {
            id: id(row, "id")?,
            audiences: of_json(row, "audiences")?,
            name: row.try_get("name")?,
            suffix: row.try_get("suffix")?,
            decimals: row.try_get("decimals")?,
            position: row.try_get("position")?,
            latest: at.zip(latest).map(|(at, value)| MetricPoint { at, value }),
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewMetric) -> Result<bool, Refusal> {
        audiences::expect(tx.conn, &scope.page, &new.audiences).await?;
        let position = match new.position {
            Some(position) => position,
            None => next_position(tx.conn, &scope.page).await?,
        };
        let query = sql::query(
            "INSERT INTO metrics (page_id, id, name, suffix, decimals, position, ordinal, seq, audiences)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8) ON CONFLICT DO NOTHING",
        );
        let query = query
            .bind(scope.page.as_str())
            .bind(id.as_str())
            .bind(new.name.as_str());
        let query = query.bind(new.suffix.as_str()).bind(new.decimals);
        let query = query.bind(position).bind(tx.seq).bind(json(&new.audiences));
        Ok(query.execute(&mut *tx.conn).await?.rows_affected() > 0)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: MetricPatch,
    ) -> Result<(), Refusal> {
        let before = before.object;
        let audiences = audiences::patched(tx, &scope.page, &before.audiences, patch.audiences.as_ref()).await?;
        let query = sql::query(
            "UPDATE metrics SET name = $3, suffix = $4, decimals = $5, position = $6, seq = $7, audiences = $8
             WHERE page_id = $1 AND id = $2",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        let query = query.bind(patch.name.map_or(before.name, |name| name.into_string()));
        let query = query.bind(patch.suffix.map_or(before.suffix, |suffix| suffix.into_string()));
        let query = query.bind(patch.decimals.unwrap_or(before.decimals));
        let query = query.bind(patch.position.unwrap_or(before.position)).bind(tx.seq);
        let query = query.bind(audiences);
        query.execute(&mut *tx.conn).await?;
        Ok(())
    }

    /// Its points go with it.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        delete_row::<Self>(tx, scope, id).await?;
        Ok(Applied::deleted())
    }
}

/// Behind all metrics of the page.
async fn next_position(conn: &mut Connection, page: &PageId) -> sql::Result<i32> {
    let query = sql::query_scalar("SELECT MAX(position) FROM metrics WHERE page_id = $1");
    let last: Option<i32> = query.bind(page.as_str()).fetch_one(conn).await?;
    Ok(last.map_or(1, |last| last.saturating_add(1)))
}
