//! What others ask of a page that must exist.

use jiff::tz::TimeZone;
use origin_engine::{
    scope::absent_page,
    sql::{self, Connection},
    tx::Refusal,
};
use origin_time::zone;
use page_model::PageId;

pub async fn zone_of(conn: &mut Connection, page: &PageId) -> Result<TimeZone, Refusal> {
    let query = sql::query_scalar("SELECT time_zone FROM pages WHERE id = $1").bind(page.as_str());
    let name: Option<String> = query.fetch_optional(conn).await?;
    name.map(|name| zone::named(&name))
        .ok_or_else(|| absent_page(page).into())
}
