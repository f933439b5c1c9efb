//! The response cache, as visitors see it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use reqwest::{Method, Response, StatusCode};
use tokio::task::JoinHandle;

use crate::machine::{Machine, client, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_served_until_its_key_is_written() {
    let machine = Machine::start().await;
    machine.put("k", "one").await;
    let before = machine.guest_calls().await;
    for _ in 0..5 {
        assert_eq!(machine.read("/page/k").await, (StatusCode::OK, "one".into()));
    }
    assert_eq!(machine.guest_calls().await, before + 1.0);
    assert_eq!(machine.visits("hit").await, 4.0);

    machine.put("unrelated", "x").await;
    assert_eq!(machine.read("/page/k").await.1, "one");
    assert_eq!(machine.guest_calls().await, before + 2.0, "only the put itself");

    machine.put("k", "two").await;
    assert_eq!(machine.read("/page/k").await.1, "two");
    machine.put("k", "").await;
    assert_eq!(machine.read("/page/k").await.1, "");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn surrogate_headers_do_not_reach_visitors() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    for _ in 0..2 {
        let response = machine.get("/page/k").await;
        assert_eq!(response.headers()["etag"], "\"text\"");
        assert_eq!(response.headers()["content-length"], "4");
        for name in response.headers().keys() {
            assert!(!name.as_str().starts_with("surrogate"), "{name} reached the visitor");
        }
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conditional_requests_get_304_and_head_gets_no_body() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    // Cold, then warm; then past the cache, as the visitor says who they are.
    for (path, cookie) in [("/page/k", ""), ("/page/k", ""), ("/page/k", "pharos-session=x")] {
        let ask = |method, tag| {
            machine
                .client
                .request(method, machine.url(path))
                .header("host", "a.localhost")
                .header("cookie", cookie)
                .header("if-none-match", tag)
                .send()
        };
        let held = ask(Method::GET, "\"x\", W/\"text\"").await.unwrap();
        assert_eq!(held.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(held.headers()["etag"], "\"text\"");
        assert_eq!(ask(Method::GET, "\"x\"").await.unwrap().status(), StatusCode::OK);
        let head = ask(Method::HEAD, "\"x\"").await.unwrap();
        assert_eq!(
            (head.status(), &head.headers()["content-length"] == "4"),
            (StatusCode::OK, true),
            "{path}"
        );
        assert_eq!(head.text().await.unwrap(), "");
    }
    machine.stop().await;
}

/// A session that was renewed must reach the browser, whatever of the page that has already.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_comes_whatever_the_visitor_has() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let request = machine
        .client
        .get(machine.url("/cookie/k"))
        .header("if-none-match", "\"text\"");
    let reply = request.send().await.unwrap();
    assert_eq!(
        (reply.status(), reply.headers()["set-cookie"].as_bytes()),
        (StatusCode::OK, &b"a=b"[..])
    );
    assert_eq!(reply.text().await.unwrap(), "text");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_differ_by_language_and_media_type() {
    let machine = Machine::start().await;
    let before = machine.guest_calls().await;
    // Twice, so that the second time the replies come from the cache.
    for _ in 0..2 {
        for (languages, accept, expected) in [
            ("de-AT,de;q=0.9,en;q=0.5", "text/html", "de -"),
            ("de", "*/*", "de -"),
            ("fr", "text/html", "fr -"),
            ("tlh", "text/html", "- -"),
            ("fr", "text/markdown, text/html;q=0.5", "fr text/markdown"),
        ] {
            let request = machine.client.get(machine.url("/negotiated/k"));
            let request = request.header("accept-language", languages).header("accept", accept);
            assert_eq!(
                request.send().await.unwrap().text().await.unwrap(),
                expected,
                "{languages} {accept}"
            );
        }
    }
    assert_eq!(
        machine.guest_calls().await,
        before + 4.0,
        "one for each language and media type"
    );
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http2_without_tls_is_served_alike() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let http2 = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    for _ in 0..2 {
        let get = http2.get(machine.url("/page/k")).send().await.unwrap();
        assert_eq!(get.version(), reqwest::Version::HTTP_2);
        assert_eq!(get.text().await.unwrap(), "text");
        let head = http2.head(machine.url("/page/k")).send().await.unwrap();
        assert_eq!(head.headers()["content-length"], "4");
        assert_eq!(head.text().await.unwrap(), "");
        let held = http2
            .get(machine.url("/page/k"))
            .header("if-none-match", "\"text\"")
            .send()
            .await
            .unwrap();
        assert_eq!(held.status(), StatusCode::NOT_MODIFIED);
    }
    drop(http2);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_replies_are_not_cached() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let counted = async |ask: &dyn Fn() -> reqwest::RequestBuilder| {
        let before = machine.guest_calls().await;
        for _ in 0..2 {
            let response: Response = ask().send().await.unwrap();
            assert_eq!(response.text().await.unwrap(), "text");
        }
        machine.guest_calls().await - before
    };
    let get = |path: &str| machine.client.get(machine.url(path));
    assert_eq!(counted(&|| get("/private/k")).await, 2.0, "no surrogate-control");
    assert_eq!(counted(&|| get("/cookie/k")).await, 2.0, "the reply sets a cookie");
    assert_eq!(
        counted(&|| get("/page/k").header("cookie", "a=b; __Host-pharos-session=c")).await,
        2.0,
        "a cookie of ours came in"
    );
    assert_eq!(
        counted(&|| get("/page/k").header("authorization", "Bearer a")).await,
        2.0,
        "authorization came in"
    );
    assert_eq!(counted(&|| get("/page/k")).await, 1.0, "and yet the cache works");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_and_encodings_have_replies_of_their_own() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    for host in ["a.example", "b.example"] {
        for encoding in [
            "br, gzip",
            "gzip",
            "gzip, br;q=0",
            "identity",
            "gzip, deflate, br, zstd",
        ] {
            let request = machine.client.get(machine.url("/page/k")).header("host", host);
            request.header("accept-encoding", encoding).send().await.unwrap();
        }
    }
    assert_eq!(machine.guest_calls().await - before, 6.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_misses_make_one_guest_call() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    let visits: Vec<_> = (0..40)
        .map(|_| tokio::spawn(machine.client.get(machine.url("/held/gate/k")).send()))
        .collect();
    let connected = async || machine.connections().await >= 40.0 && machine.guest_calls().await > before;
    eventually("all visitors are there, and the guest is called", connected).await;
    machine.put("gate", "open").await;
    for visit in visits {
        assert_eq!(visit.await.unwrap().unwrap().text().await.unwrap(), "text");
    }
    assert_eq!(
        machine.guest_calls().await - before,
        2.0,
        "the visits' call and the put"
    );
    // Who connected at the last moment may find the reply in the cache.
    let (collapsed, hits) = (machine.visits("collapsed").await, machine.visits("hit").await);
    assert_eq!(collapsed + hits, 39.0);
    assert!(collapsed > 0.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_after_a_write_does_not_join_a_call_from_before_it() {
    let machine = Machine::start().await;
    machine.put("k", "old").await;
    let early = tokio::spawn(machine.client.get(machine.url("/held/gate/k")).send());
    machine.until_held("gate").await;
    machine.put("k", "new").await;
    let open = machine.connections().await;
    let late: Vec<_> = (0..4)
        .map(|_| tokio::spawn(client().get(machine.url("/held/gate/k")).send()))
        .collect();
    let connected = async || machine.connections().await >= open + 4.0;
    eventually("the late visitors are there", connected).await;
    assert!(!early.is_finished());
    machine.put("gate", "open").await;
    for late in late {
        assert_eq!(late.await.unwrap().unwrap().text().await.unwrap(), "new");
    }
    assert_eq!(
        early.await.unwrap().unwrap().text().await.unwrap(),
        "old",
        "it began before the write"
    );
    assert_eq!(
        machine.read("/held/gate/k").await.1,
        "new",
        "the early reply was not kept"
    );
    machine.stop().await;
}

/// One writer counts upwards, many visitors read: nobody may read less than was written before the visit began.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_visitor_ever_sees_less_than_was_written() {
    let machine = Arc::new(Machine::start().await);
    machine.put("html/count", "0").await;
    let (written, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let visits: Arc<[AtomicU64; 8]> = Arc::default();
    let visitors: Vec<_> = (0..8)
        .map(|at| {
            let (machine, written, is_over) = (Arc::clone(&machine), Arc::clone(&written), Arc::clone(&is_over));
            let visits = Arc::clone(&visits);
            tokio::spawn(async move {
                let path = if at % 2 == 0 {
                    "/page/html/count"
                } else {
                    "/slow/2/html/count"
                };
                while !is_over.load(Ordering::SeqCst) {
                    let at_least = written.load(Ordering::SeqCst);
                    let seen: u64 = machine.read(path).await.1.parse().unwrap();
                    assert!(seen >= at_least, "saw {seen} after {at_least} was written");
                    visits[at].fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for count in 1..=300 {
        machine.put("html/count", &count.to_string()).await;
        written.store(count, Ordering::SeqCst);
        if count % 3 == 0 {
            // Three more of each visitor: the second begins after the write, the third after the second's reply.
            let before = visits.each_ref().map(|visits| visits.load(Ordering::SeqCst));
            let visited = async || {
                let both = visits.iter().zip(before);
                visitors.iter().any(JoinHandle::is_finished)
                    || both
                        .into_iter()
                        .all(|(visits, before)| visits.load(Ordering::SeqCst) >= before + 3)
            };
            eventually("every visitor comes again", visited).await;
        }
    }
    is_over.store(true, Ordering::SeqCst);
    for visitor in visitors {
        visitor.await.unwrap();
    }
    assert!(machine.visits("hit").await > 0.0 && machine.visits("miss").await > 100.0);
}
