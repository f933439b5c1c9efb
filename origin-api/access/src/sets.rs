//! Sets of audiences for which the regions have content, as they are read.

use origin_compose::{
    rows::AudienceSet,
    seen::{self, KnownAudience},
};
use origin_engine::{
    rows::{id, of_json},
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::audience::PAGE_SETS_MAX;
use page_model::{AudienceId, Id, PageId, site::Visibility};

use crate::open;

/// The sets that see something of a page.
pub async fn in_use(conn: &mut Connection, page: &PageId, visibility: Visibility) -> sql::Result<Vec<AudienceSet>> {
    if visibility == Visibility::Public {
        return Ok(seen::sets(visibility, &[], Vec::new()));
    }
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
pub async fn now_in_use(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<AudienceId>> {
    let query = sql::query("SELECT sets FROM pages WHERE id = $1").bind(page.as_str());
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map_or(Ok(Vec::new()), |row| of_json(row, "sets"))
}

pub async fn known_audiences(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<KnownAudience>> {
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
/// How exactly it is known when somebody was last let in with a set.
const SET_USE_KEPT_MS: i64 = 24 * 60 * 60 * 1000;
