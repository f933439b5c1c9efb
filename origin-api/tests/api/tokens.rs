use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, COMPONENT, PAGE, TestOrigin, at};

async fn token(origin: &TestOrigin, body: Value) -> (String, String) {
    let token = origin.post("/v1/tokens", body).await.expect(201);
    (
        token["id"].as_str().expect("an id").to_owned(),
        token["secret"].as_str().expect("a secret").to_owned(),
    )
}

#[tokio::test]
async fn token_works_until_deleted() {
    let origin = TestOrigin::with_sample_page().await;
    let (id, secret) = token(&origin, json!({"name": "CI"})).await;
    origin
        .send(Method::GET, "/v1/pages", &secret, &[], None)
        .await
        .expect(200);
    let read = origin.get(&format!("/v1/tokens/{id}")).await.expect(200);
    assert_eq!(read.get("secret"), None, "it is shown once");
    origin
        .patch(&format!("/v1/tokens/{id}"), json!({"name": "CI 2"}))
        .await
        .expect(200);
    assert_eq!(origin.get("/v1/tokens").await.expect(200)["items"][0]["name"], "CI 2");
    origin.delete(&format!("/v1/tokens/{id}")).await.expect(204);
    origin
        .send(Method::GET, "/v1/pages", &secret, &[], None)
        .await
        .expect(401);
}

#[tokio::test]
async fn page_token_reaches_only_its_page() {
    let origin = TestOrigin::with_sample_page().await;
    origin
        .post("/v1/pages", json!({"id": "page00000002", "name": "Other"}))
        .await
        .expect(201);
    let (_, secret) = token(&origin, json!({"name": "Acme", "page": PAGE})).await;
    let send = async |method: Method, path: &str, body: Option<Value>| {
        origin
            .send(method, path, &secret, &[], body.map(|body| body.to_string()))
            .await
    };
    let before = origin.stored().await;
    for (method, path, body) in [
        (Method::GET, "/v1/pages/page00000002", None),
        (Method::GET, "/v1/pages/page00000009", None),
        (Method::GET, "/v1/pages/page00000002/components", None),
        (
            Method::POST,
            "/v1/pages/page00000002/components",
            Some(json!({"name": "A"})),
        ),
        (Method::DELETE, "/v1/pages/page00000002", None),
        (Method::POST, "/v1/pages", Some(json!({"name": "Mine"}))),
        (Method::GET, "/v1/tokens", None),
        (Method::POST, "/v1/tokens", Some(json!({"name": "More"}))),
    ] {
        send(method.clone(), path, body).await.expect(403);
    }
    assert_eq!(origin.stored().await, before);
    send(
        Method::PATCH,
        &at(&format!("components/{COMPONENT}")),
        Some(json!({"name": "B"})),
    )
    .await
    .expect(200);
    // What others could have is not its to take, nor the page itself.
    let page = format!("/v1/pages/{PAGE}");
    let hosts = origin.get(&page).await.expect(200)["hosts"].clone();
    let claim = json!({"hosts": [hosts[0], "status.example.org"]});
    let refused = send(Method::PATCH, &page, Some(claim)).await.expect(403);
    assert_eq!(refused["field"], "hosts[1]");
    send(Method::DELETE, &page, None).await.expect(403);
    send(Method::PATCH, &page, Some(json!({"hosts": hosts, "name": "Acme"})))
        .await
        .expect(200);
    let pages = send(Method::GET, "/v1/pages", None).await.expect(200);
    assert_eq!(pages["items"].as_array().map(Vec::len), Some(1));
    origin.delete(&format!("/v1/pages/{PAGE}")).await.expect(204);
    send(Method::GET, "/v1/pages", None).await.expect(401);
}

#[tokio::test]
async fn database_holds_no_token_secret() {
    let origin = TestOrigin::with_sample_page().await;
    let asked = || {
        let body = Some(json!({"name": "CI"}).to_string());
        origin.send(Method::POST, "/v1/tokens", ADMIN, &[("idempotency-key", "k1")], body)
    };
    let secret = asked().await.expect(201)["secret"]
        .as_str()
        .expect("a secret")
        .to_owned();
    let replayed = asked().await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_eq!(replayed.expect(201).get("secret"), None);
    let folder = origin.stop().await;
    for file in std::fs::read_dir(folder.path().join("data")).expect("the folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("its bytes");
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[tokio::test]
async fn guessing_address_is_told_to_wait_and_known_tokens_are_not() {
    let origin = TestOrigin::with_sample_page().await;
    let (_, secret) = token(&origin, json!({"name": "CI"})).await;
    let status = async |token: &str| origin.send(Method::GET, "/v1/pages", token, &[], None).await;
    status(&secret).await.expect(200);
    for number in 0..40_u8 {
        let guess = format!("pharos_{}", BASE64_URL_SAFE_NO_PAD.encode([number; 32]));
        status(&guess).await.expect(if number < 30 { 401 } else { 429 });
    }
    let refused = status("no token at all").await;
    assert_eq!(refused.status, 401, "what cannot be a token costs no look");
    status(&secret).await.expect(200);
    status(ADMIN).await.expect(200);
}
