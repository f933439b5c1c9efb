//! Visitors with sessions: who sees the same shares replies, and nobody else gets them.

use reqwest::{Response, StatusCode};

use crate::machine::{Machine, client, eventually};

async fn machine() -> Machine {
    let machine = Machine::start().await;
    machine.put("k", "one").await;
    machine
}

fn visit(machine: &Machine, path: &str, session: &str) -> reqwest::RequestBuilder {
    let request = machine.client.get(machine.url(path)).header("host", "a.localhost");
    match session {
        "" => request,
        session => request.header("cookie", format!("theme=dark; pharos-session={session}")),
    }
}

async fn get(machine: &Machine, session: &str) -> Response {
    visit(machine, "/history", session).send().await.unwrap()
}

async fn read(machine: &Machine, session: &str) -> String {
    get(machine, session).await.text().await.unwrap()
}

/// How many times the guest was called for these visits.
async fn calls(machine: &Machine, sessions: &[&str], sees: &str) -> f64 {
    let before = machine.guest_calls().await;
    for session in sessions {
        assert_eq!(read(machine, session).await, sees, "{session}");
    }
    machine.guest_calls().await - before
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_one_set_share_a_reply_once_each_was_looked_at() {
    let machine = machine().await;
    assert_eq!(calls(&machine, &["a.60.x", "a.60.y"], "one of a").await, 2.0);
    assert_eq!(calls(&machine, &["b.60.x"], "one of b").await, 1.0);
    let again = ["a.60.x", "a.60.y", "a.60.x"];
    assert_eq!(calls(&machine, &again, "one of a").await, 0.0);
    assert_eq!(calls(&machine, &["b.60.x"], "one of b").await, 0.0);
    assert_eq!(calls(&machine, &[""], "one of nobody").await, 1.0);

    let warm = get(&machine, "a.60.y").await;
    assert_eq!(warm.headers()["cache-control"], "private, no-cache");
    for name in warm.headers().keys() {
        let name = name.as_str();
        assert!(!name.starts_with("surrogate") && !name.starts_with("pharos-"), "{name}");
    }
    let held = visit(&machine, "/history", "a.60.x").header("if-none-match", "\"one-of-a\"");
    assert_eq!(held.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    let held = visit(&machine, "/history", "b.60.x").header("if-none-match", "\"one-of-a\"");
    assert_eq!(held.send().await.unwrap().text().await.unwrap(), "one of b");

    // The content changes: one call for all of the set.
    machine.put("k", "two").await;
    assert_eq!(calls(&machine, &again, "two of a").await, 1.0);
    machine.stop().await;
}

/// Somebody may have lost their access with it.
#[tokio::test(flavor = "multi_thread")]
async fn each_session_is_looked_at_again_when_the_site_record_is_written() {
    let machine = machine().await;
    let both = ["a.60.x", "a.60.y"];
    calls(&machine, &both, "one of a").await;
    assert_eq!(calls(&machine, &both, "one of a").await, 0.0);
    machine.put("site/a.localhost", "another").await;
    assert_eq!(calls(&machine, &both, "one of a").await, 2.0);
    assert_eq!(calls(&machine, &both, "one of a").await, 0.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_looked_at_again_when_its_time_is_over() {
    let machine = machine().await;
    assert_eq!(calls(&machine, &["a.60.x", "a.1.y"], "one of a").await, 2.0);
    eventually("the guest is asked about the one whose time is over", async || {
        calls(&machine, &["a.1.y"], "one of a").await == 1.0
    })
    .await;
    assert_eq!(calls(&machine, &["a.60.x"], "one of a").await, 0.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_one_visitor_is_not_kept() {
    let machine = machine().await;
    machine.put("k", "renewed").await;
    let twice = ["a.60.x", "a.60.x"];
    assert_eq!(calls(&machine, &twice, "renewed of a").await, 2.0);
    machine.put("k", "passing").await;
    assert_eq!(calls(&machine, &twice, "passing of a").await, 2.0);
    // Who says nothing of a set, or says it twice, is not in one.
    assert_eq!(
        calls(&machine, &["nonsense", "nonsense"], "passing of nobody").await,
        2.0
    );
    let twice = visit(&machine, "/history", "a.60.x").header("cookie", "pharos-session=a.60.x");
    let before = machine.guest_calls().await;
    twice.send().await.unwrap();
    assert_eq!(machine.guest_calls().await - before, 1.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_good_page_is_for_those_who_may_see_it() {
    let machine = machine().await;
    calls(&machine, &["a.60.x"], "one of a").await;
    machine.put("k", "trap").await;
    let last = get(&machine, "a.60.x").await;
    assert_eq!(last.headers()["pharos-served"], "last-good");
    assert_eq!(last.text().await.unwrap(), "one of a");
    for stranger in ["a.60.y", "b.60.x", ""] {
        let reply = get(&machine, stranger).await;
        let is_secret = reply.text().await.unwrap().contains("one of a");
        assert!(!is_secret, "{stranger}");
    }
    machine.put("site/a.localhost", "another").await;
    assert_eq!(get(&machine, "a.60.x").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_do_not_see_is_no_last_good_page_of_a_session() {
    let machine = machine().await;
    for (value, status, by_session) in [
        ("hidden", StatusCode::NOT_FOUND, StatusCode::SERVICE_UNAVAILABLE),
        ("refused", StatusCode::FORBIDDEN, StatusCode::SERVICE_UNAVAILABLE),
        ("open", StatusCode::OK, StatusCode::OK),
    ] {
        machine.put("k", value).await;
        assert_eq!(get(&machine, "").await.status(), status, "{value}");
        machine.put("k", "trap").await;
        let of_stranger = get(&machine, "").await;
        assert_eq!(of_stranger.status(), status, "{value}");
        assert_eq!(of_stranger.headers()["pharos-served"], "last-good", "{value}");
        assert_eq!(get(&machine, "a.60.x").await.status(), by_session, "{value}");
    }
    machine.stop().await;
}

/// The guest finds a visitor in another set than the host remembers: those who wait for their call see what theirs sees.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_call_gets_the_reply_of_their_own_set() {
    let machine = machine().await;
    assert_eq!(calls(&machine, &["a>b.60.x", "a.60.y"], "one of a").await, 2.0);
    machine.put("k", "moved").await;
    let lead = tokio::spawn(visit(&machine, "/search?q=gate", "a>b.60.x").send());
    machine.until_held("gate").await;
    let open = machine.connections().await;
    let request = client()
        .get(machine.url("/search?q=gate"))
        .header("host", "a.localhost");
    let follow = tokio::spawn(request.header("cookie", "pharos-session=a.60.y").send());
    eventually("the other visitor is there", async || {
        machine.connections().await > open
    })
    .await;
    machine.put("gate", "open").await;
    let read = async |visit: tokio::task::JoinHandle<reqwest::Result<Response>>| {
        visit.await.unwrap().unwrap().text().await.unwrap()
    };
    assert_eq!(read(lead).await, "moved of b");
    assert_eq!(read(follow).await, "moved of a");
    machine.stop().await;
}
