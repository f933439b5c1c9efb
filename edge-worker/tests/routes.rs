//! Every address of the route table on one page: what it answers with.

mod region;

use bytes::Bytes;
use edge_worker::gateway;
use http::{HeaderMap, Request, Response};
use region::Region;

/// What caches, browsers and programs act on.
const HEADERS: [&str; 9] = [
    "content-type",
    "cache-control",
    "vary",
    "content-language",
    "access-control-allow-origin",
    "cross-origin-resource-policy",
    "referrer-policy",
    "x-content-type-options",
    "content-security-policy",
];

#[test]
fn every_address_answers_as_committed() {
    let things = [
        "site",
        "snapshot",
        "archive",
        "permalinks",
        "asset",
        "preview",
        "cursor",
    ];
    let region = Region::with(&things.map(str::to_owned));
    let answers = gateway::addresses().map(|pattern| {
        let reply = ask(&region, &path(pattern));
        format!("{pattern}\n  {}\n{}", reply.status(), headers_of(reply.headers()))
    });
    insta::assert_snapshot!("routes", answers.collect::<String>());
}

fn path(pattern: &str) -> String {
    let id = match pattern {
        pattern if pattern.starts_with("/maintenances/") => "maintenance1",
        pattern if pattern.starts_with("/components/") => "component001",
        pattern if pattern.starts_with("/groups/") => "group0000001",
        _ => "incident0001",
    };
    let path = pattern.replace("{id}", id).replace("{month}", "2026-10");
    path.replace("{asset}", &region::asset().to_string())
}

fn headers_of(headers: &HeaderMap) -> String {
    let values = HEADERS
        .iter()
        .filter_map(|name| Some((name, headers.get(*name)?.to_str().ok()?)));
    let line = |(name, value): (&&str, &str)| {
        // Hashes change with every build of the templates.
        let parts = value.split_inclusive(' ').filter(|part| !part.starts_with("'sha256-"));
        format!("  {name}: {}\n", parts.collect::<String>())
    };
    values.map(line).collect()
}

fn ask(region: &Region, path: &str) -> Response<Bytes> {
    let request = Request::get(format!("http://status.acme.example{path}")).body(Bytes::new());
    region.answer(request.expect("a request"), &mut |_| {})
}
