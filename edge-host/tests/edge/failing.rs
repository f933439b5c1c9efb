//! A guest that fails costs one visit, never the host.

use reqwest::StatusCode;

use crate::machine::{Machine, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_guest_costs_one_visit() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    for failure in ["trap", "bomb", "steps", "no-reply", "loop", "wait"] {
        // The client's own patience ends long before the guest that waits would answer.
        let response = machine.get(&format!("/do/{failure}")).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{failure}");
        assert_eq!(response.headers()["retry-after"], "5");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(response.text().await.unwrap().contains("unavailable for a moment"));
        assert_eq!(
            machine.read("/private/k").await,
            (StatusCode::OK, "text".into()),
            "after {failure}"
        );
    }
    let traps = machine.metric("pharos_edge_guest_failures_total", "\"trap\"").await;
    assert_eq!((traps, machine.timeouts().await), (4.0, 2.0));
    assert_eq!(machine.visits("failed").await, 6.0);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn serves_others_while_guests_loop() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    machine.read("/page/k").await;
    let before = machine.guest_calls().await;
    let loops: Vec<_> = (0..6)
        .map(|at| tokio::spawn(machine.client.get(machine.url(&format!("/do/loop?{at}"))).send()))
        .collect();
    eventually("all loops run", async || machine.guest_calls().await == before + 6.0).await;
    for _ in 0..5 {
        for path in ["/page/k", "/private/k"] {
            assert_eq!(machine.read(path).await, (StatusCode::OK, "text".into()));
        }
    }
    assert_eq!(
        machine.timeouts().await,
        0.0,
        "the visits waited until a loop was ended"
    );
    for failure in loops {
        assert_eq!(
            failure.await.unwrap().unwrap().status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visit_that_hardly_computes_is_not_ended_for_too_many_that_do() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let visit = |host: String, path| machine.client.get(machine.url(path)).header("host", host).send();
    // Each at a host of its own: no host's part holds them back.
    let loops: Vec<_> = (0..SLOW_MAX as usize + 4)
        .map(|at| tokio::spawn(visit(format!("{at}.example"), "/do/loop")))
        .collect();
    eventually("those beyond the slow ones are ended", async || {
        machine.metric("pharos_edge_guest_failures_total", "\"trap\"").await >= 4.0
    })
    .await;
    let waits = visit("quiet.example".to_owned(), "/slow/30/k").await.unwrap();
    assert_eq!(waits.status(), StatusCode::OK);
    for ended in loops {
        assert_eq!(ended.await.unwrap().unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn host_that_ran_out_of_memory_has_less_for_a_moment() {
    let machine = Machine::start().await;
    let status = async |host: &'static str, path: &str| {
        let visit = machine.client.get(machine.url(path)).header("host", host).send();
        visit.await.unwrap().status()
    };
    assert_eq!(status("greedy.example", "/grow/64").await, StatusCode::OK);
    assert_eq!(
        status("greedy.example", "/do/bomb").await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let (much, little) = ("/grow/64", "/grow/8");
    assert_eq!(status("greedy.example", much).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status("greedy.example", little).await, StatusCode::OK);
    // One of them may have its share by chance, not all three.
    let others = [
        status("a.example", much).await,
        status("b.example", much).await,
        status("c.example", much).await,
    ];
    assert!(others.contains(&StatusCode::OK), "{others:?}");
    // What wants more than it has meanwhile prolongs nothing.
    eventually("it has as much as all others", async || {
        status("greedy.example", much).await == StatusCode::OK
    })
    .await;
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crowd_at_one_host_keeps_no_other_host_waiting() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    let before = machine.guest_calls().await;
    let of = |host: &'static str, path: String| machine.client.get(machine.url(&path)).header("host", host).send();
    let crowd: Vec<_> = (0..100)
        .map(|at| tokio::spawn(of("crowded.example", format!("/held/gate/k?{at}"))))
        .collect();
    eventually("the crowd is there", async || {
        machine.connections().await >= 100.0 && machine.guest_calls().await > before
    })
    .await;
    for host in ["a.example", "b.example", "c.example"] {
        let reply = of(host, "/private/k".to_owned()).await.unwrap();
        assert_eq!(reply.text().await.unwrap(), "text", "{host}");
    }
    machine.put("gate", "open").await;
    let mut served = 0;
    for visit in crowd {
        match visit.await.unwrap().unwrap().status() {
            StatusCode::OK => served += 1,
            // On a machine that is busy the gate may open after the two seconds for which a visit waits for its turn.
            status => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE),
        }
    }
    assert!(served > 0, "nobody of the crowd was at work");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_beyond_the_instances_wait() {
    let machine = Machine::start().await;
    machine.put("k", "text").await;
    for (path, expected) in [
        // A guest that waits keeps its place, so all 100 have their turn within two seconds, also on a machine that is busy.
        ("/slow/5/k", StatusCode::OK),
        ("/after/k/mark", StatusCode::OK),
        ("/do/trap", StatusCode::SERVICE_UNAVAILABLE),
        ("/private/k", StatusCode::OK),
    ] {
        let visit = |at| machine.client.get(machine.url(&format!("{path}?{at}"))).send();
        let visits: Vec<_> = (0..100).map(|at| tokio::spawn(visit(at))).collect();
        for visit in visits {
            assert_eq!(visit.await.unwrap().unwrap().status(), expected, "{path}");
        }
    }
    let cores = std::thread::available_parallelism().unwrap().get() as f64;
    let at_work = 2.0 * cores + SLOW_MAX + PUTS_MAX + WAITING_MAX;
    assert!(machine.metric("pharos_edge_guest_instances", "").await <= at_work);
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn last_good_page_is_served_while_the_guest_fails() {
    let machine = Machine::start().await;
    for failure in ["trap", "error", "bomb"] {
        machine.put("state", "all is well").await;
        assert_eq!(machine.read("/unless-failing/state").await.1, "all is well");
        machine.put("state", failure).await;
        let response = machine.get("/unless-failing/state").await;
        assert_eq!(response.status(), StatusCode::OK, "{failure}");
        assert_eq!(response.headers()["pharos-served"], "last-good");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(!response.headers().contains_key("etag"));
        assert_eq!(response.text().await.unwrap(), "all is well");
    }
    assert_eq!(machine.visits("last_good").await, 3.0);
    machine.put("state", "well again").await;
    assert_eq!(machine.read("/unless-failing/state").await.1, "well again");
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_last_good_page_the_guests_own_error_is_served() {
    let machine = Machine::start().await;
    assert_eq!(
        machine.read("/do/error").await,
        (StatusCode::INTERNAL_SERVER_ERROR, "told to fail".into())
    );
    machine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_pages_are_not_served_as_last_good() {
    let machine = Machine::start().await;
    machine.put("state", "public").await;
    assert_eq!(machine.read("/unless-failing/state").await.1, "public");
    machine.put("state", "private").await;
    assert_eq!(machine.read("/unless-failing/state").await.1, "for you alone");
    machine.put("state", "trap").await;
    assert_eq!(
        machine.read("/unless-failing/state").await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
    machine.stop().await;
}

/// What the host allows besides two visits for each core: slow ones, puts, and work after replies.
const SLOW_MAX: f64 = 16.0;
const PUTS_MAX: f64 = 1.0;
const WAITING_MAX: f64 = 16.0;
