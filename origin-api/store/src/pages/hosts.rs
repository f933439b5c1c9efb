//! A host belongs to at most one page.

use origin_compose::rows::HostClaim;
use origin_engine::{
    rows::id,
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::fault::Fault;
use page_model::{Host, PageId};

/// Gives a page exactly these hosts. Those that it loses stay with it: until another page claims them, it reports
/// them to the regions as gone.
pub async fn assign(tx: &mut Tx<'_>, page: &PageId, hosts: &[Host]) -> Result<(), Refusal> {
    release(tx, page).await?;
    for (position, host) in hosts.iter().enumerate() {
        let former = claim(tx, page, host, position).await?;
        if let Some(former) = former {
            tx.announce(&former).await?;
        }
    }
    let query = sql::query("UPDATE pages SET first_host = COALESCE(first_host, $2) WHERE id = $1");
    let query = query.bind(page.as_str()).bind(hosts.first().map(Host::as_str));
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

pub async fn release(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE hosts SET live = FALSE, gone_ms = $2, gone_seq = $3 WHERE page_id = $1 AND live");
    let query = query.bind(page.as_str()).bind(tx.now_ms).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

pub async fn of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<Host>> {
    let claims = claims(conn, page, true).await?;
    Ok(claims.into_iter().map(|claim| claim.host).collect())
}

/// The hosts of a page (`live`), or those that it reports as gone.
pub async fn claims(conn: &mut Connection, page: &PageId, live: bool) -> sql::Result<Vec<HostClaim>> {
    let query =
        sql::query("SELECT host, since_seq FROM hosts WHERE page_id = $1 AND live = $2 ORDER BY position, host");
    let rows = query.bind(page.as_str()).bind(live).fetch_all(conn).await?;
    let claims = rows.iter().map(|row| {
        let since_seq: i64 = row.try_get("since_seq")?;
        Ok(HostClaim {
            host: id(row, "host")?,
            since_seq: since_seq.unsigned_abs(),
        })
    });
    claims.collect()
}

/// The page that reported the host as gone, which it must not do any longer.
async fn claim(tx: &mut Tx<'_>, page: &PageId, host: &Host, position: usize) -> Result<Option<PageId>, Refusal> {
    let holder = sql::query("SELECT page_id, live FROM hosts WHERE host = $1");
    let holder = holder.bind(host.as_str()).fetch_optional(&mut *tx.conn).await?;
    let former = match holder {
        Some(row) if row.try_get("live")? => {
            return Err(Fault::taken(format!("hosts[{position}]"), format!("{host} belongs to another page")).into());
        }
        Some(row) => Some(id::<PageId>(&row, "page_id")?).filter(|former| former != page),
        None => None,
    };
    let query = sql::query(
        "INSERT INTO hosts (host, page_id, position, live, since_seq) VALUES ($1, $2, $3, TRUE, $4)
         ON CONFLICT (host) DO UPDATE SET page_id = excluded.page_id, position = excluded.position, live = TRUE,
             gone_ms = NULL, gone_seq = NULL,
             since_seq = CASE WHEN page_id = excluded.page_id THEN since_seq ELSE excluded.since_seq END",
    );
    let query = query.bind(host.as_str()).bind(page.as_str()).bind(position as i64);
    let query = query.bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(former)
}
