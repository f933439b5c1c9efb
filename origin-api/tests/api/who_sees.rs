//! What a publisher is shown of who sees what: changes that are only tried, and the page as others see it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{ADMIN, COMPONENT, INCIDENT, PAGE, Read, TestOrigin, at},
    several_audiences::{BLUE, GOLD, let_in, with_two},
};

async fn tried(origin: &TestOrigin, method: Method, path: &str, body: Value) -> Value {
    let path = format!("{path}?dry_run=true");
    let read = origin.send(method, &path, ADMIN, &[], Some(body.to_string())).await;
    read.expect(200)
}

/// For whom how many appear and vanish.
fn counts(answer: &Value) -> Vec<(Value, u64, u64)> {
    let all = answer["visible"].as_array().expect("a list").iter();
    let count = |one: &Value, side: &str| one[side]["count"].as_u64().expect("a count");
    all.map(|one| (one["audiences"].clone(), count(one, "appear"), count(one, "vanish")))
        .collect()
}

#[tokio::test]
async fn change_is_tried_and_taken_back() {
    let (origin, mailbox) = with_two("layered").await;
    let_in(&origin, &mailbox, "ada@example.com").await;
    let page = format!("/v1/pages/{PAGE}");
    let before = origin.records(PAGE, 0).await;
    let log = origin.get(&at("audit")).await.body;
    let narrow = json!({"audiences": [GOLD]});
    let answer = tried(&origin, Method::PATCH, &at(&format!("components/{COMPONENT}")), narrow).await;
    assert_eq!(answer["dry_run"], true);
    assert_eq!(answer["object"]["audiences"], json!([GOLD]));
    // The incident is about it alone.
    assert_eq!(counts(&answer), [(json!(["public"]), 0, 2), (json!([BLUE]), 0, 2)]);
    let first = &answer["visible"][0]["vanish"]["first"][0];
    assert_eq!(*first, json!({"kind": "component", "id": COMPONENT, "name": "API"}));
    // To those in both audiences nothing is new, and to those in one what is for the other is.
    let open = json!({"audiences": ["public"]});
    let answer = tried(&origin, Method::PATCH, &at("components/goldcomp0001"), open).await;
    assert_eq!(counts(&answer), [(json!(["public"]), 1, 0), (json!([BLUE]), 1, 0)]);
    let answer = tried(&origin, Method::PATCH, &page, json!({"visibility": "private"})).await;
    let of_strangers = counts(&answer);
    assert_eq!((of_strangers.len(), &of_strangers[0].0), (1, &json!(["public"])));
    assert!(of_strangers[0].2 > 0);
    let answer = tried(&origin, Method::DELETE, &at("components/bluecomp0001"), json!({})).await;
    assert_eq!(counts(&answer), [(json!([BLUE]), 0, 1), (json!([BLUE, GOLD]), 0, 1)]);
    let new = json!({"id": "newaudience1", "name": "New"});
    let answer = tried(&origin, Method::POST, &at("audiences"), new).await;
    assert_eq!(counts(&answer), []);
    tried(&origin, Method::DELETE, &page, json!({})).await;
    // Nothing of it was stored, and nothing told.
    let after = origin.records(PAGE, 0).await;
    assert_eq!(before.len(), after.len());
    assert!(
        before
            .iter()
            .zip(&after)
            .all(|(one, other)| one.to_bytes() == other.to_bytes())
    );
    assert_eq!(origin.get(&at("audit")).await.body, log);
    origin.get(&at("audiences/newaudience1")).await.expect(404);
}

#[tokio::test]
async fn what_cannot_be_done_cannot_be_tried() {
    let origin = TestOrigin::start().await.sampled().await;
    let wrong = json!({"audiences": ["audience0009"]});
    let path = at(&format!("components/{COMPONENT}"));
    let send = async |path: &str, body: &Value| -> Read {
        origin
            .send(Method::PATCH, path, ADMIN, &[], Some(body.to_string()))
            .await
    };
    let refused = send(&format!("{path}?dry_run=true"), &wrong).await;
    assert_eq!(refused.expect(422)["field"], "audiences");
    for wrong in ["dry_run=maybe", "dry_run", "dry_run=true&dry_run=true"] {
        let refused = send(&format!("{path}?{wrong}"), &json!({"name": "x"})).await;
        assert_eq!(refused.expect(422)["field"], "dry_run", "{wrong}");
    }
    let token = json!({"name": "x"}).to_string();
    let refused = origin
        .send(Method::POST, "/v1/tokens?dry_run=true", ADMIN, &[], Some(token))
        .await;
    assert_eq!(refused.expect(422)["field"], "dry_run");
    assert_eq!(origin.get("/v1/tokens").await.expect(200)["items"], json!([]));
    // A key that came with it is free for the change itself.
    let key = [("idempotency-key", "one")];
    for (query, status) in [("?dry_run=true", 200), ("?dry_run=false", 201)] {
        let new = Some(json!({"name": "New"}).to_string());
        let path = format!("{}{query}", at("components"));
        origin.send(Method::POST, &path, ADMIN, &key, new).await.expect(status);
    }
}

async fn preview(origin: &TestOrigin, query: &str) -> (u16, String, reqwest::header::HeaderMap) {
    let url = format!("{}{}", origin.api, at(&format!("preview{query}")));
    let answer = origin
        .client
        .get(&url)
        .bearer_auth(ADMIN)
        .send()
        .await
        .expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, answer.text().await.expect("a text"), headers)
}

#[tokio::test]
async fn page_is_shown_as_others_see_it() {
    let (origin, _) = with_two("layered").await;
    let seen = async |query: &str| {
        let (status, html, _) = preview(&origin, query).await;
        assert_eq!(status, 200, "{query}: {html}");
        let has = |word: &str| html.contains(word);
        (has("API"), has("goldcomponent"), has("bluecomponent"))
    };
    assert_eq!(seen("?audience=public").await, (true, false, false));
    assert_eq!(seen(&format!("?audience={GOLD}")).await, (true, true, false));
    // Nobody was let in with both yet.
    assert_eq!(
        seen(&format!("?audience={BLUE}&audience={GOLD}")).await,
        (true, true, true)
    );
    let (_, html, headers) = preview(&origin, "?audience=public&lang=de").await;
    assert!(html.contains("<html lang=\"de\""), "{html:.200}");
    let header = |name: &str| headers[name].to_str().expect("a text");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-robots-tag"), "noindex, noarchive");
    let policy = header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && policy.ends_with("; sandbox"),
        "{policy}"
    );
    origin.delete(&at(&format!("incidents/{INCIDENT}"))).await;
    for (query, field) in [
        ("", "audience"),
        ("?audience=nobody", "audience"),
        ("?audience=audience0009", "audience"),
        (&*format!("?audience=public&audience={GOLD}"), "audience"),
        ("?audience=public&lang=xx", "lang"),
        ("?audience=public&x=1", "query"),
    ] {
        let (status, text, _) = preview(&origin, query).await;
        let problem: Value = serde_json::from_str(&text).expect("a problem");
        assert_eq!((status, &problem["field"]), (422, &json!(field)), "{query}: {text}");
    }
    origin
        .patch(&format!("/v1/pages/{PAGE}"), json!({"visibility": "private"}))
        .await
        .expect(200);
    assert_eq!(
        preview(&origin, "?audience=public").await.0,
        409,
        "strangers see the door"
    );
    assert_eq!(seen(&format!("?audience={GOLD}")).await, (true, true, false));
}

/// Any address of the page is answered as an edge would answer it to them: their months, feeds, documents, and what is not theirs.
#[tokio::test]
async fn every_address_is_shown_as_others_see_it() {
    let (origin, _) = with_two("private").await;
    let paths = [
        "/history/2025-02",
        "/incidents/goldpast0001",
        "/history.atom",
        "/api/v2/incidents.json",
        "/search?q=goldincident&month=2025-02",
    ];
    for path in paths {
        let path = path.replace('?', "%3F").replace('&', "%26").replace('=', "%3D");
        let of = async |audience: &str| preview(&origin, &format!("?audience={audience}&path={path}")).await;
        let (status, gold, headers) = of(GOLD).await;
        assert!(
            status == 200 && gold.contains("goldincident"),
            "{path}: {status} {gold}"
        );
        let policy = headers["content-security-policy"].to_str().expect("a text");
        assert!(policy.ends_with("; sandbox"), "{path}: {policy}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        let (_, blue, _) = of(BLUE).await;
        let shown = blue.replace("value=\"goldincident\"", "");
        assert!(
            !shown.contains("goldincident") || path.starts_with("/search"),
            "{path}: {blue}"
        );
    }
    let (status, ..) = preview(&origin, &format!("?audience={BLUE}&path=/incidents/goldpast0001")).await;
    assert_eq!(status, 404);
    let (_, html, _) = preview(&origin, &format!("?audience={GOLD}&path=/uptime&lang=de")).await;
    assert!(
        html.contains("<html lang=\"de\"") && html.contains("goldcomponent"),
        "{html:.300}"
    );
    let (_, text, headers) = preview(&origin, &format!("?audience={GOLD}&path=/status.txt")).await;
    assert!(text.contains("goldcomponent"), "{text}");
    assert!(
        headers["content-type"]
            .to_str()
            .expect("a text")
            .starts_with("text/plain")
    );
    for wrong in [
        "nowhere",
        "/nowhere",
        "/.pharos/sign-in",
        "/.pharos/put",
        "//",
        "https://evil.example/",
        "",
    ] {
        let (status, text, _) = preview(&origin, &format!("?audience={GOLD}&path={wrong}")).await;
        let problem: Value = serde_json::from_str(&text).expect("a problem");
        assert_eq!((status, &problem["field"]), (422, &json!("path")), "{wrong}: {text}");
    }
}

/// Each access change says for whom something appears and vanishes, and any change does that is asked to.
#[tokio::test]
async fn change_tells_who_sees_something_else() {
    let (origin, _) = with_two("layered").await;
    let send = async |method: Method, path: String, body: Option<Value>| {
        let read = origin
            .send(method, &path, ADMIN, &[], body.map(|body| body.to_string()))
            .await;
        let header = read
            .headers
            .get("pharos-visible")
            .map(|value| value.to_str().expect("a text").to_owned());
        (read.status.as_u16(), header.unwrap_or_default(), read.body)
    };
    let component = at(&format!("components/{COMPONENT}"));
    let narrow = json!({"audiences": [GOLD]});
    let tried = tried(&origin, Method::PATCH, &component, narrow.clone()).await;
    let (status, short, object) = send(Method::PATCH, component.clone(), Some(narrow.clone())).await;
    let told = format!("public;appear=0;vanish=2, {BLUE};appear=0;vanish=2");
    assert_eq!((status, short), (200, told));
    assert_eq!(
        object,
        origin.get(&component).await.expect(200),
        "its body is the object alone"
    );
    assert_eq!(send(Method::PATCH, component.clone(), Some(narrow)).await.1, "nobody");
    // In the body where it is wanted; and it is kept.
    let open = json!({"audiences": ["public"]});
    let (_, _, told) = send(Method::PATCH, format!("{component}?visible=true"), Some(open)).await;
    assert_eq!(counts(&told), [(json!(["public"]), 2, 0), (json!([BLUE]), 2, 0)]);
    assert_eq!(
        told["visible"][0]["appear"]["first"],
        tried["visible"][0]["vanish"]["first"]
    );
    assert_eq!(told["audiences"], json!(["public"]));
    assert_eq!(origin.get(&component).await.expect(200)["audiences"], json!(["public"]));
    let gone = at("components/bluecomp0001?visible=true");
    let (status, _, told) = send(Method::DELETE, gone, None).await;
    assert_eq!((status, counts(&told)), (200, vec![(json!([BLUE]), 0, 1)]));
    // What is about nobody's access says nothing.
    let (_, short, _) = send(Method::PATCH, component.clone(), Some(json!({"name": "Other"}))).await;
    assert_eq!(short, "");
    let (status, _, refused) = send(
        Method::PATCH,
        format!("{component}?visible=maybe"),
        Some(json!({"name": "x"})),
    )
    .await;
    assert_eq!((status, &refused["field"]), (422, &json!("visible")));
    let (status, _, refused) = send(
        Method::POST,
        "/v1/tokens?visible=true".into(),
        Some(json!({"name": "x"})),
    )
    .await;
    assert_eq!((status, &refused["field"]), (422, &json!("visible")));
}
