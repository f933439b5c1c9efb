//! What a region answers, decoded, and where it has nothing of a page's own to show.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use page_model::site::Visibility;

use crate::{
    COOKIE, HOST,
    region::{
        self, Region,
        guarded::{SETS, has, sealed},
    },
    visitors::Visitor,
};

pub const DENIED: [StatusCode; 2] = [StatusCode::FORBIDDEN, StatusCode::SERVICE_UNAVAILABLE];

/// Every address, and one that only the archive has.
pub fn paths() -> Vec<String> {
    let archived = "/incidents/incident0009".to_owned();
    let narrowed = ["/search?q=word&month=2026-10", "/uptime?component=component001"].map(str::to_owned);
    region::paths().into_iter().chain([archived]).chain(narrowed).collect()
}

/// Formats in which no name of a calm page has a place, or only the one that the door shows too; and pictures, which all sets share.
pub const WITHOUT_WORD: [&str; 8] = [
    "/embed.js",
    "/embed.json",
    "/favicon.ico",
    "/preview.png",
    "/robots.txt",
    "/sitemap.xml",
    "/oembed.json",
    "/assets/",
];

/// Every page was looked at by everybody who may see it.
pub fn warm(region: &mut Region, visibility: Visibility) {
    for (set, _) in SETS.iter().filter(|(set, _)| has(visibility, set)) {
        for path in paths() {
            let cookie = format!("{COOKIE}={}", sealed(set, |_| {}));
            region.look_at_with(&path, &[("cookie", &cookie)]);
        }
    }
    let finished = region.finished();
    for (set, _) in SETS.iter().filter(|(set, _)| has(visibility, set)) {
        let of_set = format!("/{set}/");
        assert!(
            finished.iter().any(|key| key.contains(&of_set)),
            "{set}: nothing is finished"
        );
    }
}

pub fn ask(region: &Region, method: &str, path: &str, visitor: &Visitor, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(format!("https://{HOST}{path}"));
    for (name, value) in &visitor.headers {
        request = request.header(*name, value);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    region.answer_to(visitor.client, request.body(Bytes::new()).expect("a request"))
}

/// Everything of a reply, decoded.
pub fn shown(response: &Response<Bytes>) -> String {
    let mut body = Vec::new();
    let is = |name: &str, value: &[u8]| {
        response
            .headers()
            .get(name)
            .is_some_and(|found| found.as_bytes() == value)
    };
    match response.body().is_empty() {
        true => {}
        false if is("content-encoding", b"br") => {
            brotli::BrotliDecompress(&mut response.body().as_ref(), &mut body).expect("brotli");
        }
        false if is("content-encoding", b"gzip") => body = gunzipped(response.body()),
        false => body = response.body().to_vec(),
    }
    if is("content-type", b"application/octet-stream") && !body.is_empty() {
        body = region::inflated(&body);
    }
    format!(
        "{} {:?}\n{}",
        response.status(),
        response.headers(),
        String::from_utf8_lossy(&body)
    )
}

fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut plain).expect("gzip");
    plain
}
