//! Sets of audiences for which the regions have content.

use origin_access::{
    revision,
    sets::{former, in_use, known_audiences, now_in_use, of_deleted},
};
use origin_compose::rows::AudienceSet;
use origin_engine::{
    applied::Applied,
    rows::{json, of_json, state},
    scope::expect_page,
    sql,
    tx::{Refusal, Tx},
};
use origin_objects::{audience::PAGE_SETS_MAX, fault::Fault};
use page_model::{AudienceId, PageId, site::Visibility};

use crate::access::audiences;

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
