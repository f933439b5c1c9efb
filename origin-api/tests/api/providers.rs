//! The identity provider of a page, the rules of its audiences, and the keys of platform tokens, as publishers set them.

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{ADMIN, TestOrigin, at};

const AUDIENCE: &str = "audience0001";
const KEY: &str = "key000000001";
const LISTED: &str = "http://127.0.0.1:9";

async fn origin() -> TestOrigin {
    let listed = LISTED.parse().expect("an address");
    let folder = TempDir::new().expect("a temporary folder");
    TestOrigin::start_beside(folder, vec![listed]).await.sampled().await
}

fn provider() -> Value {
    json!({"issuer": LISTED, "client_id": "pharos", "client_secret": "a-secret-of-the-client", "name": "Acme"})
}

async fn put(origin: &TestOrigin, path: &str, body: Value) -> crate::harness::Read {
    origin
        .send(Method::PUT, &at(path), ADMIN, &[], Some(body.to_string()))
        .await
}

#[tokio::test]
async fn provider_is_set_read_and_taken_away() {
    let origin = origin().await;
    let path = "sign-in/provider";
    origin.get(&at(path)).await.expect(404);
    let set = put(&origin, path, provider()).await.expect(200);
    let expected = json!({"issuer": LISTED, "client_id": "pharos", "has_client_secret": true, "name": "Acme",
        "vouches_for": [], "groups_claim": "groups", "scopes": []});
    assert_eq!(set, expected);
    let read = origin.get(&at(path)).await;
    assert!(!read.headers["etag"].is_empty());
    assert_eq!(read.expect(200), expected);
    let mut again = provider();
    again.as_object_mut().expect("an object").remove("client_secret");
    let set = put(&origin, path, again.clone()).await.expect(200);
    assert_eq!(set["has_client_secret"], true, "it stays what it was");
    again["client_id"] = json!("another");
    let set = put(&origin, path, again.clone()).await.expect(200);
    assert_eq!(set["has_client_secret"], false, "it was the secret of another client");
    put(&origin, path, provider()).await.expect(200);
    let mut without = provider();
    without["client_secret"] = Value::Null;
    assert_eq!(
        put(&origin, path, without).await.expect(200)["has_client_secret"],
        false
    );
    origin.delete(&at(path)).await.expect(204);
    origin.get(&at(path)).await.expect(404);
    origin.delete(&at(path)).await.expect(404);
}

#[tokio::test]
async fn secrets_are_never_told() {
    let origin = origin().await;
    let secret = "a secret of at least thirty-two bytes";
    put(&origin, "sign-in/provider", provider()).await.expect(200);
    let key = json!({"issuer": "app", "secret": secret});
    put(&origin, &format!("sign-in/token-keys/{KEY}"), key)
        .await
        .expect(200);
    for path in [
        "sign-in/provider",
        "sign-in/token-keys",
        &format!("sign-in/token-keys/{KEY}"),
        "delivery",
        "events",
        "",
    ] {
        let read = origin.get(at(path).trim_end_matches('/')).await.expect(200).to_string();
        assert!(
            !read.contains("a-secret-of-the-client") && !read.contains(secret),
            "{path}: {read}"
        );
    }
    for record in origin.records(crate::harness::PAGE, 0).await {
        let bytes = String::from_utf8_lossy(&record.body).into_owned();
        assert!(
            !bytes.contains("a-secret-of-the-client") && !bytes.contains(secret),
            "{:?}",
            record.key
        );
    }
}

#[tokio::test]
async fn refuses_what_is_no_provider() {
    let origin = origin().await;
    let path = at("sign-in/provider");
    let with = |field: &str, value: Value| {
        let mut body = provider();
        body[field] = value;
        body
    };
    let many = |count: usize| json!((0..count).map(|number| format!("d{number}.com")).collect::<Vec<_>>());
    let cases = [
        (with("issuer", json!("http://idp.acme.com")), "issuer"),
        (with("issuer", json!("idp.acme.com")), "issuer"),
        (with("issuer", json!("https://10.0.0.1")), "issuer"),
        (with("issuer", json!("https://127.0.0.1:9")), "issuer"),
        (with("issuer", json!("https://localhost")), "issuer"),
        (with("issuer", json!("https://[::1]/")), "issuer"),
        (with("issuer", json!("https://no-such-name.invalid")), "issuer"),
        (with("issuer", json!("https://a.b/?x=y")), "issuer"),
        (with("client_id", json!("")), "client_id"),
        (with("client_id", json!("a b")), "client_id"),
        (with("client_secret", json!("")), "client_secret"),
        (with("name", json!("")), "name"),
        (with("vouches_for", json!(["com"])), "vouches_for[0]"),
        (with("vouches_for", many(21)), "vouches_for"),
        (with("scopes", many(11)), "scopes"),
        (with("groups_claim", json!("a b")), "groups_claim"),
        (with("surprise", json!(1)), "surprise"),
        (json!({"client_id": "x", "name": "y"}), "issuer"),
    ];
    let cases = cases.map(|(body, field)| (Method::PUT, path.clone(), body, 422, field));
    origin.refuses(cases.into()).await;
}

#[tokio::test]
async fn audience_has_rules_for_claims() {
    let origin = origin().await;
    let rules = json!([{"claim": "groups", "value": "customers"}, {"claim": "hd", "value": "acme.com"}]);
    let new = json!({"id": AUDIENCE, "name": "Customers", "claims": rules});
    let created = origin.post(&at("audiences"), new).await.expect(201);
    assert_eq!(created["claims"], rules);
    let one = at(&format!("audiences/{AUDIENCE}"));
    let changed = origin.patch(&one, json!({"claims": []})).await.expect(200);
    assert_eq!(changed["claims"], json!([]));
    let rule = |claim: &str, value: &str| json!({"claim": claim, "value": value});
    let many: Vec<Value> = (0..51).map(|number| rule("groups", &number.to_string())).collect();
    let cases = [
        (json!(many), "claims"),
        (json!([rule("groups", "a"), rule("groups", "a")]), "claims[1]"),
        (json!([rule("email", "ada@acme.com")]), "claims[0].claim"),
        (json!([rule("nonce", "x")]), "claims[0].claim"),
        (json!([rule("", "x")]), "claims[0].claim"),
        (json!([rule("groups", "")]), "claims[0].value"),
        (json!([{"claim": "groups"}]), "claims[0].value"),
        (json!("groups"), "claims"),
        (Value::Null, "claims"),
    ];
    let cases = cases.map(|(claims, field)| (Method::PATCH, one.clone(), json!({"claims": claims}), 422, field));
    origin.refuses(cases.into()).await;
}

#[tokio::test]
async fn token_keys_are_set_listed_and_taken_away() {
    let origin = origin().await;
    let one = format!("sign-in/token-keys/{KEY}");
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "1"});
    let set = put(&origin, &one, json!({"issuer": "app", "jwk": jwk}))
        .await
        .expect(200);
    assert_eq!(set, json!({"id": KEY, "issuer": "app", "algorithm": "EdDSA"}));
    assert_eq!(origin.get(&at(&one)).await.expect(200), set);
    let listed = origin.get(&at("sign-in/token-keys")).await.expect(200);
    assert_eq!(listed, json!({"items": [set], "next": null}));
    let secret = json!({"issuer": "app", "secret": "x".repeat(32)});
    for number in 2..=8 {
        put(
            &origin,
            &format!("sign-in/token-keys/key00000000{number}"),
            secret.clone(),
        )
        .await
        .expect(200);
    }
    let private = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "x"});
    let cases = [
        (json!({"issuer": "app"}), 422, "jwk"),
        (json!({"issuer": "app", "secret": "short"}), 422, "secret"),
        (json!({"issuer": "app", "pem": "x"}), 422, "pem"),
        (json!({"issuer": "app", "jwk": private}), 422, "jwk.d"),
        (json!({"secret": "x".repeat(32)}), 422, "issuer"),
    ];
    let mut cases: Vec<_> = cases
        .into_iter()
        .map(|(body, status, field)| (Method::PUT, at(&one), body, status, field))
        .collect();
    cases.push((Method::PUT, at("sign-in/token-keys/key000000009"), secret, 409, ""));
    origin.refuses(cases).await;
    origin.delete(&at(&one)).await.expect(204);
    origin.get(&at(&one)).await.expect(404);
    origin.delete(&at(&one)).await.expect(404);
}
