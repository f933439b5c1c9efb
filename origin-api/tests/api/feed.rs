use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{COMPONENT, PAGE, SYNC, TestOrigin, at};

/// But for the ages of changes, which no two answers share.
async fn feed(origin: &TestOrigin, after: u64, wait_ms: u64) -> Value {
    let mut told = told(origin, after, wait_ms).await;
    let changes = told["changes"].as_array_mut().expect("a list");
    for change in changes.iter_mut().filter_map(Value::as_object_mut) {
        let age = change.remove("age_ms").expect("an age");
        assert!(age.is_u64(), "{age}");
    }
    told
}

async fn told(origin: &TestOrigin, after: u64, wait_ms: u64) -> Value {
    let path = format!("/sync/feed?after={after}&wait_ms={wait_ms}");
    origin.send(Method::GET, &path, SYNC, &[], None).await.expect(200)
}

/// By the origin's clock alone, so that nobody compares it with their own.
#[tokio::test]
async fn feed_says_how_old_each_change_is() {
    let origin = TestOrigin::with_sample_page().await;
    let ages = async |origin: &TestOrigin| {
        let told = told(origin, 0, 0).await;
        let changes = told["changes"].as_array().expect("a list");
        let ages = changes.iter().map(|change| change["age_ms"].as_i64().expect("an age"));
        ages.collect::<Vec<_>>()
    };
    for (statement, least) in [
        ("UPDATE outbox SET at_ms = at_ms - 3600000", 3_600_000),
        ("UPDATE outbox SET at_ms = at_ms + 7200000", 0),
    ] {
        origin.execute(statement).await;
        let ages = ages(&origin).await;
        assert_eq!(ages.len(), 1);
        assert!((least..least + 1_800_000).contains(&ages[0]), "{statement}: {ages:?}");
    }
}

#[tokio::test]
async fn feed_lists_each_page_with_its_last_change() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .post("/v1/pages", json!({"id": "page00000002", "name": "Other"}))
        .await
        .expect(201);
    let changed = origin.patch(&format!("/v1/pages/{PAGE}"), json!({"name": "B"})).await;
    let head: u64 = changed.header("pharos-seq").parse().expect("a number");
    let all = feed(&origin, 0, 0).await;
    let expected = json!([{"page": "page00000002", "seq": head - 1}, {"page": PAGE, "seq": head}]);
    assert_eq!((&all["head"], &all["changes"]), (&json!(head), &expected));
    assert_eq!(
        feed(&origin, head - 1, 0).await["changes"],
        json!([{"page": PAGE, "seq": head}])
    );
    let nothing = feed(&origin, head, 0).await;
    let database = nothing["database"].as_str().expect("the database's name");
    page_model::Id::parse(database).expect("an id");
    assert_eq!(
        nothing,
        json!({"head": head, "complete": true, "database": database, "first_seq": 1, "format": page_model::record::FORMAT, "changes": []})
    );
    origin.delete("/v1/pages/page00000002").await.expect(204);
    assert_eq!(
        feed(&origin, 0, 0).await["changes"][1],
        json!({"page": "page00000002", "seq": head + 1})
    );
}

/// It is in the database, and the writer has not made sure of it: nobody may ask behind it.
#[tokio::test]
async fn feed_says_nothing_that_does_not_count_yet() {
    let origin = TestOrigin::with_sample_page().await;
    let created = origin.post("/v1/pages", json!({"id": "page00000002", "name": "Other"}));
    created.await.expect(201);
    let listed = feed(&origin, 0, 0).await;
    let head = listed["head"].as_u64().expect("a number");
    let first = &listed["changes"][0];
    origin
        .execute("UPDATE outbox SET seq = seq + 1 WHERE page_id = 'page00000002'")
        .await;
    let early = feed(&origin, 0, 0).await;
    assert_eq!(early["head"], head, "the next question is not ahead of what counts");
    assert_eq!(
        (&early["changes"], &early["complete"]),
        (&json!([first]), &json!(false))
    );
    let nothing = feed(&origin, head - 1, 0).await;
    assert_eq!((&nothing["head"], &nothing["changes"]), (&json!(head), &json!([])));
    assert_eq!(nothing["complete"], false);
    let behind = feed(&origin, head, 0).await;
    assert_eq!((&behind["head"], &behind["changes"]), (&json!(head), &json!([])));
    assert_eq!(
        behind["complete"], false,
        "what was hidden a moment ago is hidden still, with all that it was before"
    );
    let counts = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let renamed = origin.patch("/v1/pages/page00000002", json!({"name": "Third"}));
        renamed.await.expect(200);
    };
    let (waited, ()) = tokio::join!(feed(&origin, head, 0), counts);
    assert_eq!(
        waited["changes"],
        json!([{"page": "page00000002", "seq": head + 1}]),
        "nobody has to ask again for what is about to count"
    );
}

/// What nobody waits for may come later than what others tell, wherever a region stands.
#[tokio::test]
async fn feed_says_what_nobody_waits_for() {
    let origin = TestOrigin::with_sample_page().await;
    let metric = json!({"id": "metric000001", "name": "Latency"});
    let made = origin.post(&at("metrics"), metric).await;
    let told: u64 = made.header("pharos-seq").parse().expect("a number");
    let points = at("metrics/metric000001/points");
    let taken = origin.post(&points, json!({"points": [{"value": 1.5}]})).await;
    let seq: u64 = taken.header("pharos-seq").parse().expect("a number");
    let passing = json!([{"page": PAGE, "seq": seq, "passing": true}]);
    let awaited = json!([{"page": PAGE, "seq": seq}]);
    assert_eq!(feed(&origin, told, 0).await["changes"], passing);
    assert_eq!(
        feed(&origin, told - 1, 0).await["changes"],
        awaited,
        "a region that is behind is owed what was told, too"
    );
}

/// Who takes a list that was cut for a whole one loses what lies behind its end.
#[tokio::test]
async fn list_that_is_cut_says_so() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .execute(
            "INSERT INTO outbox (seq, page_id, at_ms)
             WITH RECURSIVE n(n) AS (SELECT 1001 UNION ALL SELECT n + 1 FROM n WHERE n < 2200)
             SELECT n, 'page' || printf('%08d', n), 0 FROM n",
        )
        .await;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    let (mut after, mut listed) = (0, 0);
    for (length, complete) in [(1_000, false), (201, true)] {
        let list = feed(&origin, after, 0).await;
        let changes = list["changes"].as_array().expect("a list");
        assert_eq!((changes.len(), &list["complete"]), (length, &json!(complete)));
        assert_eq!(list["head"], changes[length - 1]["seq"], "it ends with what was listed");
        after = list["head"].as_u64().expect("a number");
        listed += changes.len();
    }
    assert_eq!((after, listed), (2_200, 1_201));
}

/// A region has seen more than the database has: what follows must lie behind that, and every page must come again.
#[tokio::test]
async fn overtaken_database_goes_on_behind_what_was_seen_under_another_name() {
    let origin = TestOrigin::with_sample_page().await;
    let before = feed(&origin, 0, 0).await;
    let overtaken = async |database: &Value, seq: i64| {
        let body = json!({"database": database, "seq": seq}).to_string();
        origin
            .send(Method::POST, "/sync/overtaken", SYNC, &[], Some(body))
            .await
    };
    overtaken(&before["database"], 90_000).await.expect(204);
    let after = feed(&origin, 0, 0).await;
    assert_ne!(after["database"], before["database"]);
    let first_seq = after["first_seq"].as_u64().expect("a number");
    assert!(first_seq > 90_000);
    assert_eq!(after["changes"], json!([{"page": PAGE, "seq": first_seq}]));
    for record in origin.records(PAGE, 90_000).await {
        assert!(
            record.version >= first_seq,
            "{} has version {}",
            record.key,
            record.version
        );
    }

    // Another region tells of the same: nothing follows from it.
    overtaken(&before["database"], 95_000).await.expect(204);
    assert_eq!(feed(&origin, 0, 0).await, after);
    let refused = overtaken(&after["database"], i64::MAX).await;
    assert_eq!(refused.expect(422)["field"], "seq");
    assert_eq!(feed(&origin, 0, 0).await, after);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_feed_answers_on_change() {
    let origin = std::sync::Arc::new(TestOrigin::with_sample_page().await);
    let head = feed(&origin, 0, 0).await["head"].as_u64().expect("a number");
    let waiting = tokio::spawn({
        let origin = origin.clone();
        async move { feed(&origin, head, 20_000).await }
    });
    // Who asks later and waits less is answered in between.
    feed(&origin, head, 100).await;
    origin
        .patch(&at(&format!("components/{COMPONENT}")), json!({"name": "B"}))
        .await
        .expect(200);
    // Whom no change wakes gets an empty list at the end of the wait.
    let fed = waiting.await.expect("an answer");
    assert_eq!(fed["changes"], json!([{"page": PAGE, "seq": head + 1}]));
}

#[tokio::test]
async fn waiting_feed_ends_after_its_wait_and_on_shutdown() {
    let origin = TestOrigin::with_sample_page().await;
    let head = feed(&origin, 0, 0).await["head"].as_u64().expect("a number");
    let began = Instant::now();
    assert_eq!(feed(&origin, head, 200).await["changes"], json!([]));
    assert!(began.elapsed() >= Duration::from_millis(200));
    let url = format!("{}/sync/feed?after={head}&wait_ms=60000", origin.api);
    let waiting = tokio::spawn(reqwest::Client::new().get(url).bearer_auth(SYNC).send());
    feed(&origin, head, 100).await;
    origin.stop().await;
    assert_eq!(waiting.await.expect("it ran").expect("an answer").status(), 200);
}
