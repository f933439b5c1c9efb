//! Whatever lies in the KV and whatever is asked: a proper reply, no panic, and no version that goes back.

mod region;

use std::collections::BTreeMap;

use bytes::Bytes;
use edge_worker::gateway::{self, Reply, Seen, Step, Visit};
use http::Request;
use page_model::{Key, Record};
use proptest::prelude::*;
use region::Region;

/// Anything a KV may give back.
#[derive(Debug, Clone)]
enum KvAnswer {
    Failed,
    Absent,
    Garbage(Vec<u8>),
    /// What lies under the key in a good region, with one byte changed.
    Damaged(usize, u8),
    Good,
}

fn answer() -> impl Strategy<Value = KvAnswer> {
    prop_oneof![
        Just(KvAnswer::Failed),
        Just(KvAnswer::Absent),
        prop::collection::vec(any::<u8>(), 0..200).prop_map(KvAnswer::Garbage),
        (any::<usize>(), any::<u8>()).prop_map(|(at, with)| KvAnswer::Damaged(at, with)),
        Just(KvAnswer::Good),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_the_kv_answers_the_visitor_gets_a_proper_reply(answers in prop::collection::vec(answer(), 8), path in any::<prop::sample::Index>()) {
        let path = path.get(&paths()).clone();
        let region = good_region();
        let request = Request::get(format!("http://status.acme.example{path}")).header("accept-encoding", "br");
        let mut answers = answers.into_iter().cycle();
        let reply = drive(&region, request.body(Bytes::new()).expect("a request"), |key| {
            seen(answers.next().expect("endless"), region.read(key))
        });
        let status = reply.response.status().as_u16();
        let redirects = reply.response.headers().contains_key("location");
        prop_assert!([200, 302, 308, 400, 404, 410, 503].contains(&status), "{status}");
        prop_assert!(redirects || !reply.response.body().is_empty());
        prop_assert!(reply.response.headers().contains_key("cache-control"));
    }

    #[test]
    fn every_request_gets_a_reply_below_500(path in "/[ -~]{0,60}", name in "[a-z-]{1,20}", value in "[ -~]{0,60}", method in "[A-Z]{1,8}") {
        let request = Request::builder().method(method.as_str()).uri(format!("http://status.acme.example{path}"));
        if let Ok(request) = request.header(name, value).body(Bytes::new()) {
            let region = good_region();
            let reply = drive(&region, request, |key| region.read(key).map_or(Seen::Absent, Seen::Found));
            prop_assert!(reply.response.status().as_u16() < 500);
        }
    }

    /// Batches in any order, some twice, against a KV that loses some writes: a key's version only grows.
    #[test]
    fn version_of_a_record_never_goes_back(versions in prop::collection::vec((1..20_u64, any::<bool>()), 1..40)) {
        let mut region = Region::with(&[]);
        let mut highest = BTreeMap::<String, u64>::new();
        for (version, stores) in versions {
            let (headers, body) = region::put_of_version(version);
            let mut request = Request::post("http://status.acme.example/.pharos/put");
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let mut step = gateway::open(&region.edge(), visit(request.body(body.into()).expect("a request")));
            loop {
                step = match step {
                    Step::Read(keys, next) | Step::ReadNow(keys, next) => next.resume(keys.iter().map(|key| region.read(key).map_or(Seen::Absent, Seen::Found)).collect()),
                    Step::Write(records, next) => {
                        let stored = vec![stores; records.len()];
                        region.write(records.into_iter().filter(|_| stores));
                        next.resume(stored)
                    }
                    Step::Reply(..) | Step::Done => break,
                };
            }
            if let Some(bytes) = region.read(&region::snapshot_key()) {
                let now = Record::from_bytes(&bytes).expect("a record").version;
                let before = highest.insert("snapshot".to_owned(), now);
                prop_assert!(before.is_none_or(|before| before <= now));
            }
        }
    }
}

fn drive(region: &Region, request: Request<Bytes>, mut read: impl FnMut(&Key) -> Seen) -> Reply {
    let mut step = gateway::open(&region.edge(), visit(request));
    let mut kept = None;
    loop {
        step = match step {
            Step::Read(keys, next) | Step::ReadNow(keys, next) => next.resume(keys.iter().map(&mut read).collect()),
            Step::Write(records, next) => next.resume(vec![true; records.len()]),
            Step::Reply(reply, None) => return kept.unwrap_or(reply),
            Step::Reply(reply, Some(work)) => {
                kept = Some(reply);
                work.begin(&region.edge())
            }
            Step::Done => return kept.expect("a reply comes before the work is over"),
        };
    }
}

fn seen(answer: KvAnswer, good: Option<Vec<u8>>) -> Seen {
    match (answer, good) {
        (KvAnswer::Failed, _) => Seen::Failed,
        (KvAnswer::Garbage(bytes), _) => Seen::Found(bytes),
        (KvAnswer::Absent, _) | (_, None) => Seen::Absent,
        (KvAnswer::Good, Some(bytes)) => Seen::Found(bytes),
        (KvAnswer::Damaged(at, with), Some(mut bytes)) => {
            let at = at % bytes.len();
            bytes[at] = with;
            Seen::Found(bytes)
        }
    }
}

/// Every address with an id that the region has, and some that are none.
fn paths() -> Vec<String> {
    let path = |pattern: &str| {
        let path = pattern.replace("{id}", "incident0009").replace("{month}", "2026-10");
        path.replace("{asset}", &region::asset().to_string())
    };
    let none = [
        "/x",
        "/history/2026-13",
        "/history/",
        "/components/component001/history.rss",
    ];
    gateway::addresses().map(path).chain(none.map(str::to_owned)).collect()
}

fn visit(request: Request<Bytes>) -> Visit {
    Visit {
        request,
        now_ms: region::NOW_MS,
        client: None,
    }
}

fn good_region() -> Region {
    Region::with(&["site", "snapshot", "html", "archive", "permalinks", "asset", "cursor"].map(str::to_owned))
}
