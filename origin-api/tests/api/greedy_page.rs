//! One publisher who fills a page beyond reason: refused in words, and composed within bounds.

use std::fs;

use futures_util::future::join_all;
use page_model::{limits::BODY_BYTES_MAX, snapshot::Incident};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN, INCIDENT, PAGE, TestOrigin, UPDATE, at};

/// As long as a text may be, and five times as long in HTML.
fn longest() -> String {
    "&".repeat(25_000)
}

fn text_bytes(incident: &Incident) -> usize {
    incident.updates.iter().map(|update| update.body_html.len()).sum()
}

#[tokio::test]
async fn texts_of_an_event_have_a_budget() {
    let origin = TestOrigin::with_sample_page().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    let update = || json!({"body": longest()});
    let mut taken = 0;
    let refused = loop {
        let reply = origin.post(&updates, update()).await;
        if reply.status != 201 {
            break reply;
        }
        taken += 1;
        assert!(taken < 100, "as many as one likes");
    };
    let problem = refused.expect(422);
    assert_eq!(problem["field"], "body");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("4194304") && detail.contains("150007"), "{detail}");
    assert_eq!(taken, 27);
    let before = origin.stored().await;
    let corrected = origin.patch(&format!("{updates}/{UPDATE}"), update()).await.expect(422);
    assert_eq!(corrected["field"], "body");
    assert_eq!(origin.stored().await, before);
    origin.post(&updates, json!({"body": "It is over."})).await.expect(201);
    assert!(
        origin
            .snapshot(PAGE)
            .await
            .incidents
            .iter()
            .any(|incident| incident.updates.len() > 27)
    );
}

#[tokio::test]
async fn descriptions_of_a_page_have_a_budget() {
    let origin = TestOrigin::with_sample_page().await;
    let described = |name: &str| json!({"name": name, "description": "&".repeat(2_000)});
    let mut taken = 0;
    let refused = loop {
        let reply = origin.post(&at("components"), described("Large")).await;
        if reply.status != 201 {
            break reply;
        }
        taken += 1;
        assert!(taken < 1_000, "as many as one likes");
    };
    let problem = refused.expect(422);
    assert_eq!(problem["field"], "description");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("4194304") && detail.contains("12007"), "{detail}");
    assert_eq!(taken, 349);
    let before = origin.stored().await;
    let group = origin.post(&at("groups"), described("Large")).await.expect(422);
    assert_eq!(group["field"], "description");
    assert_eq!(origin.stored().await, before);
    let plain: Value = origin
        .post(&at("components"), json!({"name": "Plain"}))
        .await
        .expect(201);
    let plain = at(&format!("components/{}", plain["id"].as_str().expect("an id")));
    let before = origin.stored().await;
    let described = json!({"description": "&".repeat(2_000)});
    assert_eq!(
        origin.patch(&plain, described).await.expect(422)["field"],
        "description"
    );
    assert_eq!(origin.stored().await, before);
    let kept = origin.send(Method::GET, &plain, ADMIN, &[], None).await.expect(200);
    assert_eq!(kept["description"], "");
    // A short one is taken all the same.
    let short = json!({"name": "Short", "description": "What it does."});
    origin.post(&at("components"), short).await.expect(201);
}

#[tokio::test]
async fn texts_of_a_page_are_read_within_a_budget() {
    let origin = TestOrigin::with_sample_page().await;
    // Of these a page takes as many as come.
    let text = "&".repeat(4_000);
    for number in 0..6 {
        let body = json!({"name": format!("Outage {number}"), "body": text});
        let incident: Value = origin.post(&at("incidents"), body).await.expect(201);
        let updates = at(&format!(
            "incidents/{}/updates",
            incident["id"].as_str().expect("an id")
        ));
        for _ in 0..160 {
            let body = Some(json!({"body": text}).to_string());
            origin.send(Method::POST, &updates, ADMIN, &[], body).await.expect(201);
        }
    }
    // 24 MB are stored; another page is served meanwhile, and what is read has room in a record.
    let snapshot = origin.snapshot(PAGE).await;
    let outages: Vec<_> = snapshot
        .incidents
        .iter()
        .filter(|incident| incident.name.starts_with("Outage"))
        .collect();
    assert_eq!(outages.len(), 6);
    let all: usize = outages.iter().map(|incident| text_bytes(incident)).sum();
    assert!(all <= BODY_BYTES_MAX, "{all} bytes");
    assert!(outages.iter().all(|incident| !incident.updates.is_empty()));
    // It took long, so the next time it is read behind others.
    let before = readers_behind_others();
    origin.post(&at("components"), json!({"name": "New"})).await.expect(201);
    origin.snapshot(PAGE).await;
    assert_eq!([before, readers_behind_others()], [0, 1]);
}

/// Threads of SQLite in this process that leave their core to others (proc_pid_stat(5)).
fn readers_behind_others() -> usize {
    let threads = fs::read_dir("/proc/self/task").expect("threads");
    let stats = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("stat")).ok());
    let of_sqlite = stats.filter(|stat| stat.contains("(sqlx-sqlite-"));
    let niceness = of_sqlite.map(|stat| {
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let niceness = fields.split_whitespace().nth(16).expect("a niceness");
        niceness.parse::<i32>().expect("a number")
    });
    niceness.filter(|niceness| *niceness > 0).count()
}

#[tokio::test]
async fn too_many_long_texts_at_once_are_refused_and_those_of_others_taken() {
    let origin = TestOrigin::with_sample_page().await;
    let other: Value = origin.post("/v1/pages", json!({"name": "Other"})).await.expect(201);
    let others = format!("/v1/pages/{}/incidents", other["id"].as_str().expect("an id"));
    let incidents = at("incidents");
    let push = |name: String| origin.post(&incidents, json!({"name": name, "body": longest()}));
    let greedy = join_all((0..100).map(|number| push(format!("Outage {number}"))));
    let other = origin.post(&others, json!({"name": "Slow", "body": longest()}));
    let (greedy, other) = tokio::join!(greedy, other);
    other.expect(201);
    let (refused, taken): (Vec<_>, Vec<_>) = greedy
        .into_iter()
        .partition(|reply| reply.status == StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        refused.len() >= 30 && taken.len() >= 30,
        "{} are refused",
        refused.len()
    );
    assert!(refused.iter().all(|reply| reply.header("retry-after") == "1"));
    assert!(taken.iter().all(|reply| reply.status == StatusCode::CREATED));
    // What is short waits for none of that.
    origin
        .post(&incidents, json!({"name": "Short", "body": "It begins."}))
        .await
        .expect(201);
}
