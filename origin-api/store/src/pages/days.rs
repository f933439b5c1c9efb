//! When the clock looks at a page next. Looking is cheap and changes nothing that the page shows; what it finds due is a tick.

use origin_engine::{
    outbox::MOVES_MS_MIN,
    rows::json,
    sql,
    tx::{Refusal, Tx},
};
use origin_time::zone;
use page_model::PageId;

use crate::pages::lookup;

/// A page that was looked at and is due later, unless it was changed since.
#[derive(Debug)]
pub struct Look {
    pub page: PageId,
    pub seq: i64,
    pub at_ms: i64,
}

/// The page is composed now.
pub async fn ticked(tx: &mut Tx<'_>, page: &PageId) -> Result<(), Refusal> {
    let zone = lookup::zone_of(tx.conn, page).await?;
    let midnight_ms = zone::day_start_ms(&zone, zone::day_after(zone::date(&zone, tx.now_ms)));
    let query = sql::query("UPDATE pages SET look_at_ms = $2 WHERE id = $1");
    let query = query
        .bind(page.as_str())
        .bind(midnight_ms.min(tx.now_ms + MOVES_MS_MIN));
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// Its days begin at other moments.
pub async fn look_now(tx: &mut Tx<'_>, page: &PageId) -> sql::Result<()> {
    let query = sql::query("UPDATE pages SET look_at_ms = 0 WHERE id = $1").bind(page.as_str());
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

/// In one statement: publishers wait meanwhile.
pub async fn looked(tx: &mut Tx<'_>, looks: &[Look]) -> sql::Result<()> {
    let looks: Vec<_> = looks.iter().map(|look| (&look.page, look.seq, look.at_ms)).collect();
    let query = sql::query(
        "UPDATE pages SET look_at_ms = l.value ->> 2 FROM json_each($1) l
         WHERE pages.id = l.value ->> 0 AND (SELECT seq FROM outbox WHERE page_id = l.value ->> 0) = l.value ->> 1",
    );
    query.bind(json(&looks)).execute(&mut *tx.conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use origin_objects::{
        Object,
        page::{NewPage, PagePatch},
    };

    use super::*;
    use crate::{
        Change, Condition, Store,
        agenda::{days, next_day},
        commit::PageChange,
    };

    /// 22 November 2026, 12:00 in UTC.
    const NOON_MS: i64 = 1_795_348_800_000;
    const HOUR_MS: i64 = 3_600_000;

    #[tokio::test]
    async fn page_is_looked_at_when_it_may_be_due() {
        let clock = Arc::new(AtomicI64::new(NOON_MS));
        let told = clock.clone();
        let (store, writer) = Store::in_memory(Arc::new(move || told.load(Ordering::SeqCst)))
            .await
            .expect("a store");
        tokio::spawn(writer.run());
        let page = PageId::parse("page00000001").expect("an id");
        let make = async |change: Change| {
            let made = store.change(change, Condition::default()).await;
            made.expect("it is made");
        };
        let seen = async |now_ms| days(&store, now_ms, 0).await.expect("days");
        let new = r#"{"name": "Acme", "time_zone": "Asia/Kolkata"}"#;
        let Object(new) = serde_json::from_str::<Object<NewPage>>(new).expect("a page");
        make(Change::Page(page.clone(), PageChange::Create(Box::new(new)))).await;
        let found = seen(NOON_MS).await;
        assert_eq!(
            (found.len(), found[0].composed_ms),
            (1, NOON_MS),
            "a new page is looked at"
        );

        // A look that took place before a change does not hide what the change may bring.
        let midnight_ms = NOON_MS + 6 * HOUR_MS + HOUR_MS / 2;
        let look = |seq| Look {
            page: page.clone(),
            seq,
            at_ms: midnight_ms,
        };
        make(Change::Looked(vec![look(found[0].seq + 1)])).await;
        assert_eq!(seen(NOON_MS).await.len(), 1);
        make(Change::Looked(vec![look(found[0].seq)])).await;
        assert!(seen(midnight_ms - 1).await.is_empty());
        assert_eq!(next_day(&store, NOON_MS).await.expect("it is read"), Some(midnight_ms));

        clock.store(NOON_MS + HOUR_MS, Ordering::SeqCst);
        let patch = serde_json::from_str::<Object<PagePatch>>(r#"{"name": "B"}"#)
            .expect("a patch")
            .0;
        make(Change::Page(page.clone(), PageChange::Patch(Box::new(patch)))).await;
        let soon_ms = NOON_MS + HOUR_MS + MOVES_MS_MIN;
        assert!(seen(soon_ms - 1).await.is_empty());
        assert_eq!(seen(soon_ms).await.len(), 1, "a change may have brought trouble");

        // The tick before midnight does not put the midnight off.
        clock.store(midnight_ms - 1_000, Ordering::SeqCst);
        make(Change::Page(page.clone(), PageChange::Tick)).await;
        assert!(seen(midnight_ms - 1).await.is_empty());
        assert_eq!(seen(midnight_ms).await.len(), 1);
    }
}
