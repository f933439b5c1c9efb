//! The picture of a page that chats show beside a link (`/preview.png`): what strangers see of the page now. It is drawn here, where
//! that is cheap, and travels when it shows something else, or when a region may not have it.

use origin_compose::compose::Shown;
use origin_content::raster;
use page_model::{
    ContentHash, Key, Record,
    asset::{AssetBody, AssetName},
    body,
};
use page_render::formats;

use super::shown::{self, Overtaken, ShownChange};

/// `None` where the regions that have all up to `after` have it. A page of which strangers see nothing has an empty one. `told`: the
/// last change that somebody told, since which the page's state is what it is. `Err` where the page was overtaken meanwhile.
pub fn picture(
    shown: &Shown<'_>,
    known: &shown::Shown,
    change: ShownChange,
    told: Option<u64>,
    after: u64,
) -> Result<Option<Record>, Overtaken> {
    let page = shown.page();
    let drawing = shown.to_strangers().and_then(|snapshot| {
        let host = snapshot.page.host.as_ref()?;
        Some(formats::preview(snapshot, host, snapshot.page.language))
    });
    let hash = ContentHash::of(drawing.as_deref().unwrap_or_default().as_bytes());
    if known.since_told(page, change, told, hash)? <= after {
        return Ok(None);
    }
    let bytes = drawing.and_then(|drawing| raster::png(&drawing));
    let body = bytes.map(|bytes| body::encode(&AssetBody { bytes }));
    let key = Key::Asset(page.clone(), AssetName::preview());
    Ok(Some(Record::new(
        key,
        page.clone(),
        change.seq,
        body.unwrap_or_default(),
    )))
}
