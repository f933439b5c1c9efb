//! Sets of audiences for which the regions have content.

use origin_compose::{
    rows::AudienceSet,
    seen::{self, KnownAudience},
};
use origin_engine::{
    rows::{id, json, of_json, state},
    sql::{self, Columns as _, Connection, Row},
    tx::Tx,
};
use page_model::{AudienceId, Id, PageId, site::Visibility};

use crate::access::{audiences, open, revision};

/// The sets that see something of a page.
pub async fn in_use(conn: &mut Connection, page: &PageId, visibility: Visibility) -> sql::Result<Vec<AudienceSet>> {
    let query = sql::query(KNOWN).bind(page.as_str());
    let rows = query.fetch_all(&mut *conn).await?;
    let known: Vec<KnownAudience> = rows.iter().map(known).collect::<sql::Result<_>>()?;
    Ok(seen::sets(visibility, &known, open::sets(conn, page).await?))
}

/// The set of somebody who was let in by an audience.
pub async fn of_visitor(conn: &mut Connection, page: &PageId, audience: &Id) -> sql::Result<AudienceId> {
    let rows = sql::query(KNOWN).bind(page.as_str()).fetch_all(conn).await?;
    let known: Vec<KnownAudience> = rows.iter().map(known).collect::<sql::Result<_>>()?;
    Ok(AudienceSet::of_visitor(&known, std::slice::from_ref(audience)).id)
}

/// After a change: content of sets that see nothing any longer is taken back, that of new ones is sent whole, and who was let in
/// is asked again which set is theirs.
pub async fn settle(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("SELECT visibility, sets, former_sets FROM pages WHERE id = $1").bind(page.as_str());
    let Some(row) = query.fetch_optional(&mut *tx.conn).await? else {
        return Ok(());
    };
    let in_use = in_use(tx.conn, page, state(&row, "visibility")?).await?;
    let (before, mut former): (Vec<AudienceId>, _) = (of_json(&row, "sets")?, former(&row)?);
    let now: Vec<AudienceId> = in_use.into_iter().map(|set| set.id).collect();
    if before == now {
        return Ok(());
    }
    former.extend(before);
    former.retain(|set| !now.contains(set));
    former.sort();
    former.dedup();
    keep(tx, page, &now, &former).await?;
    revision::raise(tx, page).await?;
    audiences::mark_seen(tx, page).await
}

/// Those whose content is taken back from the regions.
pub fn former(row: &Row) -> sql::Result<Vec<AudienceId>> {
    of_json(row, "former_sets")
}

/// Of a page that is deleted, or never was.
pub async fn of_deleted(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudienceId>> {
    let query = sql::query("SELECT former_sets FROM deleted_pages WHERE page_id = $1").bind(page.as_str());
    query
        .fetch_optional(conn)
        .await?
        .as_ref()
        .map_or(Ok(Vec::new()), former)
}

/// All for which the regions may have content.
pub async fn ever(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudienceId>> {
    let query = sql::query("SELECT sets, former_sets FROM pages WHERE id = $1").bind(page.as_str());
    let row = query.fetch_one(conn).await?;
    let mut sets = former(&row)?;
    sets.extend(of_json::<Vec<AudienceId>>(&row, "sets")?);
    Ok(sets)
}

/// A new page. One that was deleted and is made anew: what the regions had of it is still to be taken back.
pub async fn begin(tx: &mut Tx<'_>, page: &PageId, visibility: Visibility) -> sql::Result<()> {
    let in_use = in_use(tx.conn, page, visibility).await?;
    let now: Vec<AudienceId> = in_use.into_iter().map(|set| set.id).collect();
    let mut former = of_deleted(tx.conn, page).await?;
    former.retain(|set| !now.contains(set));
    keep(tx, page, &now, &former).await
}

async fn keep(tx: &mut Tx<'_>, page: &PageId, sets: &[AudienceId], former: &[AudienceId]) -> sql::Result<()> {
    let query = sql::query("UPDATE pages SET sets = $2, former_sets = $3 WHERE id = $1");
    let query = query.bind(page.as_str()).bind(json(&sets)).bind(json(&former));
    query.execute(&mut *tx.conn).await.map(|_| ())
}

fn known(row: &Row) -> sql::Result<KnownAudience> {
    Ok(KnownAudience {
        id: id(row, "id")?,
        is_named: row.try_get("is_named")?,
        lets_in: row.try_get("lets_in")?,
    })
}

const KNOWN: &str = "
    SELECT a.id,
        a.password_hash IS NOT NULL OR a.emails <> '[]' OR EXISTS (
            SELECT 1 FROM audience_members m WHERE m.page_id = a.page_id AND m.audience_id = a.id) AS lets_in,
        EXISTS (SELECT 1 FROM audience_uses u WHERE u.page_id = a.page_id AND u.audience_id = a.id) AS is_named
    FROM audiences a WHERE a.page_id = $1 ORDER BY a.ordinal";

#[cfg(test)]
mod tests {
    use super::*;

    /// The migration writes the set of a private page, which it cannot make.
    #[test]
    fn migration_names_the_set_of_those_in_no_audience() {
        let migration = include_str!("../../../engine/migrations/sqlite/0018_layered_pages.sql");
        assert!(migration.contains(&format!("'[\"{}\"]'", AudienceId::of_set(&[]))));
    }
}
