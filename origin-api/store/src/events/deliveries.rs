//! What each region has stored, as kv-sync reports it.

use origin_engine::{
    applied::Applied,
    rows::json,
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{
    delivery::{Delivered, Delivery, RegionDelivery},
    moment::Moment,
};
use page_model::PageId;
use serde::Serialize;

/// Deliveries never go back: a late report of an earlier change is ignored.
pub async fn keep(tx: &mut Tx<'_>, delivered: Delivered) -> Result<Applied, Refusal> {
    let query = sql::query(
        "INSERT INTO regions (region, heard_ms) VALUES ($1, $2)
         ON CONFLICT (region) DO UPDATE SET heard_ms = excluded.heard_ms",
    );
    let query = query.bind(&delivered.region).bind(tx.now_ms);
    query.execute(&mut *tx.conn).await?;
    // In one statement: publishers wait meanwhile.
    let pages = delivered.delivered.iter();
    let served_until_ms = |served_ms: u32| match served_ms {
        0 => 0,
        served_ms => tx.now_ms + i64::from(served_ms),
    };
    let pages: Vec<_> = pages
        .map(|page| (&page.page, page.seq, page.at_ms, served_until_ms(page.served_ms)))
        .collect();
    let query = sql::query(
        "INSERT INTO deliveries (region, page_id, seq, at_ms, served_until_ms)
         SELECT $1, d.value ->> 0, d.value ->> 1, d.value ->> 2, d.value ->> 3 FROM json_each($2) d WHERE TRUE
         ON CONFLICT (region, page_id) DO UPDATE SET seq = excluded.seq, at_ms = excluded.at_ms,
             served_until_ms = MAX(served_until_ms, excluded.served_until_ms)
         WHERE excluded.seq > deliveries.seq",
    );
    let query = query.bind(&delivered.region).bind(json(&pages));
    query.execute(&mut *tx.conn).await?;
    Ok(Applied::done())
}

/// A region of which a delivery was reported, and when last.
#[derive(Debug, Serialize)]
pub struct Heard {
    pub region: String,
    pub heard_ms: i64,
}

pub async fn heard(conn: &mut Connection) -> sql::Result<Vec<Heard>> {
    let rows = sql::query("SELECT region, heard_ms FROM regions ORDER BY region");
    let rows = rows.fetch_all(conn).await?;
    let heard = rows.iter().map(|row| {
        Ok(Heard {
            region: row.try_get("region")?,
            heard_ms: row.try_get("heard_ms")?,
        })
    });
    heard.collect()
}

/// How far each region is with a page. A region that never had the page stands there with 0.
pub async fn read(conn: &mut Connection, page: &PageId, seq: i64, now_ms: i64) -> sql::Result<Delivery> {
    let rows = sql::query(OF_PAGE).bind(page.as_str()).fetch_all(conn).await?;
    let regions = rows.iter().map(|row| {
        let delivered_seq = row.try_get::<Option<i64>, _>("seq")?.unwrap_or(0);
        let at_ms: Option<i64> = row.try_get("at_ms")?;
        let served_until_ms: Option<i64> = row.try_get("served_until_ms")?;
        let is_shown = delivered_seq >= seq && served_until_ms.is_none_or(|until_ms| until_ms <= now_ms);
        Ok(RegionDelivery {
            region: row.try_get("region")?,
            delivered_seq,
            delivered_at: at_ms.filter(|_| is_shown).map(Moment),
        })
    });
    Ok(Delivery {
        seq,
        regions: regions.collect::<sql::Result<_>>()?,
    })
}

pub(crate) const OF_PAGE: &str = "
    SELECT r.region, d.seq, d.at_ms, d.served_until_ms FROM regions r
    LEFT JOIN deliveries d ON d.region = r.region AND d.page_id = $1 ORDER BY r.region";
