use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use page_model::{limits::PAGE_METRICS_MAX, snapshot::Metric};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Case, PAGE, TestOrigin, at};

const METRIC: &str = "metric000001";

async fn with_metric() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let metric = json!({"id": METRIC, "name": "Response time", "suffix": "ms", "decimals": 1});
    origin.post(&at("metrics"), metric).await.expect(201);
    origin
}

fn points() -> String {
    at(&format!("metrics/{METRIC}/points"))
}

async fn drawn(origin: &TestOrigin) -> Metric {
    origin.snapshot(PAGE).await.metrics.remove(0)
}

#[tokio::test]
async fn creates_changes_and_deletes_metric() {
    let origin = with_metric().await;
    let one = at(&format!("metrics/{METRIC}"));
    let read = origin.get(&one).await;
    assert!(!read.header("etag").is_empty());
    let read = read.expect(200);
    assert_eq!((&read["position"], &read["latest"]), (&json!(1), &Value::Null));
    let second = origin.post(&at("metrics"), json!({"name": "Queue"})).await.expect(201);
    assert_eq!(
        (&second["suffix"], &second["decimals"], &second["position"]),
        (&json!(""), &json!(0), &json!(2))
    );
    origin
        .patch(&one, json!({"position": 3, "suffix": "s"}))
        .await
        .expect(200);
    let list = origin.get(&at("metrics")).await.expect(200);
    let names: Vec<&Value> = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["Queue", "Response time"]);
    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.metrics[1].suffix, "s");
    assert_eq!(
        (snapshot.metrics[0].day.points.len(), snapshot.metrics[0].day.average),
        (96, None)
    );
    origin.delete(&one).await.expect(204);
    origin.get(&one).await.expect(404);
    assert_eq!(origin.snapshot(PAGE).await.metrics.len(), 1);
}

#[tokio::test]
async fn averages_points_per_step() {
    let origin = with_metric().await;
    let ago = |minutes: i64| (Timestamp::now() - minutes.minutes()).to_string();
    let sent = json!({"points": [
        {"at": ago(60 * 24 * 20), "value": 1000}, {"at": ago(60 * 24 * 3), "value": 300}, {"at": ago(60), "value": 40.25},
        {"value": 20}
    ]});
    let answer = origin.post(&points(), sent).await;
    assert!(
        !answer.header("pharos-seq").is_empty(),
        "the first points after a pause are there at once"
    );
    assert_eq!(answer.expect(201), json!({"taken": 4}));
    let metric = drawn(&origin).await;
    assert_eq!(
        (
            metric.day.step_minutes,
            metric.week.step_minutes,
            metric.month.step_minutes
        ),
        (15, 120, 480)
    );
    assert_eq!(metric.day.points.last(), Some(&Some(20.0)));
    assert_eq!(metric.day.points.iter().flatten().sum::<f64>(), 60.25);
    assert_eq!(
        (metric.day.average, metric.week.average, metric.month.average),
        (Some(30.1), Some(120.1), Some(340.1))
    );
    assert!(
        [metric.day.latest, metric.week.latest, metric.month.latest]
            .iter()
            .all(|latest| *latest == Some(20.0))
    );
    let latest = origin.get(&at(&format!("metrics/{METRIC}"))).await.expect(200)["latest"]["value"].clone();
    assert_eq!(latest, json!(20.0));
}

#[tokio::test]
async fn point_of_same_moment_replaces_and_later_points_wait() {
    let origin = with_metric().await;
    let then = (Timestamp::now() - 2.hours()).to_string();
    let point = |value: f64| json!({"points": [{"at": then, "value": value}]});
    origin.post(&points(), point(7.0)).await.expect(201);
    let seq = drawn(&origin).await;
    assert_eq!(seq.day.average, Some(7.0));
    let head = origin.stored().await;
    for value in [8.0, 9.0] {
        let answer = origin.post(&points(), point(value)).await;
        assert!(
            answer.headers.get("pharos-seq").is_none(),
            "the page does not change yet"
        );
        answer.expect(201);
    }
    assert_eq!(origin.stored().await.last(), head.last(), "nor does the outbox grow");
    assert_eq!(drawn(&origin).await.day.average, Some(7.0));
    // What waits is on disk: it outlives the program. Here a minute has passed since.
    origin
        .execute("UPDATE metric_folds SET folded_ms = folded_ms - 60000")
        .await;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    for _ in 0..300 {
        if drawn(&origin).await.day.average == Some(9.0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let metric = drawn(&origin).await;
    assert_eq!((metric.day.average, metric.day.latest), (Some(9.0), Some(9.0)));
}

#[tokio::test]
async fn waiting_points_are_bounded() {
    let origin = with_metric().await;
    origin
        .post(&points(), json!({"points": [{"value": 1}]}))
        .await
        .expect(201);
    let begin = Timestamp::now() - 20.hours();
    let mut announced = 0;
    for hour in 0..5 {
        let moment = |n: i64| (begin + (3_600 * hour + 3 * n).seconds()).to_string();
        let many: Vec<Value> = (0..1_000).map(|n| json!({"at": moment(n), "value": n})).collect();
        let answer = origin.post(&points(), json!({"points": many})).await;
        announced += i32::from(answer.headers.contains_key("pharos-seq"));
        answer.expect(201);
    }
    assert_eq!(announced, 1, "the fifth thousand takes them all to the page");
    let waiting = origin
        .stored()
        .await
        .into_iter()
        .find(|(table, _)| table == "metric_points_waiting");
    assert_eq!(waiting.map(|(_, rows)| rows), Some(0));
    assert!(drawn(&origin).await.day.points.iter().flatten().count() >= 20);
}

#[tokio::test]
async fn points_leave_no_idempotency_key() {
    let origin = with_metric().await;
    for _ in 0..2 {
        let body = Some(json!({"points": [{"value": 1}]}).to_string());
        let read = origin
            .send(Method::POST, &points(), ADMIN, &[("idempotency-key", "same")], body)
            .await;
        assert!(read.headers.get("idempotency-replayed").is_none());
        read.expect(201);
    }
    let remembered = origin
        .stored()
        .await
        .into_iter()
        .find(|(table, _)| table == "idempotency");
    assert_eq!(remembered.map(|(_, rows)| rows), Some(0));
}

#[tokio::test]
async fn limits_metrics_per_page() {
    let origin = with_metric().await;
    for n in 1..PAGE_METRICS_MAX {
        origin
            .post(&at("metrics"), json!({"name": format!("Metric {n}")}))
            .await
            .expect(201);
    }
    origin
        .refuses(vec![(
            Method::POST,
            at("metrics"),
            json!({"name": "One more"}),
            409,
            "",
        )])
        .await;
}

#[tokio::test]
async fn refuses_invalid_metrics_and_points() {
    let origin = with_metric().await;
    let post = |body, status, field| -> Case { (Method::POST, at("metrics"), body, status, field) };
    let point = |body, field| -> Case { (Method::POST, points(), json!({"points": body}), 422, field) };
    let (future, past) = (Timestamp::now() + 1.hours(), Timestamp::now() - (24 * 28 + 1).hours());
    origin
        .refuses(vec![
            post(json!({}), 422, "name"),
            post(json!({"name": "A", "id": METRIC}), 409, "id"),
            post(
                json!({"name": "A", "suffix": "a suffix that is far too long"}),
                422,
                "suffix",
            ),
            post(json!({"name": "A", "suffix": "m\ns"}), 422, "suffix"),
            post(json!({"name": "A", "decimals": 7}), 422, "decimals"),
            post(json!({"name": "A", "decimals": -1}), 422, "decimals"),
            post(json!({"name": "A", "latest": null}), 422, "latest"),
            (
                Method::POST,
                "/v1/pages/page00000009/metrics".into(),
                json!({"name": "A"}),
                404,
                "",
            ),
            (
                Method::PATCH,
                at(&format!("metrics/{METRIC}")),
                json!({"decimals": 9}),
                422,
                "decimals",
            ),
            (Method::DELETE, at("metrics/metric000009"), Value::Null, 404, ""),
            (
                Method::POST,
                at("metrics/metric000009/points"),
                json!({"points": [{"value": 1}]}),
                404,
                "",
            ),
            (Method::POST, points(), json!({}), 422, "points"),
            point(json!([]), "points"),
            point(json!(vec![json!({"value": 1}); 1_001]), "points"),
            point(json!([[null, 1]]), "points[0]"),
            point(json!([{"value": "fast"}]), "points[0].value"),
            point(json!([{"value": null}]), "points[0].value"),
            point(json!([{"value": 1}, {"value": 1e16}]), "points[1].value"),
            point(json!([{"value": 1, "unit": "ms"}]), "points[0].unit"),
            point(
                json!([{"value": 1}, {"value": 1, "at": future.to_string()}]),
                "points[1].at",
            ),
            point(json!([{"value": 1, "at": past.to_string()}]), "points[0].at"),
        ])
        .await;
    let endless = r#"{"points": [{"value": 1e999}]}"#.to_owned();
    origin
        .send(Method::POST, &points(), ADMIN, &[], Some(endless))
        .await
        .expect(400);
}
