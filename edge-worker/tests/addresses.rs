//! The address of a request against the gateway itself: what is not in the address, and so not in a cache's key, shapes no
//! reply.

mod region;

use bytes::Bytes;
use edge_worker::gateway;
use http::{HeaderMap, Method, Request, Response};
use page_address::Address;
use proptest::{prelude::*, sample::select};
use region::Region;

const HOSTS: [&str; 4] = [
    "status.acme.example",
    "Status.Acme.Example.:81",
    "status.acme.example:",
    "other.example",
];
const ODD_PATHS: [&str; 7] = [
    "/history/",
    "/search/",
    "/nothing",
    "/api/v2/nothing",
    "/.pharos/put",
    "/incidents/maintenance1",
    "/history/2026-10/",
];
const PAIRS: [&str; 14] = [
    "lang=fr",
    "lang=%64e",
    "lang=tlh",
    "lang",
    "utm_source=mail",
    "q=api",
    "q=%41PI+x",
    "q",
    "url=https://status.acme.example/",
    "url=https%3A%2F%2Fother.example%2F",
    "format=xml",
    "maxwidth=300",
    "maxheight=x",
    "",
];
const LANGUAGES: [&str; 7] = ["de", "FR;q=0.5, ja", "en;Q=0.1,de;q=x", "tlh", "*", "pt-BR", ""];
const MEDIA: [&str; 6] = [
    "*/*",
    "Text/Markdown",
    "text/markdown;q=0.5, text/html",
    "text/markdown, TEXT/HTML",
    "text/html;q=x, text/markdown;q=0.1",
    "",
];
const ENCODINGS: [&str; 7] = [
    "br, gzip",
    "GZIP",
    "br;q=0, *;q=0.1",
    "BR;Q=0.1, x-gzip",
    "identity",
    "br;q=x",
    ";q,,",
];
const NOISE: [(&str, &str); 7] = [
    ("cookie", "session=1; theme=dark"),
    ("referer", "https://other.example/"),
    ("x-forwarded-host", "other.example"),
    ("x-original-url", "/history"),
    ("range", "bytes=0-9"),
    ("origin", "https://other.example"),
    ("user-agent", "curl/8"),
];
/// What lies in the region that is asked.
const REGIONS: [&[&str]; 4] = [
    &["site", "snapshot", "archive", "permalinks", "asset", "cursor"],
    &["site", "snapshot", "html", "cursor"],
    &["site that moved", "cursor"],
    &["cursor"],
];

#[derive(Debug, Clone)]
struct Asked {
    host: &'static str,
    path: String,
    query: Option<Vec<&'static str>>,
    headers: Vec<(&'static str, &'static str)>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let paths: Vec<String> = gateway::addresses()
        .map(path)
        .chain(ODD_PATHS.map(str::to_owned))
        .collect();
    let query = proptest::option::of(proptest::collection::vec(select(&PAIRS[..]), 0..4));
    let headers = (
        proptest::option::of(select(&LANGUAGES[..])),
        proptest::option::of(select(&MEDIA[..])),
        proptest::option::of(select(&ENCODINGS[..])),
        proptest::collection::vec(select(&NOISE[..]), 0..3),
    );
    (select(&HOSTS[..]), select(paths), query, headers).prop_map(|(host, path, query, headers)| {
        let (languages, media, encodings, noise) = headers;
        let named = [
            ("accept-language", languages),
            ("accept", media),
            ("accept-encoding", encodings),
        ];
        let named = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Asked {
            host,
            path,
            query,
            headers: named.chain(noise).collect(),
        }
    })
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// The gateway answers a visitor's request as it answers the request that a cache makes of its address. So two that it
    /// answers differently have different addresses, and different keys.
    #[test]
    fn only_the_address_shapes_the_reply(asked in asked(), things in select(&REGIONS[..])) {
        let region = Region::with(&things.iter().map(|thing| (*thing).to_owned()).collect::<Vec<_>>());
        let query = asked.query.map_or(String::new(), |pairs| format!("?{}", pairs.join("&")));
        let own = request(&format!("http://{}{}{query}", asked.host, asked.path), asked.headers.iter().copied());
        let address = Address::parse(&Method::GET, own.uri(), own.headers()).expect("an address");
        let mut headers = HeaderMap::new();
        address.negotiation.write(&mut headers);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("text"))).collect();
        let canonical = request(&format!("http://{}{}", address.host, address.target()), headers.into_iter());
        let again = Address::parse(&Method::GET, canonical.uri(), canonical.headers()).expect("an address");
        prop_assert!(address.cache_key().is_some());
        prop_assert_eq!(address.cache_key(), again.cache_key());
        prop_assert_eq!(shown(&answer(&region, own)), shown(&answer(&region, canonical)));
    }
}

fn request<'a>(uri: &str, headers: impl Iterator<Item = (&'a str, &'a str)>) -> Request<Bytes> {
    let mut request = Request::get(uri).header("surrogate-capability", "pharos=\"Surrogate/1.0\"");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(Bytes::new()).expect("a request")
}

fn answer(region: &Region, request: Request<Bytes>) -> Response<Bytes> {
    region.answer(request, &mut |_| {})
}

/// All that a visitor gets; a body by its bytes in text, where it is text.
fn shown(response: &Response<Bytes>) -> String {
    let mut lines = vec![response.status().to_string()];
    for (name, value) in response.headers() {
        lines.push(format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
    }
    lines.push(String::from_utf8_lossy(response.body()).into_owned());
    lines.join("\n")
}
