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
    fn every_request_gets_a_reply_below_500(path in any_path(), name in "[a-z-]{1,20}", value in "[ -~]{0,60}", method in "[A-Z]{1,8}|GET|HEAD") {
        let request = Request::builder().method(method.as_str()).uri(format!("http://status.acme.example{path}"));
        if let Ok(request) = request.header(name, value).body(Bytes::new()) {
            let region = good_region();
            let reply = drive(&region, request, |key| region.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into())));
            prop_assert!(reply.response.status().as_u16() < 500);
        }
    }

    /// Batches in any order, some twice, against a KV that loses some writes: the version of a key only grows, whichever
    /// kind it is of.
    #[test]
    fn version_of_a_record_never_goes_back(batches in prop::collection::vec((prop::collection::vec((0..5_usize, 1..20_u64), 1..4), any::<u8>()), 1..40)) {
        let mut region = Region::with(&[]);
        let mut highest = BTreeMap::<String, u64>::new();
        for (number, (versions, stores)) in (1..).zip(&batches) {
            put(&mut region, region::put_of_versions(versions, number), *stores);
            for key in region::versioned_keys() {
                let now = region.read(&key).map(|bytes| Record::from_bytes(&bytes).expect("a record").version);
                let before = highest.get(&key.to_string()).copied();
                prop_assert!(now >= before, "{key} stood at {before:?} and now at {now:?}");
                highest.extend(now.map(|version| (key.to_string(), version)));
            }
        }
        // What is put again, whole and in order, is there in the end.
        let newest: Vec<_> = (0..5).map(|which| (which, 20)).collect();
        put(&mut region, region::put_of_versions(&newest, 99), u8::MAX);
        for key in region::versioned_keys() {
            let bytes = region.read(&key).expect("a record");
            prop_assert_eq!(Record::from_bytes(&bytes).expect("a record").version, 20, "{}", key);
        }
    }
}

/// The endpoint's work with a batch; of each write the KV stores the records whose bits are set.
fn put(region: &mut Region, (headers, body): (Vec<(String, String)>, Vec<u8>), stores: u8) {
    let mut request = Request::post("http://status.acme.example/.pharos/put");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut step = gateway::open(&region.edge(), visit(request.body(body.into()).expect("a request")));
    loop {
        step = match step {
            Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                let read = |key| region.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into()));
                next.resume(keys.iter().map(read).collect())
            }
            Step::Write(records, next) => {
                let stored: Vec<bool> = (0..records.len()).map(|at| stores >> (at % 8) & 1 == 1).collect();
                region.write(
                    records
                        .into_iter()
                        .zip(&stored)
                        .filter(|(_, stored)| **stored)
                        .map(|(record, _)| record),
                );
                next.resume(stored)
            }
            Step::Forward(..) | Step::Reply(..) | Step::Done => return,
        };
    }
}

fn drive(region: &Region, request: Request<Bytes>, mut read: impl FnMut(&Key) -> Seen) -> Reply {
    let mut step = gateway::open(&region.edge(), visit(request));
    let mut kept = None;
    loop {
        step = match step {
            Step::Read(keys, next) | Step::ReadNow(keys, next) => next.resume(keys.iter().map(&mut read).collect()),
            Step::Write(records, next) => next.resume(vec![true; records.len()]),
            Step::Forward(_, next) => next.resume(None),
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
        (KvAnswer::Garbage(bytes), _) => Seen::Found(bytes.into()),
        (KvAnswer::Absent, _) | (_, None) => Seen::Absent,
        (KvAnswer::Good, Some(bytes)) => Seen::Found(bytes.into()),
        (KvAnswer::Damaged(at, with), Some(mut bytes)) => {
            let at = at % bytes.len();
            bytes[at] = with;
            Seen::Found(bytes.into())
        }
    }
}

/// Every address with each id that the region has and with some that it has not, and some that are no addresses.
fn paths() -> Vec<String> {
    let of_pattern = |pattern: &'static str| {
        let fillings: &[&str] = match pattern {
            _ if pattern.contains("{id}") => &IDS,
            _ if pattern.contains("{month}") => &["2026-10", "2026-11", "1970-01", "9999-12"],
            _ => &[""],
        };
        fillings.iter().map(move |filling| {
            let path = pattern.replace("{id}", filling).replace("{month}", filling);
            path.replace("{asset}", &region::asset().to_string())
        })
    };
    let others = [
        "/x",
        "/history/2026-13",
        "/history/",
        "/search?q=slow",
        "/search?q=%00%ff",
        "/oembed.json?url=http%3A%2F%2Fstatus.acme.example%2F",
        "/?lang=ar",
        "/status.txt?lang=ja",
    ];
    gateway::addresses()
        .flat_map(of_pattern)
        .chain(others.map(str::to_owned))
        .collect()
}

/// Incidents of the snapshot, of an archive and of none, a maintenance, a group, components, and nothing of the kind.
const IDS: [&str; 10] = [
    "incident0001",
    "incident0009",
    "incident0404",
    "maintenance1",
    "group0000001",
    "component001",
    "component002",
    "nobody000000",
    "ABCDEFGHIJKL",
    "x",
];

/// A path of any characters, or an address with any id and any query.
fn any_path() -> impl Strategy<Value = String> {
    let patterns: Vec<&str> = gateway::addresses().collect();
    let address = (prop::sample::select(patterns), "[a-z0-9%.-]{0,40}", "(|\\?[ -~]{0,40})");
    let address = address.prop_map(|(pattern, id, query)| {
        let path = pattern.replace("{id}", &id).replace("{month}", &id);
        path.replace("{asset}", &id) + &query
    });
    prop_oneof!["/[ -~]{0,60}", address]
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
