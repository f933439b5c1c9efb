use page_model::{Host, Key, site::Site};
use reqwest::Method;
use serde_json::json;

use crate::harness::{PAGE, TestOrigin, at};

#[tokio::test]
async fn creates_reads_changes_and_deletes_page() {
    let origin = TestOrigin::start().await;
    let created = origin
        .post(
            "/v1/pages",
            json!({"name": "Acme", "hosts": ["b.acme.com", "a.acme.com"]}),
        )
        .await;
    let location = created.header("location").to_owned();
    assert_eq!(created.header("pharos-seq"), "1");
    let page = created.expect(201);
    assert_eq!(page["hosts"], json!(["b.acme.com", "a.acme.com"]));
    assert_eq!(page["time_zone"], "Etc/UTC");
    assert_eq!(origin.get(&location).await.expect(200), page);
    let patch = json!({"name": "Acme Inc.", "website": "https://acme.com", "time_zone": "Europe/Berlin"});
    let changed = origin.patch(&location, patch).await.expect(200);
    assert_eq!(changed["website"], "https://acme.com");
    assert_eq!(changed["hosts"], page["hosts"], "an absent field stays");
    let cleared = origin.patch(&location, json!({"website": null})).await.expect(200);
    assert_eq!(cleared["website"], json!(null));
    origin.delete(&location).await.expect(204);
    origin.get(&location).await.expect(404);
    assert_eq!(origin.get("/v1/pages").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn lists_are_paged() {
    let origin = TestOrigin::start().await;
    for name in ["A", "B", "C"] {
        origin.post("/v1/pages", json!({"name": name})).await.expect(201);
    }
    let first = origin.get("/v1/pages?limit=2").await.expect(200);
    assert_eq!(
        (&first["items"][0]["name"], &first["items"][1]["name"]),
        (&json!("A"), &json!("B"))
    );
    let next = first["next"].as_str().expect("a cursor");
    let second = origin.get(&format!("/v1/pages?limit=2&after={next}")).await.expect(200);
    assert_eq!(second["items"][0]["name"], "C");
    assert_eq!(second["next"], json!(null));
}

#[tokio::test]
async fn renamed_host_leads_to_the_new_one_until_it_is_told_otherwise() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .patch(&format!("/v1/pages/{PAGE}"), json!({"hosts": ["new.acme.com"]}))
        .await
        .expect(200);
    assert_eq!(
        sites(&origin, PAGE).await,
        [("site/new.acme.com", false), ("site/status.acme.com", false)].map(owned)
    );
    let records = origin.records(PAGE, 0).await;
    let moved = records
        .iter()
        .find(|record| record.key.to_string() == "site/status.acme.com");
    let moved: Site = page_model::body::decode(&moved.expect("a site").body).expect("a site");
    let to = Host::parse("new.acme.com").expect("a host");
    assert_eq!(moved, Site::Moved { to });
    let page = origin.get(&format!("/v1/pages/{PAGE}")).await.expect(200);
    assert_eq!(page["former_hosts"], json!(["status.acme.com"]));

    let other = json!({"id": "page00000002", "name": "Other", "hosts": ["status.acme.com"]});
    let refused = origin.post("/v1/pages", other.clone()).await;
    assert_eq!(refused.body["field"], "hosts[0]");
    refused.expect(409);
    let patch = json!({"former_hosts": ["other.acme.com"]});
    let refused = origin.patch(&format!("/v1/pages/{PAGE}"), patch).await;
    assert_eq!(refused.body["field"], "former_hosts[0]");
    refused.expect(422);
    let back = json!({"hosts": ["status.acme.com"]});
    let page = origin.patch(&format!("/v1/pages/{PAGE}"), back).await.expect(200);
    assert_eq!(page["former_hosts"], json!(["new.acme.com"]));
    let again = json!({"hosts": ["new.acme.com"]});
    origin.patch(&format!("/v1/pages/{PAGE}"), again).await.expect(200);

    let otherwise = json!({"former_hosts": []});
    let page = origin.patch(&format!("/v1/pages/{PAGE}"), otherwise).await.expect(200);
    assert_eq!(page["former_hosts"], json!([]));
    assert_eq!(
        sites(&origin, PAGE).await,
        [("site/new.acme.com", false), ("site/status.acme.com", true)].map(owned)
    );
    origin.post("/v1/pages", other).await.expect(201);
    assert_eq!(
        sites(&origin, PAGE).await,
        [("site/new.acme.com", false)].map(owned),
        "another page speaks for it"
    );
    assert_eq!(
        sites(&origin, "page00000002").await,
        [("site/status.acme.com", false)].map(owned)
    );
}

#[tokio::test]
async fn deleting_page_withdraws_all_records() {
    let origin = TestOrigin::with_sample_page().await;
    let before = origin.records(PAGE, 0).await;
    origin.delete(&format!("/v1/pages/{PAGE}")).await.expect(204);
    let after = origin.records(PAGE, 0).await;
    let keys = |records: &[page_model::Record]| records.iter().map(|record| record.key.clone()).collect::<Vec<Key>>();
    assert_eq!(keys(&before), keys(&after));
    assert!(after.iter().all(page_model::Record::is_tombstone));
    assert!(after.iter().all(|record| record.version > before[0].version));
    origin.get(&at("components")).await.expect(404);

    origin
        .post(
            "/v1/pages",
            json!({"id": PAGE, "name": "Again", "hosts": ["status.acme.com"]}),
        )
        .await
        .expect(201);
    assert_eq!(sites(&origin, PAGE).await, [("site/status.acme.com", false)].map(owned));
    assert_eq!(origin.get(&at("components")).await.expect(200)["items"], json!([]));
}

/// The keys of a page's site records and whether they are tombstones.
async fn sites(origin: &TestOrigin, page: &str) -> Vec<(String, bool)> {
    let records = origin.records(page, 0).await;
    let sites = records.iter().filter(|record| matches!(record.key, Key::Site(_)));
    sites
        .map(|record| (record.key.to_string(), record.is_tombstone()))
        .collect()
}

fn owned((key, gone): (&str, bool)) -> (String, bool) {
    (key.to_owned(), gone)
}

#[tokio::test]
async fn feeds_are_named_by_the_first_host() {
    let origin = TestOrigin::with_sample_page().await;
    let path = format!("/v1/pages/{PAGE}");
    let hosts = async |hosts: &[&str]| {
        origin.patch(&path, json!({"hosts": hosts})).await.expect(200);
        let page = origin.snapshot(PAGE).await.page;
        (page.host, page.first_host)
    };
    let host = |name: &str| page_model::Host::parse(name).ok();
    let (first, second) = ("status.acme.com", "status.acme.example");
    assert_eq!(hosts(&[first, second]).await, (host(first), None));
    assert_eq!(hosts(&[second, first]).await, (host(second), host(first)));
    assert_eq!(hosts(&[second]).await, (host(second), host(first)));
    assert_eq!(hosts(&[]).await, (None, host(first)));
    assert_eq!(hosts(&[first]).await, (host(first), None));
}

#[tokio::test]
async fn zones_are_kept_in_the_spelling_that_others_read() {
    let origin = TestOrigin::with_sample_page().await;
    let path = format!("/v1/pages/{PAGE}");
    let changed = origin
        .patch(&path, json!({"time_zone": "europe/berlin"}))
        .await
        .expect(200);
    assert_eq!(changed["time_zone"], "Europe/Berlin");
    assert_eq!(origin.snapshot(PAGE).await.page.time_zone, "Europe/Berlin");
    let series = json!({
        "name": "S", "body": "B", "starts_at": "2090-01-01T00:00:00Z", "duration_minutes": 60,
        "recurrence": {"rule": "FREQ=WEEKLY", "time_zone": "us/eastern"}
    });
    let series = origin.post(&at("maintenance-series"), series).await.expect(201);
    assert_eq!(series["recurrence"]["time_zone"], "US/Eastern");
    let zone = |zone: &str| {
        (
            Method::PATCH,
            path.clone(),
            json!({"time_zone": zone}),
            422,
            "time_zone",
        )
    };
    origin
        .refuses(["localtime", "posixrules", "Factory"].map(zone).to_vec())
        .await;
}

/// As a database of an earlier build may have them.
#[tokio::test]
async fn stored_zones_are_read_in_the_spelling_that_others_read() {
    let path = format!("/v1/pages/{PAGE}");
    for (sql, told) in [
        ("UPDATE pages SET time_zone = 'europe/berlin'", "Europe/Berlin"),
        ("UPDATE pages SET time_zone = 'Factory'", "Etc/UTC"),
    ] {
        let origin = TestOrigin::with_sample_page().await;
        origin.execute(sql).await;
        assert_eq!(origin.get(&path).await.expect(200)["time_zone"], told);
        assert_eq!(origin.snapshot(PAGE).await.page.time_zone, told);
    }
}
