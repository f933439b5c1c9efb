//! Who changed what of a page: written with the change, without secrets.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{ADMIN, PAGE, TestOrigin, at},
    sign_in::{self, ask},
};

const AUDIENCE: &str = "audience0001";

async fn entries(origin: &TestOrigin, query: &str) -> Vec<Value> {
    let read = origin.get(&at(&format!("audit{query}"))).await.expect(200);
    read["items"].as_array().expect("a list").clone()
}

/// What an entry says besides its number and its moment.
fn told(entry: &Value) -> (String, String) {
    let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    (format!("{} {}", text("action"), text("kind")), text("object"))
}

#[tokio::test]
async fn change_of_access_is_told_with_who_made_it() {
    let origin = TestOrigin::start().await.sampled().await;
    let token = json!({"name": "Deploys", "page": PAGE});
    let token = origin.post("/v1/tokens", token).await.expect(201);
    let secret = token["secret"].as_str().expect("a secret").to_owned();
    let send = async |method: Method, path: &str, body: Value| {
        origin.send(method, path, &secret, &[], Some(body.to_string())).await
    };
    let page = format!("/v1/pages/{PAGE}");
    send(Method::PATCH, &page, json!({"visibility": "private"}))
        .await
        .expect(200);
    let new = json!({"id": AUDIENCE, "name": "Customers", "password": "correct horse", "emails": ["example.com"]});
    send(Method::POST, &at("audiences"), new).await.expect(201);
    let path = at(&format!("audiences/{AUDIENCE}"));
    send(Method::PATCH, &path, json!({"password": "battery staple"}))
        .await
        .expect(200);
    send(Method::PUT, &format!("{path}/members/ada@example.com"), json!({}))
        .await
        .expect(200);
    origin.delete(&at("sessions")).await.expect(204);
    let all = entries(&origin, "").await;
    let kinds: Vec<(String, String)> = all.iter().take(6).map(told).collect();
    let of = |what: &str, object: &str| (what.to_owned(), object.to_owned());
    let token_id = token["id"].as_str().expect("an id");
    let expected = [
        of("ended session", ""),
        of("created member", AUDIENCE),
        of("changed audience", AUDIENCE),
        of("created audience", AUDIENCE),
        of("changed page", PAGE),
        of("created token", token_id),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(all[0]["by"], json!({"kind": "operator"}));
    let by = json!({"kind": "token", "id": token_id, "name": "Deploys"});
    assert!(all[1..5].iter().all(|entry| entry["by"] == by), "{all:#?}");
    assert_eq!(all[1]["changed"], json!({"email": {"after": "ada@example.com"}}));
    assert_eq!(all[2]["changed"], json!({"password": "changed"}));
    assert_eq!(all[3]["changed"]["emails"], json!({"after": ["example.com"]}));
    assert_eq!(
        all[4]["changed"],
        json!({"visibility": {"before": "public", "after": "private"}})
    );
    let text = serde_json::to_string(&all).expect("JSON");
    for secret in ["correct horse", "battery staple", "argon2", &secret] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let numbers: Vec<i64> = all
        .iter()
        .map(|entry| entry["number"].as_i64().expect("a number"))
        .collect();
    assert!(numbers.windows(2).all(|pair| pair[0] == pair[1] + 1), "{numbers:?}");
    // A page at a time, and one kind.
    let first = origin.get(&at("audit?limit=2")).await.expect(200);
    let next = first["next"].as_str().expect("more");
    let second = entries(&origin, &format!("?limit=2&after={next}")).await;
    assert_eq!(second, all[2..4]);
    let audiences = entries(&origin, "?kind=audience").await;
    assert_eq!(audiences, all[2..4]);
    for wrong in ["?kind=", "?limit=0", "?after=x", "?unknown=1"] {
        origin.get(&at(&format!("audit{wrong}"))).await.expect(422);
    }
}

/// Neither the clock nor a change that is refused, or sent a second time, is told.
#[tokio::test]
async fn what_was_not_done_is_not_told() {
    let origin = TestOrigin::start().await.sampled().await;
    let before = entries(&origin, "").await.len();
    let new = json!({"id": AUDIENCE, "name": "Customers"});
    let key = [("idempotency-key", "one")];
    for _ in 0..2 {
        let body = Some(new.to_string());
        origin
            .send(Method::POST, &at("audiences"), ADMIN, &key, body)
            .await
            .expect(201);
    }
    origin.post(&at("audiences"), new).await.expect(409);
    origin
        .patch(&at("audiences/audience0009"), json!({"name": "x"}))
        .await
        .expect(404);
    let all = entries(&origin, "").await;
    assert_eq!(all.len(), before + 1, "{all:#?}");
    // A change that changes nothing says so.
    origin
        .patch(&at(&format!("audiences/{AUDIENCE}")), json!({"name": "Customers"}))
        .await
        .expect(200);
    assert_eq!(entries(&origin, "").await[0]["changed"], Value::Null);
}

#[tokio::test]
async fn deleted_page_leaves_its_log() {
    let origin = TestOrigin::start().await.sampled().await;
    origin.delete(&format!("/v1/pages/{PAGE}")).await.expect(204);
    let last = &entries(&origin, "").await[0];
    assert_eq!(told(last), ("deleted page".to_owned(), PAGE.to_owned()));
    assert_eq!(last["changed"]["name"], json!({"before": "Acme"}));
    origin.get("/v1/pages/page00000009/audit").await.expect(404);
    // Tokens for all pages are told of apart, to whoever has one.
    let token = origin.post("/v1/tokens", json!({"name": "All"})).await.expect(201);
    let none = origin.get("/v1/audit").await.expect(200);
    assert_eq!(none["items"][0]["object"], token["id"]);
}

#[tokio::test]
async fn token_reads_the_log_of_its_page_alone() {
    let origin = TestOrigin::start().await.sampled().await;
    let other = json!({"id": "page00000002", "name": "Other", "hosts": ["other.acme.com"]});
    origin.post("/v1/pages", other).await.expect(201);
    let token = json!({"name": "Other", "page": "page00000002"});
    let token = origin.post("/v1/tokens", token).await.expect(201);
    let secret = token["secret"].as_str().expect("a secret");
    for (path, status) in [
        ("/v1/pages/page00000002/audit", 200),
        (&*at("audit"), 403),
        ("/v1/audit", 403),
    ] {
        origin.send(Method::GET, path, secret, &[], None).await.expect(status);
    }
}

/// In numbers and once: strangers write nothing each.
#[tokio::test]
async fn flood_of_wrong_passwords_is_told_once() {
    let origin = sign_in::private().await;
    for number in 0..120_u8 {
        let mut question = sign_in::password("wrong horse");
        question.client = Some([192, 0, 2, number].into());
        ask(&origin, question).await;
    }
    let mut told = Vec::new();
    for _ in 0..100 {
        told = entries(&origin, "?kind=sign-in").await;
        if !told.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["changed"], json!({"wrong_passwords": 100}));
    assert_eq!(told[0]["by"], json!({"kind": "visitors"}));
}
