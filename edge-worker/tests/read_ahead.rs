//! What is read ahead saves a look at the KV, and changes no reply.

mod region;

use std::thread;

use bytes::Bytes;
use edge_worker::gateway::{self, Seen, Step, Visit};
use http::Request;
use region::Region;

const FILLED: [&str; 5] = ["site", "snapshot", "archive", "permalinks", "cursor"];
const OTHERS: [&[&str]; 7] = [
    &["site", "snapshot", "archive", "permalinks", "cursor"],
    &["older site", "snapshot", "archive", "permalinks", "cursor"],
    &[
        "site with 5000 components",
        "snapshot",
        "archive",
        "permalinks",
        "cursor",
    ],
    &["private site", "snapshot", "archive", "permalinks", "cursor"],
    &["site that moved", "cursor"],
    &[
        "site",
        "snapshot",
        "archive",
        "permalinks",
        "cursor silent for ten minutes",
    ],
    &["cursor"],
];

/// An instance that nobody asked before: each thread remembers for itself.
fn fresh<T: Send>(visits: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(visits).join().expect("a visit"))
}

fn region(things: &[&str]) -> Region {
    let things: Vec<String> = things.iter().map(|thing| (*thing).to_owned()).collect();
    Region::with(&things)
}

fn finished(things: &[&str], paths: &[String]) -> Region {
    let mut region = region(things);
    for path in paths {
        region.look_at(path);
    }
    region
}

/// The reply, and how often the visit waited for the KV.
fn visit(region: &Region, path: &str, headers: &[(&str, &str)]) -> (String, usize) {
    let mut request = Request::get(format!("http://status.acme.example{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Bytes::new()).expect("a request");
    let visit = Visit {
        request,
        now_ms: region::NOW_MS,
        client: None,
    };
    let mut waits = 0;
    let mut step = gateway::open(&region.edge(), visit);
    loop {
        step = match step {
            Step::Read(keys, next) => {
                waits += 1;
                let read = |key| region.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into()));
                next.resume(keys.iter().map(read).collect())
            }
            Step::Reply(reply, _) => return (format!("{:?}", reply.response), waits),
            _ => unreachable!("a visit reads and is answered"),
        };
    }
}

#[test]
fn what_others_read_before_changes_no_reply() {
    let paths = region::paths();
    for things in OTHERS {
        let (before, mut region) = fresh(|| (finished(&FILLED, &paths), finished(things, &paths)));
        let mut alone = Vec::new();
        for path in &paths {
            let (reply, visited) = fresh(move || (visit(&region, path, &[]).0, region));
            region = visited;
            alone.push(reply);
        }
        let paths = &paths;
        fresh(move || {
            for (path, alone) in paths.iter().zip(alone) {
                visit(&before, path, &[]);
                assert_eq!(visit(&region, path, &[]).0, alone, "{path} with {things:?}");
            }
        });
    }
}

#[test]
fn finished_page_is_waited_for_once() {
    let region = fresh(|| finished(&FILLED, &["/".to_owned(), "/history".to_owned()]));
    fresh(move || {
        let first = visit(&region, "/history", &[]);
        assert_eq!(first.1, 2);
        assert_eq!(visit(&region, "/history", &[]), (first.0, 1));
        let german = visit(&region, "/history?lang=de", &[]);
        assert_eq!(german.1, 3, "it is drawn");
        let etag = region::etag("index.en");
        for _ in 0..2 {
            let headers = [("accept-encoding", "br"), ("if-none-match", etag.as_str())];
            let (not_modified, waits) = visit(&region, "/", &headers);
            assert!(not_modified.contains("status: 304"), "{not_modified}");
            assert_eq!(waits, 1, "the site record says it");
        }
    });
}

/// A large page that is outdated is shown until it is drawn: not one in another language, which was read ahead.
#[test]
fn what_was_read_ahead_is_not_shown_for_what_is_wanted() {
    const SKELETON: &str = r#""pharos-skeleton": "1""#;
    const LARGE: [&str; 3] = ["site with 5000 components", "snapshot", "cursor"];
    let front = ["/".to_owned()];
    let (before, mut region) = fresh(|| (finished(&LARGE, &front), finished(&LARGE, &front)));
    region.put_things(&["site with 5000 components in German"]);
    fresh(move || {
        let (english, _) = visit(&before, "/", &[]);
        assert!(!english.contains(SKELETON), "{english}");
        let (german, waits) = visit(&region, "/", &[]);
        assert!(german.contains(SKELETON), "{german}");
        assert_eq!(waits, 2);
    });
}
