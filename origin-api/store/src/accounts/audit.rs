//! What the audit log says of changes of a page itself.

use origin_access::{provider, token_keys};
use origin_engine::{
    audit::{self, Entry},
    rows::json,
    sql,
    tx::Tx,
};
use page_model::{Id, PageId};

use crate::pages::{announcements, page};

/// What was done to a page or to what belongs to it, and to what.
pub struct Told {
    pub action: &'static str,
    pub kind: &'static str,
    pub object: Option<Id>,
}

/// What a page has of what a change is about, where somebody is told of the change.
pub async fn state(tx: &mut Tx<'_>, page: &PageId, told: Option<&Told>) -> sql::Result<Option<String>> {
    let Some(told) = told.filter(|_| tx.condition.by.is_some()) else {
        return Ok(None);
    };
    Ok(match told.kind {
        "page" => page::read(tx.conn, page).await?.map(|found| json(&found.object)),
        "announcement" => announcements::read(tx.conn, page).await?.map(|found| json(&found)),
        "provider" => provider::read(tx.conn, page).await?.map(|found| json(&found)),
        "token key" => {
            let keys = token_keys::known(tx.conn, page).await?.into_iter();
            let mut keys = keys.filter(|known| Some(&known.key.id) == told.object.as_ref());
            keys.next().map(|known| json(&known.key))
        }
        _ => None,
    })
}

pub async fn page_changed(
    tx: &mut Tx<'_>,
    page: &PageId,
    told: Option<&Told>,
    before: Option<String>,
) -> sql::Result<()> {
    let Some(told) = told else {
        return Ok(());
    };
    let after = state(tx, page, Some(told)).await?;
    let itself = (told.kind == "page").then_some(page.as_str());
    let entry = Entry {
        page: Some(page),
        action: told.action,
        kind: told.kind,
        object: told.object.as_ref().map(Id::as_str).or(itself),
        changed: audit::difference(before.as_deref(), after.as_deref()),
    };
    audit::note(tx, entry).await
}
