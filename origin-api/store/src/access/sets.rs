//! Sets of audiences for which the regions have content.

use origin_compose::{
    rows::AudienceSet,
    seen::{self, KnownAudience},
};
use origin_engine::{
    applied::Applied,
    rows::{id, json, of_json, state},
    scope::expect_page,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{audience::PAGE_SETS_MAX, fault::Fault};
use page_model::{AudienceId, Id, PageId, site::Visibility};

use crate::{
    access::{audiences, open, revision},
    limits::SET_USE_KEPT_MS,
};

/// The sets that see something of a page.
pub async fn in_use(conn: &mut Connection, page: &PageId, visibility: Visibility) -> sql::Result<Vec<AudienceSet>> {
    let known = known_audiences(conn, page).await?;
    // First those that edges come to without a word of the origin: there nobody can be given another set instead.
    let mut sets = open::sets(conn, page).await?;
    for (set, _) in several(conn, page).await? {
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    Ok(seen::sets(visibility, &known, sets))
}

/// The set of a visitor, and how it stands with the store.
#[derive(Debug)]
pub struct OfVisitor {
    pub set: AudienceSet,
    /// What they see of it where there is no room for it.
    pub instead: AudienceId,
    pub standing: Standing,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// The regions are given its content.
    InUse,
    /// They are, and the store forgets that somebody uses it unless it is told again.
    Fading,
    /// The store is to be told of it.
    New,
    /// The page has as many as it may.
    NoRoom,
}

/// The set of somebody who was let in by these audiences.
pub async fn of_visitor(conn: &mut Connection, page: &PageId, audiences: &[Id], now_ms: i64) -> sql::Result<OfVisitor> {
    let known = known_audiences(conn, page).await?;
    let set = AudienceSet::of_visitor(&known, audiences);
    let first = set.audiences.iter().take(1).cloned().collect();
    let standing = match set.audiences.len() {
        0 | 1 => Standing::InUse,
        _ => standing(conn, page, &set.id, now_ms).await?,
    };
    Ok(OfVisitor {
        set,
        instead: AudienceSet::of(first).id,
        standing,
    })
}

async fn standing(conn: &mut Connection, page: &PageId, set: &AudienceId, now_ms: i64) -> sql::Result<Standing> {
    let in_use = now_in_use(conn, page).await?;
    if !in_use.contains(set) {
        return Ok(match in_use.len() < PAGE_SETS_MAX {
            true => Standing::New,
            false => Standing::NoRoom,
        });
    }
    let query = sql::query_scalar("SELECT used_at_ms FROM audience_sets WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(set.as_str());
    let used_at_ms: Option<i64> = query.fetch_optional(conn).await?;
    Ok(match used_at_ms.is_some_and(|used| used > now_ms - SET_USE_KEPT_MS) {
        true => Standing::InUse,
        false => Standing::Fading,
    })
}

/// Somebody was let in by these audiences. Nobody else makes a set known.
pub async fn take_up(tx: &mut Tx<'_>, page: &PageId, audiences: &[AudienceId]) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let known = known_audiences(tx.conn, page).await?;
    let set = AudienceSet::of(audiences.to_vec());
    let is_named = |one: &AudienceId| known.iter().any(|known| known.is_named && known.id == *one);
    if set.audiences.len() < 2 || !set.audiences.iter().all(is_named) {
        return Err(Fault::conflict("nothing of the page is for one of these audiences any longer").into());
    }
    let in_use = now_in_use(tx.conn, page).await?;
    let is_new = !in_use.contains(&set.id);
    if is_new && in_use.len() >= PAGE_SETS_MAX {
        let detail = format!("a page has at most {PAGE_SETS_MAX} sets of audiences that see different things");
        return Err(Fault::conflict(detail).into());
    }
    let query = sql::query(
        "INSERT INTO audience_sets (page_id, id, audiences, used_at_ms, ordinal) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (page_id, id) DO UPDATE SET used_at_ms = excluded.used_at_ms",
    );
    let query = query.bind(page.as_str()).bind(set.id.as_str());
    let query = query.bind(json(&set.audiences)).bind(tx.now_ms).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    if !is_new {
        return Ok(Applied::done());
    }
    let seq = tx.announce(page).await?;
    // Nobody else sees anything new or loses anything, so that nobody is asked again.
    follow(tx, page).await?;
    Ok(Applied::done().at(seq))
}

/// After a change: content of sets that see nothing any longer is taken back, that of new ones is sent whole, and who was let in
/// is asked again which set is theirs.
pub async fn settle(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    match follow(tx, page).await? {
        true => revision::raise(tx, page).await,
        false => Ok(()),
    }
}

/// Whether there are other sets than before.
async fn follow(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<bool> {
    let query = sql::query("SELECT visibility, sets, former_sets FROM pages WHERE id = $1").bind(page.as_str());
    let Some(row) = query.fetch_optional(&mut *tx.conn).await? else {
        return Ok(false);
    };
    let in_use = in_use(tx.conn, page, state(&row, "visibility")?).await?;
    let (before, mut former): (Vec<AudienceId>, _) = (of_json(&row, "sets")?, former(&row)?);
    let now: Vec<AudienceId> = in_use.into_iter().map(|set| set.id).collect();
    if before == now {
        return Ok(false);
    }
    former.extend(before);
    former.retain(|set| !now.contains(set));
    former.sort();
    former.dedup();
    keep(tx, page, &now, &former).await?;
    audiences::mark_seen(tx, page).await?;
    Ok(true)
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

/// Those of several audiences, and when somebody was last let in with each.
pub async fn several(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<(AudienceSet, i64)>> {
    let query = sql::query("SELECT audiences, used_at_ms FROM audience_sets WHERE page_id = $1 ORDER BY ordinal, id");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let sets = rows
        .iter()
        .map(|row| Ok((AudienceSet::of(of_json(row, "audiences")?), row.try_get("used_at_ms")?)));
    sets.collect()
}

/// Those that the regions are given content of.
async fn now_in_use(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudienceId>> {
    let query = sql::query("SELECT sets FROM pages WHERE id = $1").bind(page.as_str());
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map_or(Ok(Vec::new()), |row| of_json(row, "sets"))
}

async fn known_audiences(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<KnownAudience>> {
    let rows = sql::query(KNOWN).bind(page.as_str()).fetch_all(conn).await?;
    let known = rows.iter().map(|row| {
        Ok(KnownAudience {
            id: id(row, "id")?,
            is_named: row.try_get("is_named")?,
            lets_in: row.try_get("lets_in")?,
        })
    });
    known.collect()
}

const KNOWN: &str = "
    SELECT a.id,
        a.password_hash IS NOT NULL OR a.emails <> '[]'
            OR a.claims <> '[]' AND EXISTS (SELECT 1 FROM providers p WHERE p.page_id = a.page_id)
            OR EXISTS (SELECT 1 FROM token_keys k WHERE k.page_id = a.page_id)
            OR EXISTS (
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
