//! The listing of a snapshot's objects saves the decoding of the snapshot, and changes no reply.

mod region;

use bytes::Bytes;
use http::{Request, Response};
use page_model::Key;
use region::Region;

const REGION: [&str; 5] = ["site", "snapshot", "archive", "permalinks", "cursor"];
/// Of the snapshot, of the archive, and of neither.
const IDS: [&str; 7] = [
    "incident0001",
    "maintenance1",
    "component001",
    "group0000001",
    "incident0008",
    "incident0777",
    "nothing00001",
];

#[test]
fn listing_changes_no_reply() {
    let (without, with) = regions();
    let mut absent = 0;
    for path in paths() {
        let (without, with) = (answer(&without, &path).0, answer(&with, &path).0);
        assert_eq!(without.status(), with.status(), "{path}");
        assert_eq!(without.headers(), with.headers(), "{path}");
        assert_eq!(without.body(), with.body(), "{path}");
        absent += usize::from(with.status() == 404);
    }
    assert!(absent > 10 && absent < paths().len() - 5, "{absent} are not there");
}

#[test]
fn what_is_not_listed_costs_no_snapshot() {
    let (without, with) = regions();
    for path in paths() {
        let reads_snapshot = |region| {
            let (reply, reads) = answer(region, &path);
            let reads = reads.iter().any(|key| matches!(key, Key::Snapshot(..)));
            (reply.status() == 404).then_some(reads)
        };
        // An object that is there under another kind of address is listed, and there are few of these.
        let is_listed = IDS[..4].iter().any(|id| path.contains(id));
        if !is_listed && let Some(reads) = reads_snapshot(&with) {
            assert!(!reads, "{path}");
            assert_eq!(reads_snapshot(&without), Some(true), "{path}");
        }
    }
}

#[test]
fn listing_of_another_snapshot_says_nothing() {
    let without = Region::with(&REGION.map(str::to_owned));
    let outdated = Region::with(
        &[&REGION[..], &["older listing"]]
            .concat()
            .iter()
            .map(|it| (*it).to_owned())
            .collect::<Vec<_>>(),
    );
    for path in paths() {
        let (without, outdated) = (answer(&without, &path), answer(&outdated, &path));
        assert_eq!(without.0.body(), outdated.0.body(), "{path}");
        assert_eq!(without.1, outdated.1, "{path}");
    }
}

fn regions() -> (Region, Region) {
    let without = Region::with(&REGION.map(str::to_owned));
    let mut with = Region::with(&REGION.map(str::to_owned));
    with.put_things(&["listing"]);
    (without, with)
}

fn paths() -> Vec<String> {
    let patterns = page_address::TABLE.iter().map(|route| route.pattern);
    let of_objects: Vec<_> = patterns.filter(|pattern| pattern.contains("{id}")).collect();
    assert!(of_objects.len() >= 5, "{of_objects:?}");
    let all = of_objects
        .iter()
        .flat_map(|pattern| IDS.map(|id| pattern.replace("{id}", id)));
    all.collect()
}

fn answer(region: &Region, path: &str) -> (Response<Bytes>, Vec<Key>) {
    let request = Request::get(format!("http://status.acme.example{path}"))
        .header("surrogate-capability", "pharos=\"Surrogate/1.0\"")
        .body(Bytes::new());
    let mut reads = Vec::new();
    let reply = region.answer(request.expect("a request"), &mut |key| reads.push(key.clone()));
    (reply, reads)
}
