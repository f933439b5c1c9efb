//! What alters nothing that anybody sees is announced, and costs the regions nothing.

use page_model::{Key, Record};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, COMPONENT, GROUP, INCIDENT, MAINTENANCE, PAGE, TestOrigin, UPDATE, at};

/// A region that has every change up to here.
struct Region<'a> {
    origin: &'a TestOrigin,
    seq: u64,
}

impl<'a> Region<'a> {
    async fn filled(origin: &'a TestOrigin) -> Self {
        let records = origin.records(PAGE, 0).await;
        let seq = records.iter().map(|record| record.version).max().expect("records");
        Self { origin, seq }
    }

    /// What a change sends it.
    async fn sent(&mut self, method: Method, path: &str, body: Value) -> Vec<Record> {
        let changed = self.origin.send(method, path, ADMIN, &[], Some(body.to_string())).await;
        assert!(changed.status.is_success(), "{path}: {changed:?}");
        let seq = changed.header("pharos-seq").parse().expect("a number");
        assert!(seq > self.seq, "{path}: every change is announced");
        let records = self.origin.records(PAGE, self.seq).await;
        self.seq = seq;
        records
    }
}

fn keys(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| record.key.to_string()).collect()
}

#[tokio::test]
async fn change_that_nobody_sees_sends_nothing() {
    let origin = TestOrigin::with_sample_page().await;
    let mut region = Region::filled(&origin).await;
    let maintenance = origin.get(&at(&format!("maintenances/{MAINTENANCE}"))).await.body;
    let update = at(&format!("incidents/{INCIDENT}/updates/{UPDATE}"));
    let told = origin.get(&update).await.body;
    let first = json!({"body": "Mind the gap."});
    let announced = region.sent(Method::PUT, &at("announcement"), first.clone()).await;
    assert_eq!(keys(&announced).len(), 2, "a snapshot and its site");
    let template = json!({"name": "Outage", "title": "Outage", "body": "We look into it."});
    for (method, path, body) in [
        (Method::PUT, at("announcement"), first),
        (Method::POST, at("incident-templates"), template),
        (
            Method::PATCH,
            at(&format!("components/{COMPONENT}")),
            json!({"name": "API", "status": "operational", "description": "", "show_uptime": true}),
        ),
        (
            Method::PATCH,
            at(&format!("groups/{GROUP}")),
            json!({"name": "Europe", "description": ""}),
        ),
        (
            Method::PATCH,
            at(&format!("incidents/{INCIDENT}")),
            json!({"name": "Slow"}),
        ),
        (Method::PATCH, update, json!({"body": told["body"], "at": told["at"]})),
        (
            Method::PATCH,
            at(&format!("maintenances/{MAINTENANCE}")),
            json!({"name": "Move", "starts_at": maintenance["starts_at"], "ends_at": maintenance["ends_at"],
                "components": maintenance["components"]}),
        ),
        (
            Method::PATCH,
            format!("/v1/pages/{PAGE}"),
            json!({"name": "Acme", "hosts": ["status.acme.com"]}),
        ),
    ] {
        let sent = region.sent(method, &path, body).await;
        assert_eq!(keys(&sent), [""; 0], "{path}");
    }
    let renamed = region
        .sent(Method::PATCH, &at(&format!("groups/{GROUP}")), json!({"name": "EU"}))
        .await;
    assert_eq!(keys(&renamed).len(), 2, "{:?}", keys(&renamed));
}

#[tokio::test]
async fn moment_of_a_page_is_that_of_its_last_change_that_is_seen() {
    let origin = TestOrigin::with_sample_page().await;
    Region::filled(&origin).await;
    let shown = origin.snapshot(PAGE).await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let same = json!({"name": "API"});
    origin
        .patch(&at(&format!("components/{COMPONENT}")), same)
        .await
        .expect(200);
    assert_eq!(
        origin.snapshot(PAGE).await,
        shown,
        "a region that is filled later shows the same"
    );
}

/// Another page had it meanwhile, and wrote the record.
#[tokio::test]
async fn host_that_comes_back_is_sent() {
    let origin = TestOrigin::with_sample_page().await;
    let mut region = Region::filled(&origin).await;
    let (page, other) = (format!("/v1/pages/{PAGE}"), "/v1/pages/page00000002");
    origin.patch(&page, json!({"hosts": []})).await.expect(200);
    let taken = json!({"id": "page00000002", "name": "Other", "hosts": ["status.acme.com"]});
    origin.post("/v1/pages", taken).await.expect(201);
    origin.patch(other, json!({"hosts": []})).await.expect(200);
    let back = region
        .sent(Method::PATCH, &page, json!({"hosts": ["status.acme.com"]}))
        .await;
    let is_site = |record: &Record| matches!(record.key, Key::Site(_)) && !record.is_tombstone();
    assert!(back.iter().any(is_site), "{:?}", keys(&back));
}

#[tokio::test]
async fn archive_is_sent_again_when_it_shows_the_change() {
    let origin = TestOrigin::with_sample_page().await;
    let mut region = Region::filled(&origin).await;
    let page = format!("/v1/pages/{PAGE}");
    let first = origin.get(&page).await.body["hosts"][0].clone();
    for (patch, shows) in [
        (json!({"name": "Acme Cloud"}), true),
        (json!({"hosts": [first, "second.acme.com"]}), false),
        (json!({"hosts": [first]}), false),
        (json!({"former_hosts": []}), false),
        (json!({"website": "https://acme.example"}), true),
        (json!({"hosts": ["third.acme.com"]}), true),
    ] {
        let sent = region.sent(Method::PATCH, &page, patch.clone()).await;
        let archives = sent.iter().filter(|record| matches!(record.key, Key::Archive(..)));
        assert_eq!(archives.count() > 0, shows, "{patch}");
    }
}
