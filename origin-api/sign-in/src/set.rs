//! What somebody sees who is let in by several audiences. The first one in a set makes it known to the store, which has its content
//! made; what strangers send never comes here.

use std::time::{Duration, Instant};

use origin_access::sets::{self, OfVisitor, Standing};
use origin_engine::{
    audit::{self, SETS_FULL_TOLD_EVERY_MS},
    clock::now_ms,
    sql,
};
use origin_objects::fault::FaultKind;
use origin_store::{Change, Condition, Store, events::deliveries};
use page_model::{AudienceId, Id, PageId};

use crate::limits::DELIVERED_LOOK_PAUSE;

/// The set that they are in. One that is new is waited for until the regions have its content, and not for ever.
pub async fn of(store: &Store, page: &PageId, audiences: &[Id], wait_max: Duration) -> sql::Result<AudienceId> {
    let mut reader = store.reader().await?;
    let visitor = sets::of_visitor(&mut reader, page, audiences, now_ms()).await?;
    drop(reader);
    match visitor.standing {
        Standing::InUse => Ok(visitor.set.id),
        Standing::NoRoom => narrowed(store, page, visitor).await,
        Standing::New | Standing::Fading => {
            let change = Change::TakeUpSet(page.clone(), visitor.set.audiences.clone());
            match store.change(change, Condition::default()).await {
                Ok(applied) => {
                    if let Some(seq) = applied.seq {
                        delivered(store, page, seq, wait_max).await?;
                    }
                    Ok(visitor.set.id)
                }
                // It was known yesterday, and is for a while.
                Err(_) if visitor.standing == Standing::Fading => Ok(visitor.set.id),
                Err(fault) => {
                    if fault.kind != FaultKind::Conflict {
                        tracing::warn!(?fault, page = page.as_str(), "a set of audiences cannot be made known");
                    }
                    narrowed(store, page, visitor).await
                }
            }
        }
    }
}

/// The part of one audience: less than they may see, and nothing that they may not.
async fn narrowed(store: &Store, page: &PageId, visitor: OfVisitor) -> sql::Result<AudienceId> {
    metrics::counter!("pharos_origin_sets_without_room_total").increment(1);
    let audiences = visitor.set.audiences.len();
    tracing::warn!(
        page = page.as_str(),
        audiences,
        "somebody sees less than they may: the page has too many sets of audiences"
    );
    let mut reader = store.reader().await?;
    let told = audit::sets_were_full_at(&mut reader, page).await?;
    drop(reader);
    // Its publisher sees it in the log; who signs in again and again writes nothing there.
    if told.is_none_or(|at_ms| at_ms < now_ms() - SETS_FULL_TOLD_EVERY_MS) {
        let change = Change::SetsFull(page.clone());
        if let Err(fault) = store.change(change, Condition::default()).await {
            tracing::warn!(
                ?fault,
                "that a page has too many sets of audiences is not in its audit log"
            );
        }
    }
    Ok(visitor.instead)
}

async fn delivered(store: &Store, page: &PageId, seq: i64, wait_max: Duration) -> sql::Result<()> {
    let began = Instant::now();
    loop {
        let regions = deliveries::read(&mut *store.reader().await?, page, seq, now_ms())
            .await?
            .regions;
        let is_everywhere = regions.iter().all(|region| region.delivered_at.is_some());
        if is_everywhere || began.elapsed() >= wait_max {
            return Ok(());
        }
        tokio::time::sleep(DELIVERED_LOOK_PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use origin_access::overview;
    use origin_engine::{paging::Window, scope::Scope};
    use origin_objects::{Object, audience::PAGE_SETS_MAX, component::NewComponent, page::NewPage};
    use origin_store::{
        access::audience::AudienceChange, commit::PageChange, components::component::ComponentChange, family::Verb,
    };
    use page_model::site::Visibility;
    use serde_json::json;

    use super::*;

    async fn make(store: &Store, change: impl Into<Change>) {
        let change = change.into();
        store.change(change, Condition::default()).await.expect("stored");
    }

    fn ids(numbers: &[usize]) -> Vec<Id> {
        let ids = numbers.iter().map(|number| format!("audience{number:04}"));
        ids.map(|id| Id::try_from(id).expect("an id")).collect()
    }

    /// A private page with something for each of these many audiences.
    async fn page_with(audiences: usize) -> (Store, PageId) {
        let (store, writer) = Store::in_memory(Arc::new(now_ms)).await.expect("it opens");
        tokio::spawn(writer.run());
        let page = PageId::parse("page00000001").expect("an id");
        let new = json!({"name": "Acme", "hosts": ["status.acme.com"], "visibility": "private"});
        let Object::<NewPage>(new) = serde_json::from_value(new).expect("a page");
        make(&store, Change::Page(page.clone(), PageChange::Create(Box::new(new)))).await;
        for id in ids(&(0..audiences).collect::<Vec<_>>()) {
            let new = json!({"id": id, "name": id});
            let Object(new) = serde_json::from_value(new).expect("an audience");
            let (scope, verb) = (Scope::page(page.clone()), Verb::Create(new));
            make(&store, AudienceChange { scope, verb }).await;
            let new = json!({"name": "For them", "audiences": [id]});
            let Object::<NewComponent>(new) = serde_json::from_value(new).expect("a component");
            let (scope, verb) = (Scope::page(page.clone()), Verb::Create(new));
            make(&store, ComponentChange { scope, verb }).await;
        }
        (store, page)
    }

    /// Beyond what a page may have somebody sees less, and never what is for others.
    #[tokio::test]
    async fn page_has_a_bounded_number_of_sets() {
        let (store, page) = page_with(12).await;
        let of = async |numbers: &[usize]| {
            let set = of(&store, &page, &ids(numbers), Duration::ZERO).await;
            set.expect("a set")
        };
        let in_use = async || {
            let mut reader = store.reader().await.expect("a reader");
            let sets = sets::in_use(&mut reader, &page, Visibility::Private).await;
            sets.expect("sets").into_iter().map(|set| set.id).collect::<Vec<_>>()
        };
        let mut both = Vec::new();
        for first in 0..12 {
            for second in first + 1..12 {
                both.push((first, of(&[second, first]).await, of(&[first]).await));
            }
        }
        let in_use = in_use().await;
        assert_eq!(in_use.len(), PAGE_SETS_MAX);
        // That of those in no audience, and twelve of those in one.
        let room = PAGE_SETS_MAX - 13;
        for (at, (first, set, alone)) in both.iter().enumerate() {
            assert!(in_use.contains(set), "{at}");
            assert_eq!(set == alone, at >= room, "{first}: {at}");
        }
        assert_eq!(of(&[0, 1]).await, both[0].1, "who was let in before is not affected");
        // The publisher is told once, however many came in vain.
        let mut reader = store.reader().await.expect("a reader");
        let access = overview::of_page(&mut reader, &page)
            .await
            .expect("read")
            .expect("a page");
        assert_eq!(
            (access.sets.used, access.sets.max),
            (PAGE_SETS_MAX as i64, PAGE_SETS_MAX)
        );
        assert!(access.sets_were_full_at.is_some());
        let window = Window {
            after: None,
            limit: 100,
        };
        let log = audit::list(&mut reader, Some(&page), Some("audience sets"), window).await;
        assert_eq!(log.expect("a log").items.len(), 1);
    }
}
