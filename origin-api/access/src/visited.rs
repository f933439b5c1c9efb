//! A page that a visitor wants to see, by the host that was visited.

use origin_engine::{
    rows::{id, of_json, state},
    sql::{self, Columns as _, Connection},
};
use origin_objects::sign_in::SignIn;
use page_model::{Host, PageId, site::Visibility};

pub struct VisitedPage {
    pub page: PageId,
    pub visibility: Visibility,
    pub sign_in: SignIn,
    pub revision: u64,
    pub epoch: u64,
}

pub async fn at(conn: &mut Connection, host: &Host) -> sql::Result<Option<VisitedPage>> {
    let query = sql::query(
        "SELECT p.id, p.visibility, p.sign_in, p.access_revision, p.access_epoch
         FROM hosts h JOIN pages p ON p.id = h.page_id WHERE h.host = $1 AND h.live",
    );
    let Some(row) = query.bind(host.as_str()).fetch_optional(conn).await? else {
        return Ok(None);
    };
    let (revision, epoch): (i64, i64) = (row.try_get("access_revision")?, row.try_get("access_epoch")?);
    Ok(Some(VisitedPage {
        page: id(&row, "id")?,
        visibility: state(&row, "visibility")?,
        sign_in: of_json(&row, "sign_in")?,
        revision: revision.unsigned_abs(),
        epoch: epoch.unsigned_abs(),
    }))
}
