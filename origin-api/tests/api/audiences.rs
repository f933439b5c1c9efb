use reqwest::Method;
use serde_json::json;

use crate::harness::{ADMIN, TestOrigin, at};

const AUDIENCE: &str = "audience0001";

#[tokio::test]
async fn password_is_taken_and_never_told() {
    let origin = TestOrigin::with_sample_page().await;
    let new = json!({"id": AUDIENCE, "name": "Customers", "password": "correct horse"});
    let created = origin.post(&at("audiences"), new).await.expect(201);
    let path = at(&format!("audiences/{AUDIENCE}"));
    assert_eq!(created["has_password"], true);
    let read = origin.get(&path).await.expect(200);
    assert_eq!(read, created);
    assert!(!read.to_string().contains("horse"));
    let listed = origin.get(&at("audiences")).await.expect(200);
    assert_eq!(listed["items"], json!([created]));
    let changed = origin.patch(&path, json!({"password": null})).await.expect(200);
    assert_eq!(changed["has_password"], false);
    let changed = origin.patch(&path, json!({"name": "Partners"})).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["has_password"]),
        (&json!("Partners"), &json!(false))
    );
    let changed = origin
        .patch(&path, json!({"password": "battery staple"}))
        .await
        .expect(200);
    assert_eq!(changed["has_password"], true);
    origin.delete(&path).await.expect(204);
    origin.get(&path).await.expect(404);
}

/// Who takes the database away finds nothing that can be tried quickly.
#[tokio::test]
async fn password_is_kept_as_a_slow_hash_alone() {
    let origin = TestOrigin::with_sample_page().await;
    let new = json!({"id": AUDIENCE, "name": "Customers", "password": "correct horse"}).to_string();
    let send = async || {
        let headers = [("idempotency-key", "one")];
        origin
            .send(Method::POST, &at("audiences"), ADMIN, &headers, Some(new.clone()))
            .await
    };
    let created = send().await;
    let again = send().await;
    assert_eq!(
        again.header("idempotency-replayed"),
        "true",
        "the same request is known again"
    );
    assert_eq!(created.body, again.body);
    let fast = fast_fingerprint("POST", &at("audiences"), new.as_bytes());
    let folder = origin.stop().await;
    let file = std::fs::read(folder.path().join("data/origin.db")).expect("a database");
    let holds = |wanted: &[u8]| file.windows(wanted.len()).any(|window| window == wanted);
    assert!(holds(b"$argon2id$"), "the hash is there");
    assert!(!holds(b"correct horse"));
    assert!(!holds(&fast), "the fingerprint of the request is a slow one");
}

/// What a request without a password is known by.
fn fast_fingerprint(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), path.as_bytes(), b"", body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[tokio::test]
async fn refuses_what_is_no_audience() {
    let origin = TestOrigin::with_sample_page().await;
    let new = json!({"id": AUDIENCE, "name": "Customers", "password": "correct horse"});
    origin.post(&at("audiences"), new).await.expect(201);
    let (all, one) = (at("audiences"), at(&format!("audiences/{AUDIENCE}")));
    let named = |password: &str| json!({"name": "x", "password": password});
    origin
        .refuses(vec![
            (Method::POST, all.clone(), json!({"name": ""}), 422, "name"),
            (Method::POST, all.clone(), named("seven77"), 422, "password"),
            (Method::POST, all.clone(), named(&"x".repeat(201)), 422, "password"),
            (
                Method::POST,
                all.clone(),
                named("a line\nand one more"),
                422,
                "password",
            ),
            (
                Method::POST,
                all.clone(),
                json!({"name": "x", "password": 12_345_678}),
                422,
                "password",
            ),
            (
                Method::POST,
                all.clone(),
                json!({"name": "x", "pasword": "correct horse"}),
                422,
                "pasword",
            ),
            (
                Method::POST,
                all.clone(),
                json!({"id": AUDIENCE, "name": "x"}),
                409,
                "id",
            ),
            (Method::PATCH, one, json!({"password": "short"}), 422, "password"),
            (
                Method::PATCH,
                "/v1/pages/page00000001".into(),
                json!({"visibility": "secret"}),
                422,
                "visibility",
            ),
            (
                Method::PATCH,
                "/v1/pages/page00000001".into(),
                json!({"sign_in": {"door": "ajar"}}),
                422,
                "sign_in.door",
            ),
            (
                Method::PATCH,
                "/v1/pages/page00000001".into(),
                json!({"sign_in": {"session_days": 0}}),
                422,
                "sign_in.session_days",
            ),
            (
                Method::PATCH,
                "/v1/pages/page00000001".into(),
                json!({"sign_in": {"session_days": 91}}),
                422,
                "sign_in.session_days",
            ),
        ])
        .await;
}

#[tokio::test]
async fn few_audiences_of_a_page_have_a_password() {
    let origin = TestOrigin::with_sample_page().await;
    let new = |number: usize| json!({"id": format!("audience{number:04}"), "name": "x", "password": "correct horse"});
    for number in 1..=4 {
        origin.post(&at("audiences"), new(number)).await.expect(201);
    }
    origin
        .refuses(vec![(Method::POST, at("audiences"), new(5), 409, "password")])
        .await;
    let without = json!({"id": "audience0005", "name": "x"});
    origin.post(&at("audiences"), without).await.expect(201);
    origin
        .refuses(vec![(
            Method::PATCH,
            at("audiences/audience0005"),
            json!({"password": "correct horse"}),
            409,
            "password",
        )])
        .await;
    let path = at("audiences/audience0001");
    origin
        .patch(&path, json!({"password": "another horse"}))
        .await
        .expect(200);
}
