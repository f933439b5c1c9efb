use futures_util::future::join_all;
use page_model::{Archive, Key, Record, Site, body};
use serde_json::json;

use crate::harness::{INCIDENT, PAGE, TestOrigin, at};

fn keys(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| record.key.to_string()).collect()
}

#[tokio::test]
async fn content_comes_before_the_site_record_that_names_it() {
    let origin = TestOrigin::furnished().await;
    let records = origin.records(PAGE, 0).await;
    let [archive, snapshot, site] = records.as_slice() else {
        panic!("{:?}", keys(&records))
    };
    assert!(matches!(archive.key, Key::Archive(..)) && matches!(snapshot.key, Key::Snapshot(..)));
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
async fn the_same_state_gives_the_same_bytes_even_after_a_restart() {
    let origin = TestOrigin::furnished().await;
    let before = origin.records(PAGE, 0).await;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    assert_eq!(origin.records(PAGE, 0).await, before);
}

#[tokio::test]
async fn only_months_that_changed_are_given_again() {
    let origin = TestOrigin::furnished().await;
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
async fn of_an_incident_with_thousands_of_updates_the_newest_are_shown() {
    let origin = TestOrigin::furnished().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    for _ in 0..41 {
        let posted = (0..100).map(|_| origin.post(&updates, json!({"body": "Still there."})));
        assert!(join_all(posted).await.iter().all(|read| read.status == 201));
    }
    origin.post(&updates, json!({"body": "The last."})).await.expect(201);
    let shown = origin.snapshot(PAGE).await.incidents.remove(0).updates;
    assert_eq!((shown.len(), shown[0].body_html.as_str()), (1_000, "<p>The last.</p>"));
}
