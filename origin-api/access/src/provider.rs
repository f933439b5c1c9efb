//! The identity provider of a page. What its client shows it is read by signing in alone.

use origin_engine::{
    applied::Applied,
    rows::{json, of_json},
    scope::expect_page,
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    provider::{NewProvider, Provider},
};
use page_model::PageId;

use crate::revision;

/// A provider, and the secret of the client that the publisher registered there.
pub struct Known {
    pub provider: Provider,
    pub client_secret: Option<String>,
}

/// Who was let in by what the former one said is asked again.
pub async fn put(tx: &mut Tx<'_>, page: &PageId, new: NewProvider) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let before = known(tx.conn, page).await?;
    tx.expect_known(before.as_ref().map(|before| &before.provider))?;
    let is_same =
        |before: &Known| before.provider.issuer == new.issuer.text && before.provider.client_id == new.client_id.0;
    let secret = match &new.client_secret {
        Some(secret) => secret.as_ref().map(|secret| secret.as_str().to_owned()),
        None => before.filter(is_same).and_then(|before| before.client_secret),
    };
    let provider = new.told(secret.is_some());
    let query = sql::query(
        "INSERT INTO providers (page_id, object, client_secret) VALUES ($1, $2, $3)
         ON CONFLICT (page_id) DO UPDATE SET object = $2, client_secret = $3",
    );
    let query = query.bind(page.as_str()).bind(json(&provider)).bind(secret);
    query.execute(&mut *tx.conn).await?;
    revision::raise(tx, page).await?;
    Ok(Applied::changed_to(&provider))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
    expect_page(tx.conn, page).await?;
    let Some(before) = read(tx.conn, page).await? else {
        return Err(Fault::absent(format!("page {page} has no provider")).into());
    };
    tx.expect_known(Some(&before))?;
    let query = sql::query("DELETE FROM providers WHERE page_id = $1");
    query.bind(page.as_str()).execute(&mut *tx.conn).await?;
    revision::raise(tx, page).await?;
    Ok(Applied::deleted())
}

pub async fn read(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Provider>> {
    Ok(known(conn, page).await?.map(|known| known.provider))
}

pub async fn known(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Known>> {
    let query = sql::query("SELECT object, client_secret FROM providers WHERE page_id = $1");
    let Some(row) = query.bind(page.as_str()).fetch_optional(conn).await? else {
        return Ok(None);
    };
    Ok(Some(Known {
        provider: of_json(&row, "object")?,
        client_secret: row.try_get("client_secret")?,
    }))
}
