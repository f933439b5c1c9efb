use futures_util::{FutureExt, future::join_all};
use origin_engine::outward::Outward;
use origin_http::{router::router, state::Origin};
use origin_store::Store;
use page_model::{Archive, Key, Permalinks, Record, Site, body};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::harness::{COMPONENT, GROUP, INCIDENT, MAINTENANCE, OTHER_COMPONENT, PAGE, SYNC, TestOrigin, at, client};

fn keys(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| record.key.to_string()).collect()
}

#[tokio::test]
async fn content_records_come_before_the_site_record() {
    let origin = TestOrigin::with_sample_page().await;
    let records = origin.records(PAGE, 0).await;
    let [archive, permalinks, picture, snapshot, site] = records.as_slice() else {
        panic!("{:?}", keys(&records))
    };
    assert!(matches!(picture.key, Key::Asset(..)));
    assert!(matches!(archive.key, Key::Archive(..)) && matches!(snapshot.key, Key::Snapshot(..)));
    assert!(matches!(permalinks.key, Key::Permalinks(..)));
    let Site::Page(page) = body::decode(&site.body).expect("a site") else {
        panic!("a page")
    };
    assert_eq!(page.audiences[0].hash, snapshot.hash);
    assert_eq!(
        (page.audiences[0].version, page.audiences[0].outline.components),
        (snapshot.version, 2)
    );
    assert_eq!(page.audiences[0].outline.groups, [1, -1]);
    let archive: Archive = body::decode_compressed(&archive.body).expect("an archive");
    assert_eq!(archive.incidents[0].name, "Slow");
}

#[tokio::test]
async fn same_state_composes_to_same_bytes_after_restart() {
    let origin = TestOrigin::with_sample_page().await;
    let before = origin.records(PAGE, 0).await;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    assert_eq!(origin.records(PAGE, 0).await, before);
}

#[tokio::test]
async fn sends_only_changed_archive_months() {
    let origin = TestOrigin::with_sample_page().await;
    let past = |at: &str| json!({"name": "Past", "body": "b", "status": "resolved", "at": at});
    origin
        .post(&at("incidents"), past("2026-01-10T00:00:00Z"))
        .await
        .expect(201);
    origin
        .post(&at("incidents"), past("2026-03-10T00:00:00Z"))
        .await
        .expect(201);
    let seq = origin.records(PAGE, 0).await[0].version;
    let archives = async |after: u64| {
        let records = origin.records(PAGE, after).await;
        let archives = records.iter().filter(|record| matches!(record.key, Key::Archive(..)));
        archives
            .map(|record| record.key.to_string().split_off(28))
            .collect::<Vec<_>>()
    };
    assert_eq!(archives(0).await.len(), 3);
    assert_eq!(archives(seq).await, [""; 0]);
    origin
        .post(&at("incidents"), past("2026-03-11T00:00:00Z"))
        .await
        .expect(201);
    assert_eq!(archives(seq).await, ["2026-03"]);
    origin
        .post(&at("incidents"), past("2026-02-11T00:00:00Z"))
        .await
        .expect(201);
    assert_eq!(
        archives(seq + 1).await,
        ["2026-01", "2026-02", "2026-03"],
        "a new month changes its neighbours"
    );
    origin
        .post(&at(&format!("incidents/{INCIDENT}/updates")), json!({"body": "b"}))
        .await
        .expect(201);
    assert_eq!(archives(seq + 2).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shows_newest_updates_of_a_long_incident() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    for _ in 0..41 {
        let posted = (0..100).map(|_| origin.post(&updates, json!({"body": "Still there."})));
        assert!(join_all(posted).await.iter().all(|read| read.status == 201));
    }
    origin.post(&updates, json!({"body": "The last."})).await.expect(201);
    let shown = origin.snapshot(PAGE).await.incidents.remove(0).updates;
    assert_eq!((shown.len(), shown[0].body_html.as_str()), (1_000, "<p>The last.</p>"));
}

#[tokio::test]
async fn permalinks_name_the_month_and_only_changed_ones_are_sent() {
    let origin = TestOrigin::with_sample_page().await;
    let seq = origin.records(PAGE, 0).await[0].version;
    let shelves = async |after: u64| {
        let records = origin.records(PAGE, after).await;
        let shelves = records.into_iter().filter_map(|record| match &record.key {
            Key::Permalinks(..) if record.is_tombstone() => Some((record.key.to_string().split_off(31), Vec::new())),
            Key::Permalinks(..) => {
                let permalinks: Permalinks = body::decode(&record.body).expect("permalinks");
                let months = permalinks.months.into_iter().map(|(id, month)| format!("{id} {month}"));
                Some((record.key.to_string().split_off(31), months.collect()))
            }
            _ => None,
        });
        shelves.collect::<Vec<(String, Vec<String>)>>()
    };
    let all = shelves(0).await;
    assert_eq!(
        all.len(),
        1,
        "a maintenance that has not begun is in no archive: {all:?}"
    );
    assert!(
        all[0].0 == "i" && all[0].1[0].starts_with(&format!("{INCIDENT} 20")),
        "{all:?}"
    );
    assert_eq!(shelves(seq).await, []);

    let updates = at(&format!("maintenances/{MAINTENANCE}/updates"));
    let begun = json!({"body": "b", "status": "in_progress"});
    origin.post(&updates, begun).await.expect(201);
    let this_month = all[0].1[0].replace(INCIDENT, "");
    assert_eq!(
        shelves(seq).await,
        [("m".into(), vec![format!("{MAINTENANCE}{this_month}")])],
        "it is where it happened, not where it was planned"
    );
    origin.post(&updates, json!({"body": "b"})).await.expect(201);
    assert_eq!(shelves(seq + 1).await, [], "its place is the same");
    origin
        .patch(
            &at(&format!("maintenances/{MAINTENANCE}")),
            json!({"ends_at": "2026-09-02T00:00:00Z", "starts_at": "2026-09-01T00:00:00Z"}),
        )
        .await
        .expect(200);
    assert_eq!(
        shelves(seq + 2).await,
        [],
        "what was planned does not move what happened"
    );
    origin.delete(&at(&format!("incidents/{INCIDENT}"))).await.expect(204);
    assert_eq!(shelves(seq + 3).await, [("i".into(), vec![])]);
    let zone = json!({"time_zone": "Pacific/Honolulu"});
    origin.patch(&format!("/v1/pages/{PAGE}"), zone).await.expect(200);
    let moved = shelves(seq + 4).await;
    assert!(moved.len() == 1 && moved[0].0 == "m", "{moved:?}");
}

/// An archive is sent again when it shows something else, and only then.
#[tokio::test]
async fn only_months_that_show_a_change_are_sent_again() {
    let origin = TestOrigin::with_sample_page().await;
    let over = json!({"id": "incident0002", "name": "Over", "body": "Begin.", "at": "2026-02-03T00:00:00Z",
        "components": [{"id": COMPONENT, "status": "major_outage"}]});
    origin.post(&at("incidents"), over).await.expect(201);
    let resolved = json!({"status": "resolved", "body": "Done.", "at": "2026-02-04T00:00:00Z"});
    origin
        .post(&at("incidents/incident0002/updates"), resolved)
        .await
        .expect(201);
    let goes_on = json!({"id": "incident0003", "name": "Goes on", "body": "Begin.", "at": "2026-03-30T00:00:00Z",
        "components": [{"id": OTHER_COMPONENT, "status": "major_outage"}]});
    let last = origin.post(&at("incidents"), goes_on).await;
    let head = std::cell::Cell::new(last.header("pharos-seq").parse::<u64>().expect("a number"));
    let sent = async |path: &str, body: Value| {
        let changed = origin.patch(path, body).await;
        let after = head.replace(changed.header("pharos-seq").parse().expect("a number"));
        changed.expect(200);
        let records = origin.records(PAGE, after).await;
        let months = records.iter().filter_map(|record| match &record.key {
            page_model::Key::Archive(_, _, month) => Some(month.as_str().to_owned()),
            _ => None,
        });
        months.collect::<Vec<_>>()
    };
    let (page, group) = (format!("/v1/pages/{PAGE}"), at(&format!("groups/{GROUP}")));
    let (component, other) = (
        at(&format!("components/{COMPONENT}")),
        at(&format!("components/{OTHER_COMPONENT}")),
    );
    let nothing: Vec<String> = Vec::new();
    assert_eq!(
        sent(&component, json!({"name": "Interface"})).await,
        nothing,
        "it keeps the name that it was told with"
    );
    assert_eq!(sent(&group, json!({"name": "EU"})).await, nothing);
    assert_eq!(sent(&group, json!({"description": "Text"})).await, nothing);
    assert_eq!(
        sent(&page, json!({"name": "Acme"})).await,
        nothing,
        "that is its name already"
    );
    let now_on = sent(&other, json!({"name": "Hooks"})).await;
    assert_eq!(now_on.first().map(String::as_str), Some("2026-03"), "{now_on:?}");
    assert!(now_on.len() > 1, "it goes on: {now_on:?}");
    assert_eq!(sent(&other, json!({"name": "Hooks"})).await, nothing);
    assert_eq!(
        sent(&component, json!({"position": 90})).await,
        ["2026-02"],
        "its place may be another"
    );
    let all = sent(&page, json!({"name": "Acme Inc."})).await;
    assert_eq!(all.first().map(String::as_str), Some("2026-02"));
}

/// Regions are filled, and somebody tells of an incident.
#[tokio::test]
async fn page_that_nobody_waits_for_takes_no_place_of_another() {
    let folder = TempDir::new().expect("a folder");
    let (store, _writer) = Store::open(folder.path()).await.expect("a database");
    let origin = Origin::new(store, None, "", SYNC, Outward::default(), CancellationToken::new()).expect("threads");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://{}/sync/pages/{PAGE}/records",
        listener.local_addr().expect("an address")
    );
    let routes = router(origin.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let client = client();
    let ask = || client.get(&url).bearer_auth(SYNC);
    let places = u32::try_from(origin.unhurried.available_permits()).expect("a number");
    let taken = origin.unhurried.acquire_many(places).await.expect("they are free");
    let mut waits = Box::pin(ask().header("priority", "u=5").send());
    assert!(waits.as_mut().now_or_never().is_none());
    let answer = ask().send().await.expect("an answer");
    assert_eq!(answer.status(), 404, "there is no such page, which is known at once");
    assert!(waits.as_mut().now_or_never().is_none(), "it waits for its place");
    drop(taken);
    assert_eq!(waits.await.expect("an answer").status(), 404);
}
