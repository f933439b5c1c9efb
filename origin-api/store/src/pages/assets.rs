//! Logos and favicons. A page names one by its content; one that was replaced stays for a day, for pages that visitors
//! still have open, and is then taken back.

use origin_engine::{
    applied::Applied,
    rows::id,
    scope::expect_page,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    picture::{Picture, Role},
};
use page_model::{
    PageId,
    asset::{Asset, AssetName},
};

use crate::archive::archive_months;

pub async fn put(tx: &mut Tx<'_>, page: &PageId, role: Role, picture: Picture) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let before = read(tx.conn, page, role).await?;
    tx.expect_known(before.as_ref().map(|before| &before.asset))?;
    let query = sql::query(
        "INSERT INTO assets (page_id, name, width, height, bytes, changed_seq) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (page_id, name) DO UPDATE SET replaced_at_ms = NULL, bytes = excluded.bytes,
             changed_seq = CASE WHEN bytes IS NULL THEN excluded.changed_seq ELSE changed_seq END",
    );
    let Picture { asset, bytes } = picture;
    let query = query.bind(page.as_str()).bind(asset.name.to_string());
    let query = query.bind(asset.width).bind(asset.height).bind(bytes).bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    name(tx, page, role, Some(&asset.name)).await?;
    if before.is_none_or(|before| before.asset != asset) {
        archive_months::mark_all(tx, page).await?;
    }
    Ok(Applied::changed_to(&asset))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, role: Role) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let Some(before) = read(tx.conn, page, role).await? else {
        return Err(Fault::absent(format!("page {page} has no {}", role.as_str())).into());
    };
    tx.expect_known(Some(&before.asset))?;
    name(tx, page, role, None).await?;
    archive_months::mark_all(tx, page).await?;
    Ok(Applied::deleted())
}

/// A page's picture with its bytes.
pub async fn read(conn: &mut Connection, page: &PageId, role: Role) -> sql::Result<Option<Picture>> {
    let query = sql::query(match role {
        Role::Logo => "SELECT a.* FROM pages p JOIN assets a ON a.page_id = p.id AND a.name = p.logo WHERE p.id = $1",
        Role::LogoDark => {
            "SELECT a.* FROM pages p JOIN assets a ON a.page_id = p.id AND a.name = p.logo_dark WHERE p.id = $1"
        }
        Role::Favicon => {
            "SELECT a.* FROM pages p JOIN assets a ON a.page_id = p.id AND a.name = p.favicon WHERE p.id = $1"
        }
    });
    let Some(row) = query.bind(page.as_str()).fetch_optional(conn).await? else {
        return Ok(None);
    };
    Ok(Some(Picture {
        asset: asset(&row)?,
        bytes: row.try_get("bytes")?,
    }))
}

/// What the page names, without the bytes.
pub async fn of_page(conn: &mut Connection, page: &PageId, name: Option<String>) -> sql::Result<Option<Asset>> {
    let Some(name) = name else { return Ok(None) };
    let query = sql::query("SELECT name, width, height FROM assets WHERE page_id = $1 AND name = $2");
    let row = query.bind(page.as_str()).bind(name).fetch_optional(conn).await?;
    row.as_ref().map(asset).transpose()
}

/// Those that changed after `$2`.
pub const CHANGED: &str = "SELECT name, bytes FROM assets WHERE page_id = $1 AND changed_seq > $2 ORDER BY name";

/// Without bytes the regions learn that it is gone.
pub fn changed(row: &Row) -> sql::Result<(AssetName, Option<Vec<u8>>)> {
    Ok((id(row, "name")?, row.try_get("bytes")?))
}

/// Takes back what was replaced a day ago, and earlier what is too much. Tombstones go when every region has had them for
/// long.
pub async fn forget(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query(
        "UPDATE assets SET bytes = NULL, changed_seq = $3 WHERE page_id = $1 AND bytes IS NOT NULL
         AND (replaced_at_ms <= $2 OR name IN (SELECT name FROM assets
              WHERE page_id = $1 AND bytes IS NOT NULL AND replaced_at_ms IS NOT NULL
              ORDER BY replaced_at_ms DESC, name LIMIT -1 OFFSET $4))",
    );
    let query = query
        .bind(page.as_str())
        .bind(tx.now_ms - REPLACED_KEPT_MS)
        .bind(tx.seq);
    query.bind(REPLACED_MAX).execute(&mut *tx.conn).await?;
    let query = sql::query("DELETE FROM assets WHERE page_id = $1 AND bytes IS NULL AND replaced_at_ms <= $2");
    let query = query.bind(page.as_str()).bind(tx.now_ms - TOMBSTONE_KEPT_MS);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// The page loses all its pictures.
pub async fn empty_all(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query(
        "UPDATE assets SET bytes = NULL, changed_seq = $2, replaced_at_ms = COALESCE(replaced_at_ms, $3)
         WHERE page_id = $1 AND bytes IS NOT NULL",
    );
    let query = query.bind(page.as_str()).bind(tx.seq).bind(tx.now_ms);
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// The page names another picture, or none, as every month of the history does; what nothing names any longer was replaced now.
async fn name(tx: &mut Tx<'_>, page: &PageId, role: Role, name: Option<&AssetName>) -> sql::Result<()> {
    let query = sql::query(match role {
        Role::Logo => "UPDATE pages SET logo = $2, seq = $3 WHERE id = $1",
        Role::LogoDark => "UPDATE pages SET logo_dark = $2, seq = $3 WHERE id = $1",
        Role::Favicon => "UPDATE pages SET favicon = $2, seq = $3 WHERE id = $1",
    });
    let query = query
        .bind(page.as_str())
        .bind(name.map(AssetName::to_string))
        .bind(tx.seq);
    query.execute(&mut *tx.conn).await?;
    let query = sql::query(
        "UPDATE assets SET replaced_at_ms = $2 WHERE page_id = $1 AND replaced_at_ms IS NULL
         AND name NOT IN (SELECT COALESCE(logo, '') FROM pages WHERE id = $1
                          UNION SELECT COALESCE(logo_dark, '') FROM pages WHERE id = $1
                          UNION SELECT COALESCE(favicon, '') FROM pages WHERE id = $1)",
    );
    query.bind(page.as_str()).bind(tx.now_ms).execute(&mut *tx.conn).await?;
    forget(tx, page).await
}

fn asset(row: &Row) -> sql::Result<Asset> {
    Ok(Asset {
        name: id(row, "name")?,
        width: row.try_get("width")?,
        height: row.try_get("height")?,
    })
}

/// Longer than anybody keeps a page open without asking for it again.
const REPLACED_KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// Replaced pictures of a page that wait to be taken back.
const REPLACED_MAX: i64 = 8;
const TOMBSTONE_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
