//! How a page that is not public lets visitors in.

use origin_access::{ended, mail, open, passwords, provider, session_keys};
use origin_engine::{
    rows::of_json,
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::sign_in::SignIn;
use page_model::{
    PageId,
    access::{Access, Way},
    site::Visibility,
};

pub async fn of_page(
    conn: &mut Connection,
    page: &PageId,
    row: &Row,
    visibility: Visibility,
    now_ms: i64,
) -> sql::Result<Option<Access>> {
    if visibility == Visibility::Public {
        return Ok(None);
    }
    let sign_in: SignIn = of_json(row, "sign_in")?;
    let provider = provider::read(conn, page).await?.map(|provider| provider.name);
    let ways = [
        (Way::Password, !passwords::of_page(conn, page).await?.is_empty()),
        (Way::Mail, mail::is_offered(conn, page).await?),
        (Way::Provider, provider.is_some()),
    ];
    let ways = ways
        .into_iter()
        .filter_map(|(way, is_offered)| is_offered.then_some(way));
    let (revision, epoch): (i64, i64) = (row.try_get("access_revision")?, row.try_get("access_epoch")?);
    let keys = session_keys::all(conn).await?;
    Ok(Some(Access {
        door: sign_in.door,
        ways: ways.collect(),
        revision: revision.unsigned_abs(),
        epoch: epoch.unsigned_abs(),
        keys: keys.iter().map(session_keys::SessionKey::public).collect(),
        provider,
        ranges: open::networks(conn, page).await?,
        capabilities: open::capabilities(conn, page, now_ms).await?,
        ended: ended::told(conn, page, now_ms)
            .await?
            .iter()
            .flat_map(|id| id.0)
            .collect(),
    }))
}
