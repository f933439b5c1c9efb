//! Tokens with which a publisher's own product says who somebody is.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use jiff::Timestamp;
use page_model::sign_in::{Answer, Asked};
use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};

use crate::{
    harness::{ADMIN, PAGE, TestOrigin, at},
    sign_in::{HOST, ask, of, renewed},
};

const AUDIENCE: &str = "audience0001";
const KEY: &str = "key000000001";
const SECRET_KEY: &str = "key000000002";
const SECRET: &str = "a secret of at least thirty-two bytes";

async fn origin() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let private = json!({"visibility": "private"});
    origin.patch(&format!("/v1/pages/{PAGE}"), private).await.expect(200);
    let new = json!({"id": AUDIENCE, "name": "Customers"});
    origin.post(&at("audiences"), new).await.expect(201);
    put_key(&origin, KEY, public()).await;
    put_key(&origin, SECRET_KEY, json!({"issuer": "app", "secret": SECRET})).await;
    origin
}

async fn put_key(origin: &TestOrigin, id: &str, key: Value) {
    let path = at(&format!("sign-in/token-keys/{id}"));
    let set = origin.send(Method::PUT, &path, ADMIN, &[], Some(key.to_string())).await;
    set.expect(200);
}

fn signing() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

fn public_bytes() -> [u8; 32] {
    signing().verifying_key().to_bytes()
}

fn public() -> Value {
    json!({"issuer": "app", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public_bytes())}})
}

/// What a good token says; each has an id of its own.
fn claims() -> Value {
    let now = Timestamp::now().as_second();
    let id = URL_SAFE_NO_PAD.encode(fastrand::u128(..).to_be_bytes());
    json!({"iss": "app", "aud": HOST, "sub": "ada", "exp": now + 120, "jti": id, "audiences": ["Customers"]})
}

fn with(field: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().expect("claims").remove(field)),
        value => claims[field] = value,
    }
    claims
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

fn by_key(claims: &Value) -> String {
    signed(&json!({"alg": "EdDSA", "typ": "JWT"}), claims, ed25519)
}

fn ed25519(text: &[u8]) -> Vec<u8> {
    signing().sign(text).to_bytes().to_vec()
}

fn mac(secret: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    move |text| hmac::sign(&key, text).as_ref().to_vec()
}

async fn bring(origin: &TestOrigin, token: &str) -> Answer {
    let token = token.to_owned();
    ask(origin, of(Asked::Token { token })).await
}

fn session(answer: Answer) -> String {
    match answer {
        Answer::Session { session } => session,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn good_token_lets_in_once() {
    let origin = origin().await;
    let token = by_key(&claims());
    let text = session(bring(&origin, &token).await);
    assert!(renewed(&origin, &text).await.is_some());
    assert_eq!(bring(&origin, &token).await, Answer::Failed, "it was used");
    let by_secret = signed(&json!({"alg": "HS256"}), &claims(), mac(SECRET.as_bytes()));
    session(bring(&origin, &by_secret).await);
    let named = json!({"alg": "EdDSA", "kid": KEY});
    session(bring(&origin, &signed(&named, &with("audiences", json!([AUDIENCE])), ed25519)).await);
    // It was used once, and stays so when the origin is started anew.
    let folder = origin.stop().await;
    let origin = TestOrigin::start_in(folder).await;
    assert_eq!(bring(&origin, &token).await, Answer::Failed);
}

/// In a folder where nobody knows what was used: until all of before are over, a token has to say that it was made since.
#[tokio::test]
async fn token_of_before_a_restore_lets_nobody_in() {
    let origin = origin().await;
    let now = Timestamp::now().as_second();
    let (used, made_before) = (by_key(&claims()), by_key(&with("iat", json!(now))));
    session(bring(&origin, &used).await);
    let folder = origin.stop().await;
    let elsewhere = tempfile::TempDir::new().expect("a folder");
    let mut file = std::fs::File::open(folder.path().join("data/origin.db")).expect("a database");
    let data = elsewhere.path().join("data");
    origin_api::backup::restore(&data, &mut file, origin_api::backup::How::default(), &|_, _| {})
        .await
        .expect("it is restored");
    let origin = TestOrigin::start_in(elsewhere).await;
    for token in [&used, &made_before, &by_key(&claims())] {
        assert_eq!(bring(&origin, token).await, Answer::Failed);
    }
    let since = by_key(&with("iat", json!(now + 70)));
    session(bring(&origin, &since).await);
}

#[tokio::test]
async fn token_that_is_not_for_here_and_now_lets_nobody_in() {
    let origin = origin().await;
    let now = Timestamp::now().as_second();
    for (field, value) in [
        ("aud", json!("other.acme.com")),
        ("aud", Value::Null),
        ("iss", json!("another")),
        ("iss", Value::Null),
        ("exp", json!(now - 61)),
        ("exp", json!(now + 400)),
        ("exp", json!("tomorrow")),
        ("exp", Value::Null),
        ("nbf", json!(now + 120)),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("jti", json!("x".repeat(201))),
        ("audiences", json!([])),
        ("audiences", json!(["Others"])),
        ("audiences", Value::Null),
    ] {
        let token = by_key(&with(field, value.clone()));
        assert_eq!(bring(&origin, &token).await, Answer::Failed, "{field}: {value:.20}");
    }
}

#[tokio::test]
async fn token_by_no_key_of_the_page_lets_nobody_in() {
    let origin = origin().await;
    let stranger = SigningKey::from_bytes(&[6; 32]);
    let good = by_key(&claims());
    let (head, signature) = good.rsplit_once('.').expect("a signature");
    let (header, _) = head.split_once('.').expect("a header");
    let swapped = format!("{header}.{}.{signature}", part(&with("sub", json!("root"))));
    for (what, token) in [
        ("alg none", signed(&json!({"alg": "none"}), &claims(), |_| Vec::new())),
        ("no signature", format!("{head}.")),
        (
            "another's key",
            signed(&json!({"alg": "EdDSA"}), &claims(), |text| {
                stranger.sign(text).to_bytes().to_vec()
            }),
        ),
        ("changed claims", swapped),
        (
            "the public key as a secret",
            signed(&json!({"alg": "HS256"}), &claims(), mac(&public_bytes())),
        ),
        (
            "the public key as a secret, by name",
            signed(&json!({"alg": "HS256", "kid": KEY}), &claims(), mac(&public_bytes())),
        ),
        (
            "a key of no page",
            signed(&json!({"alg": "EdDSA", "kid": "key000000009"}), &claims(), ed25519),
        ),
        (
            "a secret as RS256",
            signed(&json!({"alg": "RS256"}), &claims(), mac(SECRET.as_bytes())),
        ),
        ("garbage", "a.b.c".to_owned()),
        ("nothing", String::new()),
        ("two parts", head.to_owned()),
    ] {
        assert_eq!(bring(&origin, &token).await, Answer::Failed, "{what}");
    }
    session(bring(&origin, &good).await);
}

#[tokio::test]
async fn session_ends_with_its_key() {
    let origin = origin().await;
    let text = session(bring(&origin, &by_key(&claims())).await);
    put_key(
        &origin,
        SECRET_KEY,
        json!({"issuer": "app", "secret": "another secret of thirty-two bytes"}),
    )
    .await;
    assert!(renewed(&origin, &text).await.is_some(), "another key is nothing to it");
    put_key(&origin, KEY, public()).await;
    assert_eq!(renewed(&origin, &text).await, None, "the key was put again");
    let text = session(bring(&origin, &by_key(&claims())).await);
    origin
        .delete(&at(&format!("sign-in/token-keys/{KEY}")))
        .await
        .expect(204);
    assert_eq!(renewed(&origin, &text).await, None);
    origin
        .delete(&at(&format!("sign-in/token-keys/{SECRET_KEY}")))
        .await
        .expect(204);
    assert_eq!(bring(&origin, &by_key(&claims())).await, Answer::NoWay);
}
