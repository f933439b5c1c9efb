//! Who is let in without signing in: by networks and by links. Edges decide it by themselves, so that the sets of audiences that
//! may come of it are known from the first.

use origin_compose::rows::AudienceSet;
use origin_engine::{
    rows::{id, of_json, state},
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{
    address_range::{AddressRange, PAGE_RANGES_MAX},
    audience::PAGE_SETS_MAX,
    audiences::Audiences,
    fault::Fault,
};
use page_model::{AudienceId, PageId, capability::Capability, network::Network};

/// The networks of a page, and what their visitors see: a network within another one is in the audiences of both.
pub async fn networks(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<Network>> {
    let sets = of_ranges(conn, page).await?;
    let networks = sets.into_iter().map(|(range, set)| {
        let network = range.network();
        Network::of(network.network(), network.prefix_len(), set.id)
    });
    Ok(networks.collect())
}

/// The links of a page that open something at a moment. Those for screens are exchanged for a session at the origin, so that edges
/// need not know of them.
pub async fn capabilities(conn: &mut Connection, page: &PageId, now_ms: i64) -> sql::Result<Vec<Capability>> {
    let named = named(conn, page).await?;
    let query = sql::query(
        "SELECT secret_hash, audiences, formats, expires_at_ms FROM links
         WHERE page_id = $1 AND formats <> 'kiosk' AND (expires_at_ms IS NULL OR expires_at_ms > $2) ORDER BY ordinal",
    );
    let rows = query.bind(page.as_str()).bind(now_ms).fetch_all(conn).await?;
    let capabilities = rows.iter().map(|row| {
        Ok(Capability {
            hash: row.try_get("secret_hash")?,
            audience: of_link(&of_json(row, "audiences")?, &named),
            formats: state(row, "formats")?,
            expires_ms: row.try_get::<Option<i64>, _>("expires_at_ms")?.map(i64::unsigned_abs),
        })
    });
    capabilities.collect()
}

/// What somebody sees who has a link for these.
fn of_link(audiences: &Audiences, named: &[AudienceId]) -> AudienceId {
    AudienceSet::of(named.iter().filter(|one| audiences.contains(one)).cloned().collect()).id
}

/// The sets of several audiences that come of networks and links.
pub async fn sets(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudienceSet>> {
    let named = named(conn, page).await?;
    let ranges = of_ranges(conn, page).await?;
    let mut sets: Vec<AudienceSet> = ranges.into_iter().map(|(_, set)| set).collect();
    let query = sql::query("SELECT audiences FROM links WHERE page_id = $1 ORDER BY ordinal");
    for row in query.bind(page.as_str()).fetch_all(conn).await? {
        let audiences: Audiences = of_json(&row, "audiences")?;
        sets.push(AudienceSet::of(
            named.iter().filter(|one| audiences.contains(one)).cloned().collect(),
        ));
    }
    sets.retain(|set| set.audiences.len() > 1);
    sets.sort_by(|one, other| one.id.cmp(&other.id));
    sets.dedup();
    Ok(sets)
}

/// Ranges and links of a page show no more than a region has room for.
pub async fn expect_room(tx: &mut Tx<'_>, page: &PageId) -> Result<(), Refusal> {
    let named = named(tx.conn, page).await?.len();
    // That of the public, that of those in no audience, and one for each audience.
    let count = sets(tx.conn, page).await?.len() + named + 2;
    if count <= PAGE_SETS_MAX {
        return Ok(());
    }
    let detail = format!(
        "ranges and links would make more than {PAGE_SETS_MAX} sets of audiences that see different things; \
         let them name fewer audiences together"
    );
    Err(Fault::conflict(detail).into())
}

/// The audiences of a page have as many ranges together as a visit can look at.
pub async fn expect_ranges(tx: &mut Tx<'_>, page: &PageId) -> Result<(), Refusal> {
    let count = ranges(tx.conn, page).await?.len();
    if count <= PAGE_RANGES_MAX {
        return expect_room(tx, page).await;
    }
    let detail = format!("the audiences of a page have at most {PAGE_RANGES_MAX} ranges together");
    Err(Fault::conflict(detail).at("ranges").into())
}

async fn of_ranges(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<(AddressRange, AudienceSet)>> {
    let named = named(conn, page).await?;
    let all = ranges(conn, page).await?;
    let mut networks: Vec<AddressRange> = all.iter().map(|(range, _)| *range).collect();
    networks.sort();
    networks.dedup();
    let set = |network: AddressRange| {
        let around = all.iter().filter(|(range, _)| range.contains(network));
        let mut audiences: Vec<AudienceId> = around.map(|(_, audience)| audience.clone()).collect();
        audiences.retain(|audience| named.contains(audience));
        audiences.sort();
        audiences.dedup();
        (network, AudienceSet::of(audiences))
    };
    Ok(networks.into_iter().map(set).collect())
}

async fn ranges(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<(AddressRange, AudienceId)>> {
    let query = sql::query("SELECT id, ranges FROM audiences WHERE page_id = $1 AND ranges <> '[]' ORDER BY ordinal");
    let mut all = Vec::new();
    for row in query.bind(page.as_str()).fetch_all(conn).await? {
        let audience: AudienceId = id(&row, "id")?;
        let ranges: Vec<AddressRange> = of_json(&row, "ranges")?;
        all.extend(ranges.into_iter().map(|range| (range, audience.clone())));
    }
    Ok(all)
}

/// The audiences that something of the page is for, in the order of their ids.
async fn named(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudienceId>> {
    let query = sql::query(
        "SELECT id FROM audiences a WHERE page_id = $1
         AND EXISTS (SELECT 1 FROM audience_uses u WHERE u.page_id = a.page_id AND u.audience_id = a.id) ORDER BY id",
    );
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| id(row, "id")).collect()
}
