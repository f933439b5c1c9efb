//! Signing in by an identity provider: what lets somebody in, and every way in which a provider, or somebody who pretends to come
//! from there, must not.

use page_model::{
    AudienceId,
    sign_in::{Answer, Asked},
};
use reqwest::{Client, Method, Url, redirect::Policy};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    harness::{ADMIN, PAGE, TestOrigin, at},
    peers::Peer,
    sign_in::{ask, of, opened, renewed},
};

const AUDIENCE: &str = "audience0001";
const CALLBACK: &str = "https://status.acme.com/.pharos/sign-in/callback";

/// A private page whose provider is the peer; the group `customers` is in its audience.
async fn beside(peer: &Peer) -> TestOrigin {
    let listed: Url = peer.issuer.parse().expect("an address");
    let folder = TempDir::new().expect("a temporary folder");
    let origin = TestOrigin::start_beside(folder, vec![listed]).await.sampled().await;
    let private = json!({"visibility": "private"});
    origin.patch(&format!("/v1/pages/{PAGE}"), private).await.expect(200);
    let rules = json!([{"claim": "groups", "value": "customers"}]);
    let new = json!({"id": AUDIENCE, "name": "Customers", "claims": rules});
    origin.post(&at("audiences"), new).await.expect(201);
    put_provider(&origin, &peer.issuer, "pharos").await;
    origin
}

async fn put_provider(origin: &TestOrigin, issuer: &str, client: &str) {
    let provider = json!({"issuer": issuer, "client_id": client, "client_secret": "the-client-secret", "name": "Acme"});
    let path = at("sign-in/provider");
    let set = origin
        .send(Method::PUT, &path, ADMIN, &[], Some(provider.to_string()))
        .await;
    set.expect(200);
}

async fn lying() -> (Peer, TestOrigin) {
    let mut peer = Peer::start("lying.mjs", &[]).await;
    peer.says("", json!({"groups": ["customers", "others"]})).await;
    let origin = beside(&peer).await;
    (peer, origin)
}

/// Where a visitor is sent, and what their browser keeps.
async fn begin(origin: &TestOrigin) -> (Url, String) {
    let asked = Asked::Provider {
        port: None,
        return_to: "/history".to_owned(),
    };
    match ask(origin, of(asked)).await {
        Answer::GoTo { url, flow } => (url.parse().expect("an address"), flow),
        other => unreachable!("{other:?}"),
    }
}

/// Goes there, and comes back with a query.
async fn visit(url: Url) -> String {
    let client = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .expect("a client");
    let response = client.get(url).send().await.expect("the provider answers");
    let back = response.headers()["location"].to_str().expect("text").to_owned();
    let query = back.strip_prefix(CALLBACK).and_then(|rest| rest.strip_prefix('?'));
    query.expect("back to the page").to_owned()
}

async fn finish(origin: &TestOrigin, flow: &str, query: &str) -> Answer {
    let asked = Asked::Callback {
        flow: flow.to_owned(),
        query: query.to_owned(),
    };
    ask(origin, of(asked)).await
}

async fn sign_in(origin: &TestOrigin) -> Answer {
    let (url, flow) = begin(origin).await;
    finish(origin, &flow, &visit(url).await).await
}

fn session(answer: Answer) -> String {
    match answer {
        Answer::LetIn { session, return_to } => {
            assert_eq!(return_to, "/history");
            session
        }
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn somebody_of_the_group_is_let_in_once_for_each_time_they_sign_in() {
    let (_peer, origin) = lying().await;
    let (url, flow) = begin(&origin).await;
    let asked: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("response_type", "code"),
        ("response_mode", "query"),
        ("client_id", "pharos"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert!(
            asked.contains(&(name.to_owned(), value.to_owned())),
            "{name}: {asked:?}"
        );
    }
    let query = visit(url).await;
    let first = session(finish(&origin, &flow, &query).await);
    let opened = opened(&origin, &first).await;
    assert_eq!(opened.audience, AudienceId::of_set(&[]));
    assert!(first.len() < page_model::limits::SESSION_CHARS_MAX);
    assert_eq!(finish(&origin, &flow, &query).await, Answer::Failed, "it was used");
    let second = session(sign_in(&origin).await);
    assert_ne!(opened.id, self::opened(&origin, &second).await.id);
    let metrics = origin.client.get(format!("{}/metrics", origin.admin)).send().await;
    assert!(metrics.is_ok_and(|metrics| metrics.status() == 200));
}

#[tokio::test]
async fn what_comes_back_must_be_of_the_sign_in_that_the_browser_began() {
    let (_peer, origin) = lying().await;
    let (url, flow) = begin(&origin).await;
    let query = visit(url).await;
    let (_, other_flow) = begin(&origin).await;
    let without_state = query.split('&').filter(|part| !part.starts_with("state="));
    let without_state = without_state.collect::<Vec<_>>().join("&");
    for (flow, query) in [
        (other_flow.as_str(), query.as_str()),
        ("", &query),
        ("garbage", &query),
        (&flow[1..], &query),
        (&flow, &without_state),
        (&flow, &format!("{query}&state=x")),
        (&flow, &format!("{query}&iss=https%3A%2F%2Fevil.example")),
        (&flow, ""),
    ] {
        assert_eq!(finish(&origin, flow, query).await, Answer::Failed, "{flow:.9} {query}");
    }
    session(finish(&origin, &flow, &query).await);
}

#[tokio::test]
async fn token_of_a_lying_provider_lets_nobody_in() {
    let (mut peer, origin) = lying().await;
    let groups = json!({"groups": "customers"});
    for lie in [
        "issuer",
        "audience",
        "audiences",
        "nonce",
        "no-nonce",
        "expired",
        "no-subject",
        "none",
        "public-key-as-secret",
        "client-secret",
        "swapped-key",
        "changed-payload",
        "refuses",
        "no-id-token",
        "no-json",
    ] {
        peer.says(lie, groups.clone()).await;
        assert_eq!(sign_in(&origin).await, Answer::Failed, "{lie}");
    }
    // More than is read.
    peer.says("huge", groups.clone()).await;
    assert_eq!(sign_in(&origin).await, Answer::Away);
    peer.says("", groups).await;
    session(sign_in(&origin).await);
}

#[tokio::test]
async fn who_is_in_no_audience_is_told_so() {
    let (mut peer, origin) = lying().await;
    for (lie, claims) in [
        ("", json!({})),
        ("", json!({"groups": ["others"]})),
        ("", json!({"groups": {"customers": true}})),
        ("", json!({"sub": "x".repeat(300), "groups": ["customers"]})),
        ("many-groups", json!({"groups": ["customers"]})),
    ] {
        peer.says(lie, claims.clone()).await;
        let expected = if claims["sub"].is_null() {
            Answer::Refused
        } else {
            Answer::Failed
        };
        let answer = sign_in(&origin).await;
        assert!(
            answer == expected || answer == Answer::Refused,
            "{lie} {claims}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn session_ends_with_what_it_stands_on() {
    let (mut peer, origin) = lying().await;
    let text = session(sign_in(&origin).await);
    assert!(renewed(&origin, &text).await.is_some());
    let rules = |rules: Value| {
        let origin = &origin;
        async move {
            let path = at(&format!("audiences/{AUDIENCE}"));
            origin.patch(&path, json!({"claims": rules})).await.expect(200);
        }
    };
    rules(json!([{"claim": "groups", "value": "partners"}])).await;
    assert_eq!(renewed(&origin, &text).await, None, "the rule is gone");
    rules(json!([{"claim": "groups", "value": "partners"}, {"claim": "groups", "value": "customers"}])).await;
    assert!(renewed(&origin, &text).await.is_some(), "it is back");
    put_provider(&origin, &peer.issuer, "another").await;
    assert_eq!(renewed(&origin, &text).await, None, "it is another client");
    put_provider(&origin, &peer.issuer, "pharos").await;
    assert!(renewed(&origin, &text).await.is_some());
    origin.delete(&at("sign-in/provider")).await.expect(204);
    assert_eq!(renewed(&origin, &text).await, None, "the provider is gone");
    let asked = Asked::Provider {
        port: None,
        return_to: "/".to_owned(),
    };
    assert_eq!(ask(&origin, of(asked)).await, Answer::NoWay);
    peer.says("", json!({})).await;
}

#[tokio::test]
async fn new_keys_of_a_provider_are_looked_up_once_in_a_while() {
    let (mut peer, origin) = lying().await;
    let groups = json!({"groups": "customers"});
    session(sign_in(&origin).await);
    peer.says("other-keys", groups.clone()).await;
    session(sign_in(&origin).await);
    // A flood of strangers' tokens is not passed on to the provider.
    peer.says("other-keys", groups.clone()).await;
    assert_eq!(sign_in(&origin).await, Answer::Failed);
}

#[tokio::test]
async fn provider_that_is_away_is_told() {
    let (peer, origin) = lying().await;
    let (url, flow) = begin(&origin).await;
    let query = visit(url).await;
    drop(peer);
    assert_eq!(finish(&origin, &flow, &query).await, Answer::Away);
    // Nor does one that was never there make anybody wait for long.
    let other = Peer::start("lying.mjs", &[]).await;
    let origin = beside(&other).await;
    drop(other);
    let asked = Asked::Provider {
        port: None,
        return_to: "/".to_owned(),
    };
    assert_eq!(ask(&origin, of(asked)).await, Answer::Away);
}

/// With a provider that others run in earnest, whose pages somebody fills in.
#[tokio::test]
async fn real_provider_lets_in() {
    let peer = Peer::start("provider.mjs", &["0", CALLBACK, "customers others"]).await;
    let origin = beside(&peer).await;
    let (url, flow) = begin(&origin).await;
    let back = log_in(url, "ada").await;
    let query = back.strip_prefix(CALLBACK).and_then(|rest| rest.strip_prefix('?'));
    let query = query.expect("back to the page");
    session(finish(&origin, &flow, query).await);
    assert_eq!(finish(&origin, &flow, query).await, Answer::Failed);
}

/// Fills in the forms of oidc-provider: who one is, then that the page may know.
async fn log_in(url: Url, login: &str) -> String {
    let client = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .expect("a client");
    let (mut cookies, mut next, mut form) = (Vec::<(String, String)>::new(), url, None);
    for _ in 0..12 {
        let request = match form.take() {
            Some(form) => client
                .post(next.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body::<String>(form),
            None => client.get(next.clone()),
        };
        let brought: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request
            .header("cookie", brought.join("; "))
            .send()
            .await
            .expect("an answer");
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            cookies.retain(|(known, _)| known != name);
            cookies.push((name.to_owned(), value.to_owned()));
        }
        if let Some(location) = response.headers().get("location") {
            let location = location.to_str().expect("text").to_owned();
            if location.starts_with(CALLBACK) {
                return location;
            }
            next = next.join(&location).expect("an address");
            continue;
        }
        let page = response.text().await.expect("a page");
        form = Some(match page.contains("name=\"login\"") {
            true => format!("prompt=login&login={login}&password=x"),
            false => "prompt=consent".to_owned(),
        });
    }
    unreachable!("it never comes back")
}
