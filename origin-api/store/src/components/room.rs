//! How much text a page's components and groups may say of themselves.

use origin_engine::{
    sql::{self, Columns as _},
    tx::{Refusal, Tx},
};
use origin_objects::fault::Fault;
use page_model::{PageId, limits::PAGE_COMPONENTS_MAX};

use crate::limits::PAGE_DESCRIPTIONS_BYTES_MAX;

/// Whether all descriptions of the page have room with the one that was just written, in text and HTML. One that is no larger than
/// its equal part of the room is not looked at, so that short ones cost the same on a page of any size.
pub async fn expect(tx: &mut Tx<'_>, page: &PageId, text: &str, html: &str) -> Result<(), Refusal> {
    let bytes = (text.len() + html.len()) as i64;
    if bytes <= PAGE_DESCRIPTIONS_BYTES_MAX / PAGE_COMPONENTS_MAX as i64 {
        return Ok(());
    }
    let row = sql::query(BYTES).bind(page.as_str()).fetch_one(&mut *tx.conn).await?;
    let all: i64 = row.try_get("all_bytes")?;
    if all <= PAGE_DESCRIPTIONS_BYTES_MAX {
        return Ok(());
    }
    let detail = format!(
        "the descriptions of a page's components and groups have at most {PAGE_DESCRIPTIONS_BYTES_MAX} bytes of text and HTML; \
         with the {bytes} of this one they would have {all}"
    );
    Err(Fault::invalid("description", detail).into())
}

const BYTES: &str = "
    SELECT (SELECT COALESCE(SUM(octet_length(description) + octet_length(description_html)), 0)
                FROM components WHERE page_id = $1)
         + (SELECT COALESCE(SUM(octet_length(description) + octet_length(description_html)), 0)
                FROM component_groups WHERE page_id = $1) AS all_bytes";
