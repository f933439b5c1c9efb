use page_model::{
    AudienceId, Key, Record, Site,
    access::{Access, Door, Way},
    body,
    site::{SitePage, Visibility},
};
use serde_json::json;

use crate::harness::{PAGE, TestOrigin, at};

const AUDIENCE: &str = "audience0001";

#[tokio::test]
async fn public_page_has_no_word_of_access() {
    let origin = TestOrigin::with_sample_page().await;
    let page = origin.get(&page_path()).await.expect(200);
    assert_eq!(page["visibility"], "public");
    assert_eq!(page["sign_in"], json!({"door": "shown", "session_days": 14}));
    let site = site(&origin.records(PAGE, 0).await);
    assert_eq!((site.visibility, site.access), (Visibility::Public, None));
}

/// What the public had is taken back, whatever a region has of it.
#[tokio::test]
async fn page_that_becomes_private_takes_back_what_the_public_had() {
    let origin = TestOrigin::with_sample_page().await;
    let before = origin.records(PAGE, 0).await;
    let (public, seq) = (of_set(&before, &AudienceId::public()), before[0].version);
    assert_eq!(public.len(), 3, "{public:?}");
    origin
        .patch(&page_path(), json!({"visibility": "private"}))
        .await
        .expect(200);
    for after in [0, seq] {
        let records = origin.records(PAGE, after).await;
        let taken_back = of_set(&records, &AudienceId::public());
        assert!(
            taken_back.iter().all(|(_, is_tombstone)| *is_tombstone),
            "{after}: {taken_back:?}"
        );
        assert_eq!(keys(&taken_back), keys(&public), "after {after}");
        let kept = of_set(&records, &AudienceId::of_set(&[]));
        assert_eq!(kept.len(), public.len());
        assert!(kept.iter().all(|(_, is_tombstone)| !is_tombstone), "{kept:?}");
        let site = site(&records);
        assert_eq!(site.visibility, Visibility::Private);
        let sees: Vec<_> = site.audiences.iter().map(|current| current.audience.clone()).collect();
        assert_eq!(sees, [AudienceId::of_set(&[])]);
    }
}

#[tokio::test]
async fn page_that_becomes_public_again_takes_back_what_its_audiences_had() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .patch(&page_path(), json!({"visibility": "private"}))
        .await
        .expect(200);
    let before = origin.records(PAGE, 0).await;
    origin
        .patch(&page_path(), json!({"visibility": "public"}))
        .await
        .expect(200);
    for after in [0, before[0].version] {
        let records = origin.records(PAGE, after).await;
        let private = of_set(&records, &AudienceId::of_set(&[]));
        assert_eq!(private.len(), 3);
        assert!(private.iter().all(|(_, is_tombstone)| *is_tombstone), "{private:?}");
        let public = of_set(&records, &AudienceId::public());
        assert!(public.iter().all(|(_, is_tombstone)| !is_tombstone), "{public:?}");
        assert_eq!(site(&records).access, None);
    }
}

#[tokio::test]
async fn deleted_private_page_is_taken_back_from_everybody() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .patch(&page_path(), json!({"visibility": "private"}))
        .await
        .expect(200);
    origin.delete(&page_path()).await.expect(204);
    let records = origin.records(PAGE, 0).await;
    for set in [AudienceId::public(), AudienceId::of_set(&[])] {
        let of_set = of_set(&records, &set);
        assert_eq!(of_set.len(), 3, "{set}");
    }
    assert!(records.iter().all(Record::is_tombstone));
    let again = json!({"id": PAGE, "name": "Acme", "hosts": ["status.acme.com"]});
    origin.post("/v1/pages", again).await.expect(201);
    let records = origin.records(PAGE, 0).await;
    let private = of_set(&records, &AudienceId::of_set(&[]));
    assert!(!private.is_empty() && private.iter().all(|(_, is_tombstone)| *is_tombstone));
}

#[tokio::test]
async fn access_says_what_an_edge_decides_with() {
    let origin = TestOrigin::with_sample_page().await;
    let private = json!({"visibility": "private", "sign_in": {"door": "hidden", "session_days": 3}});
    let page = origin.patch(&page_path(), private).await.expect(200);
    assert_eq!(page["sign_in"], json!({"door": "hidden", "session_days": 3}));
    let before = access(&origin).await;
    assert_eq!(
        (before.door, before.ways.as_slice(), before.keys.len()),
        (Door::Hidden, &[][..], 1)
    );
    let new = json!({"id": AUDIENCE, "name": "Customers", "password": "correct horse"});
    origin.post(&at("audiences"), new).await.expect(201);
    let with_password = access(&origin).await;
    assert_eq!(with_password.ways, [Way::Password]);
    assert_eq!(with_password.revision, before.revision, "nobody has lost anything");
    let path = at(&format!("audiences/{AUDIENCE}"));
    origin.patch(&path, json!({"name": "Partners"})).await.expect(200);
    assert_eq!(access(&origin).await, with_password);
    origin
        .patch(&path, json!({"password": "battery staple"}))
        .await
        .expect(200);
    let changed = access(&origin).await;
    assert!(changed.revision > with_password.revision);
    origin.delete(&path).await.expect(204);
    let deleted = access(&origin).await;
    assert!(deleted.revision > changed.revision && deleted.ways.is_empty());
    assert_eq!(deleted.epoch, before.epoch);
    let ended = origin.delete(&format!("{}/sessions", page_path())).await;
    assert!(!ended.header("pharos-seq").is_empty());
    ended.expect(204);
    assert!(access(&origin).await.epoch > deleted.epoch);
    origin.delete("/v1/pages/page00000009/sessions").await.expect(404);
}

/// A region that has the page learns of a change that only who may see it notices.
#[tokio::test]
async fn change_of_access_alone_reaches_the_regions() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .patch(&page_path(), json!({"visibility": "private"}))
        .await
        .expect(200);
    let new = json!({"id": AUDIENCE, "name": "Customers", "password": "correct horse"});
    origin.post(&at("audiences"), new).await.expect(201);
    let seq = origin.records(PAGE, 0).await[0].version;
    origin.delete(&format!("{}/sessions", page_path())).await.expect(204);
    let epoch = site(&origin.records(PAGE, seq).await).access.expect("an access").epoch;
    let seq = origin.records(PAGE, 0).await[0].version;
    origin
        .patch(&page_path(), json!({"sign_in": {"door": "hidden"}}))
        .await
        .expect(200);
    let hidden = site(&origin.records(PAGE, seq).await).access.expect("an access");
    assert_eq!((hidden.door, hidden.epoch), (Door::Hidden, epoch));
}

/// Ended sessions do not come back with an older state of the database.
#[tokio::test]
async fn restored_database_ends_every_session() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .patch(&page_path(), json!({"visibility": "private"}))
        .await
        .expect(200);
    let folder = origin.stop().await;
    let data = folder.path().join("data");
    let file = std::fs::read(data.join("origin.db")).expect("a database");
    let origin = TestOrigin::start_in(folder).await;
    origin.delete(&format!("{}/sessions", page_path())).await.expect(204);
    let ended = access(&origin).await.epoch;
    let folder = origin.stop().await;
    let how = origin_api::backup::How {
        replace: true,
        ..Default::default()
    };
    origin_api::backup::restore(&data, &mut file.as_slice(), how, &|_, _| {})
        .await
        .expect("it is restored");
    let origin = TestOrigin::start_in(folder).await;
    assert!(access(&origin).await.epoch > ended);
}

/// Who was let in to a page does not see the one that has its id after it.
#[tokio::test]
async fn page_made_anew_knows_no_session_of_before() {
    let origin = TestOrigin::with_sample_page().await;
    let private = json!({"visibility": "private"});
    origin.patch(&page_path(), private).await.expect(200);
    origin.delete(&format!("{}/sessions", page_path())).await.expect(204);
    let before = access(&origin).await.epoch;
    origin.delete(&page_path()).await.expect(204);
    let anew = json!({"id": PAGE, "name": "Another", "hosts": ["status.acme.com"], "visibility": "private"});
    origin.post("/v1/pages", anew).await.expect(201);
    assert!(access(&origin).await.epoch > before);
}

async fn access(origin: &TestOrigin) -> Access {
    *site(&origin.records(PAGE, 0).await).access.expect("an access")
}

pub fn site(records: &[Record]) -> SitePage {
    let site = records.iter().find(|record| matches!(record.key, Key::Site(_)));
    match body::decode(&site.expect("a site").body) {
        Ok(Site::Page(page)) => page,
        other => unreachable!("{other:?}"),
    }
}

/// Each record of the set, and whether it is taken back.
fn of_set(records: &[Record], set: &AudienceId) -> Vec<(String, bool)> {
    let is_of_set = |record: &&Record| match &record.key {
        Key::Snapshot(_, of) | Key::Archive(_, of, _) | Key::Permalinks(_, of, _) => of == set,
        _ => false,
    };
    let records = records.iter().filter(is_of_set);
    records
        .map(|record| (record.key.to_string(), record.is_tombstone()))
        .collect()
}

fn keys(records: &[(String, bool)]) -> Vec<String> {
    let mut keys: Vec<String> = records.iter().map(|(key, _)| key.clone()).collect();
    keys.sort();
    keys
}

fn page_path() -> String {
    format!("/v1/pages/{PAGE}")
}
