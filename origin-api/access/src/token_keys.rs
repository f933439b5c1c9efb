//! With what the tokens of a publisher's own product are verified.

use origin_engine::{
    applied::Applied,
    rows::{json, of_json},
    scope::expect_page,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    token_key::{NewTokenKey, PAGE_TOKEN_KEYS_MAX, TokenKey},
};
use page_model::{Id, PageId};

use crate::revision;

pub struct Known {
    pub key: TokenKey,
    pub material: Vec<u8>,
    /// With which change it came.
    pub seq: i64,
}

/// Who was let in by the former one is asked again, and refused.
pub async fn put(tx: &mut Tx<'_>, page: &PageId, id: Id, new: NewTokenKey) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let all = known(tx.conn, page).await?;
    let before = all.iter().find(|known| known.key.id == id);
    tx.expect_known(before.map(|before| &before.key))?;
    if before.is_none() && all.len() >= PAGE_TOKEN_KEYS_MAX {
        let detail = format!("a page has at most {PAGE_TOKEN_KEYS_MAX} keys for tokens");
        return Err(Fault::conflict(detail).into());
    }
    let material = new.material()?;
    let key = TokenKey {
        id,
        issuer: new.issuer.0,
        algorithm: material.algorithm,
    };
    let query = sql::query(
        "INSERT INTO token_keys (page_id, id, object, material, seq) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (page_id, id) DO UPDATE SET object = $3, material = $4, seq = $5",
    );
    let query = query.bind(page.as_str()).bind(key.id.as_str()).bind(json(&key));
    query.bind(material.bytes).bind(tx.seq).execute(&mut *tx.conn).await?;
    revision::raise(tx, page).await?;
    Ok(Applied::changed_to(&key))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, id: &Id) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let all = known(tx.conn, page).await?;
    let Some(before) = all.iter().find(|known| known.key.id == *id) else {
        return Err(Fault::absent(format!("page {page} has no key {id}")).into());
    };
    tx.expect_known(Some(&before.key))?;
    let query = sql::query("DELETE FROM token_keys WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(id.as_str());
    query.execute(&mut *tx.conn).await?;
    revision::raise(tx, page).await?;
    Ok(Applied::deleted())
}

pub async fn known(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<Known>> {
    let query = sql::query("SELECT object, material, seq FROM token_keys WHERE page_id = $1 ORDER BY id");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let of = |row: &Row| {
        Ok(Known {
            key: of_json(row, "object")?,
            material: row.try_get("material")?,
            seq: row.try_get("seq")?,
        })
    };
    rows.iter().map(of).collect()
}
