//! A page as it is loaded while time goes on.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use origin_engine::scope::Scope;
use origin_objects::{Object, incident::Incident, page::NewPage};
use origin_store::{
    Change, Condition, Store,
    commit::PageChange,
    family::{FamilyChange, Verb},
};
use serde_json::json;

use page_model::PageId;

use crate::page::load;

/// 30 November 2026, 12:00 in UTC.
const NOON_MS: i64 = 1_796_040_000_000;
const DAY_MS: i64 = 86_400_000;

#[tokio::test]
async fn what_goes_on_comes_to_the_month_that_begins() {
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
    let new = json!({"name": "Acme", "hosts": ["status.acme.com"]});
    let Object(new) = serde_json::from_value::<Object<NewPage>>(new).expect("a page");
    make(Change::Page(page.clone(), PageChange::Create(Box::new(new)))).await;
    let new = json!({"name": "Lasts", "body": "b"});
    let Object(new) = serde_json::from_value(new).expect("an incident");
    let scope = Scope::page(page.clone());
    let verb = Verb::<Incident>::Create(new);
    make(FamilyChange { scope, verb }.into()).await;

    let months = async || {
        let mut reader = store.reader().await.expect("a reader");
        let rows = load(&mut reader, &page, 0).await.expect("it loads").expect("a page");
        let months = rows.months.into_iter().filter(|month| month.filled);
        let named = months.map(|month| (month.month, month.incidents.len()));
        named.collect::<Vec<_>>()
    };
    assert_eq!(months().await, [("2026-11".to_owned(), 1)]);
    clock.store(NOON_MS + DAY_MS, Ordering::SeqCst);
    make(Change::Page(page.clone(), PageChange::Tick)).await;
    let both = [("2026-11".to_owned(), 1), ("2026-12".to_owned(), 1)];
    assert_eq!(months().await, both);
    clock.store(NOON_MS + 2 * DAY_MS, Ordering::SeqCst);
    make(Change::Page(page.clone(), PageChange::Tick)).await;
    assert_eq!(months().await, both);
}
