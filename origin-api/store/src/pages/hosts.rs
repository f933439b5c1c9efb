//! A host belongs to at most one page.

use std::collections::HashMap;

use origin_compose::rows::HostClaim;
use origin_engine::{
    rows::{id, json},
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::fault::Fault;
use page_model::{Host, PageId};

/// Gives a page exactly these hosts. Those that it loses stay with it and lead to the first one, as people have their addresses; a page
/// without any host reports them to the regions as gone.
pub async fn assign(tx: &mut Tx<'_>, page: &PageId, hosts: &[Host]) -> Result<(), Refusal> {
    if hosts.is_empty() {
        release(tx, page).await?;
    } else {
        let query =
            sql::query("UPDATE hosts SET live = FALSE, redirects = TRUE, gone_seq = $2 WHERE page_id = $1 AND live");
        query.bind(page.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    }
    for (position, host) in hosts.iter().enumerate() {
        let former = claim(tx, page, host, position).await?;
        if let Some(former) = former {
            tx.announce(&former).await?;
        }
    }
    let former = former_of_page(tx.conn, page).await?;
    give_up(tx, former.get(FORMER_HOSTS_MAX..).unwrap_or_default()).await?;
    let query = sql::query("UPDATE pages SET first_host = COALESCE(first_host, $2) WHERE id = $1");
    let query = query.bind(page.as_str()).bind(hosts.first().map(Host::as_str));
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// Only these lead to the page from here on; the others are gone, until another page claims them.
pub async fn keep_former(tx: &mut Tx<'_>, page: &PageId, kept: &[Host]) -> Result<(), Refusal> {
    let former = former_of_page(tx.conn, page).await?;
    if let Some(at) = kept.iter().position(|host| !former.contains(host)) {
        let detail = format!(
            "{} is no former host of this page; a host becomes one when it is taken out of hosts",
            kept[at]
        );
        return Err(Fault::invalid(format!("former_hosts[{at}]"), detail).into());
    }
    let others: Vec<Host> = former.into_iter().filter(|host| !kept.contains(host)).collect();
    Ok(give_up(tx, &others).await?)
}

async fn give_up(tx: &mut Tx<'_>, hosts: &[Host]) -> sql::Result<()> {
    for host in hosts {
        let query = sql::query("UPDATE hosts SET redirects = FALSE, gone_ms = $2, gone_seq = $3 WHERE host = $1");
        let query = query.bind(host.as_str()).bind(tx.now_ms).bind(tx.seq);
        query.execute(&mut *tx.conn).await?;
    }
    Ok(())
}

/// Of a page that goes, or has no host any longer.
pub async fn release(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query(
        "UPDATE hosts SET live = FALSE, redirects = FALSE, gone_ms = $2, gone_seq = $3
         WHERE page_id = $1 AND (live OR redirects)",
    );
    let query = query.bind(page.as_str()).bind(tx.now_ms).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// The last one that the page left comes first.
async fn former_of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<Host>> {
    let claims = sql::query(CLAIMS).bind(page.as_str()).fetch_all(conn).await?;
    let former = claims_among(&claims, Claims::Former)?;
    Ok(former.into_iter().map(|claim| claim.host).collect())
}

/// What a page says of its hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claims {
    Live,
    /// They lead to the first that is live.
    Former,
    Gone,
}

/// All that a page says of hosts. Those that it left come before, the last one first.
pub const CLAIMS: &str = "
    SELECT host, since_seq, live, redirects FROM hosts WHERE page_id = $1
    ORDER BY CASE WHEN redirects THEN -gone_seq ELSE position END, position, host";

/// The same of several pages.
pub async fn claims_by_page(conn: &mut Connection, pages: &[PageId]) -> sql::Result<HashMap<PageId, Vec<Row>>> {
    let query = sql::query(
        "SELECT h.page_id, h.host, h.since_seq, h.live, h.redirects
         FROM json_each($1) e CROSS JOIN hosts h ON h.page_id = e.value
         ORDER BY CASE WHEN h.redirects THEN -h.gone_seq ELSE h.position END, h.position, h.host",
    );
    let mut claims: HashMap<PageId, Vec<Row>> = HashMap::new();
    for row in query.bind(json(&pages)).fetch_all(conn).await? {
        claims.entry(id(&row, "page_id")?).or_default().push(row);
    }
    Ok(claims)
}

/// Of all that a page says, what it says so.
pub fn claims_among(rows: &[Row], claims: Claims) -> sql::Result<Vec<HostClaim>> {
    let mut among = Vec::new();
    for row in rows {
        let is_so = (row.try_get("live")?, row.try_get("redirects")?);
        if is_so == (claims == Claims::Live, claims == Claims::Former) {
            among.push(claim_of(row)?);
        }
    }
    Ok(among)
}

fn claim_of(row: &Row) -> sql::Result<HostClaim> {
    let since_seq: i64 = row.try_get("since_seq")?;
    Ok(HostClaim {
        host: id(row, "host")?,
        since_seq: since_seq.unsigned_abs(),
    })
}

/// The page that reported the host as gone, which it must not do any longer.
async fn claim(tx: &mut Tx<'_>, page: &PageId, host: &Host, position: usize) -> Result<Option<PageId>, Refusal> {
    let holder = sql::query("SELECT page_id, live, redirects FROM hosts WHERE host = $1");
    let holder = holder.bind(host.as_str()).fetch_optional(&mut *tx.conn).await?;
    let former = match holder {
        Some(row) if row.try_get("live")? => {
            return Err(Fault::taken(format!("hosts[{position}]"), format!("{host} belongs to another page")).into());
        }
        Some(row) => {
            let former: PageId = id(&row, "page_id")?;
            let is_own = former == *page;
            if !is_own && row.try_get("redirects")? {
                let detail =
                    format!("{host} leads to another page; take it out of the former_hosts of that page first");
                return Err(Fault::taken(format!("hosts[{position}]"), detail).into());
            }
            (!is_own).then_some(former)
        }
        None => None,
    };
    let query = sql::query(
        "INSERT INTO hosts (host, page_id, position, live, since_seq) VALUES ($1, $2, $3, TRUE, $4)
         ON CONFLICT (host) DO UPDATE SET page_id = excluded.page_id, position = excluded.position, live = TRUE,
             redirects = FALSE, gone_ms = NULL, gone_seq = NULL,
             since_seq = CASE WHEN page_id = excluded.page_id THEN since_seq ELSE excluded.since_seq END",
    );
    let query = query.bind(host.as_str()).bind(page.as_str()).bind(position as i64);
    let query = query.bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    Ok(former)
}

/// Hosts that lead to a page; of more, those that it left first are given up.
const FORMER_HOSTS_MAX: usize = 20;
