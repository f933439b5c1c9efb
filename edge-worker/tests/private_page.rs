//! Every address of the route table against a page that nobody may see: what a stranger gets is what they would get if the
//! page did not exist, byte for byte, cold and with finished pages in the KV. An address that is added is tested too.

mod region;

use bytes::Bytes;
use http::{Request, Response};
use region::{Region, paths};

/// The things of a region whose every text is a canary.
const COLD: [&str; 6] = [
    "cursor",
    "canary snapshot",
    "canary archive",
    "permalinks",
    "asset",
    "canary asset",
];
const CANARY: &str = "canary";

/// How strangers ask, beside the address.
const REQUESTS: [(&str, &[(&str, &str)]); 8] = [
    ("GET", &[]),
    ("HEAD", &[]),
    ("OPTIONS", &[("origin", "https://evil.example")]),
    ("POST", &[]),
    ("GET", &[("if-none-match", "*")]),
    ("GET", &[("accept", "text/markdown"), ("accept-language", "de")]),
    (
        "GET",
        &[("x-forwarded-host", "status.acme.example"), ("x-original-url", "/")],
    ),
    (
        "GET",
        &[
            ("accept-encoding", "br"),
            ("surrogate-capability", "pharos=\"Surrogate/1.0\""),
        ],
    ),
];

#[test]
fn private_page_answers_like_an_unknown_host_at_every_address() {
    let mut private = Region::with(&COLD.map(str::to_owned));
    private.put_things(&["private canary site"]);
    let mut warm = warmed();
    warm.put_things(&["private canary site"]);
    let nobody = Region::with(&["cursor".to_owned()]);
    for path in paths() {
        for (method, headers) in REQUESTS {
            let expected = shown(&ask(&nobody, method, &path, headers));
            for region in [&private, &warm] {
                let reply = ask(region, method, &path, headers);
                let actual = shown(&reply);
                assert_eq!(actual, expected, "{method} {path} {headers:?}");
                assert!(!actual.to_lowercase().contains(CANARY), "{method} {path} {headers:?}");
            }
        }
    }
}

/// The control: what is looked for above is there where it may be seen.
#[test]
fn public_page_shows_its_name_at_every_address() {
    let region = warmed();
    for path in paths() {
        let reply = ask(&region, "GET", &path, &[]);
        assert_eq!(reply.status(), 200, "{path}");
        assert!(
            WITHOUT_NAME.contains(&path.as_str()) || shown(&reply).contains(CANARY),
            "{path}"
        );
    }
}

/// What only part of the audience may see is not in the public one: nothing of another audience is ever read.
#[test]
fn no_address_reads_another_audience() {
    let region = warmed();
    for path in paths() {
        for key in keys_read(&region, &path) {
            let is_shared = key.starts_with("site/") || key.starts_with("sync/") || key.starts_with("asset/");
            assert!(is_shared || key.contains("/public"), "{path} reads {key}");
        }
    }
}

/// Formats in which no name of a calm page has a place.
const WITHOUT_NAME: [&str; 5] = [
    "/embed.js",
    "/embed.json",
    "/favicon.ico",
    "/robots.txt",
    "/sitemap.xml",
];

/// A region in which every page has been looked at while it was public.
fn warmed() -> Region {
    let mut region = Region::with(&COLD.map(str::to_owned));
    region.put_things(&["canary site"]);
    for path in paths() {
        region.look_at(&path);
    }
    region
}

fn ask(region: &Region, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    region.answer(request(method, path, headers), &mut |_| {})
}

fn keys_read(region: &Region, path: &str) -> Vec<String> {
    let mut keys = Vec::new();
    region.answer(request("GET", path, &[]), &mut |key| keys.push(key.to_string()));
    keys
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://status.acme.example{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::new()).expect("a request")
}

/// Everything of a reply, decoded.
fn shown(response: &Response<Bytes>) -> String {
    let mut body = Vec::new();
    match response.headers().get("content-encoding").map(|value| value.as_bytes()) {
        Some(b"br") => brotli::BrotliDecompress(&mut response.body().as_ref(), &mut body).expect("brotli"),
        _ => body = response.body().to_vec(),
    }
    // A snapshot travels deflated.
    let body = match response.headers().get("content-type").map(|kind| kind.as_bytes()) {
        Some(b"application/octet-stream") => region::inflated(&body),
        _ => body,
    };
    format!(
        "{} {:?}\n{}",
        response.status(),
        response.headers(),
        String::from_utf8_lossy(&body)
    )
}
