//! One record, every platform: the same status, the same headers, the same bytes.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use reqwest::Method;
use tests::{Page, Platform, System, Visitor, push::NewIncident, surfaces, visitor::Reply};

#[tokio::test(flavor = "multi_thread")]
async fn page_has_the_same_bytes_on_every_platform() -> Result<()> {
    let regions = [
        ("core-1", Platform::Core),
        ("host-1", Platform::OwnHost),
        ("spin-1", Platform::Spin),
        ("workers-1", Platform::Workerd),
        ("workers-2", Platform::WorkerdFast),
    ];
    System::journey_through(&regions, async |system| {
        let page = Page::create(&system.push, "same", 25).await?;
        let incident = NewIncident {
            name: "Long ago".into(),
            body: "Some **payments** took a minute.".into(),
            status: Some("resolved".into()),
            at: Some("2023-05-06T07:08:09Z".into()),
            ..NewIncident::default()
        };
        let incident = system.push.incident(&page.id, &incident).await?.id()?.to_owned();
        system.until_settled(&page).await?;
        system.until_shown(&page, &["Component 24"]).await?;
        let [first, others @ ..] = &system.regions[..] else {
            anyhow::bail!("this journey needs regions")
        };
        let requests = requests(&page, &incident);
        let mut differing = Vec::new();
        // Twice, since the first look at a page may find it unfinished.
        for (method, host, path) in requests.iter().chain(&requests) {
            let etag = first
                .visitor
                .visit(host, path)
                .await?
                .header("etag")
                .unwrap_or("\"none\"")
                .to_owned();
            for conditions in [&[][..], &[("if-none-match", etag.as_str())]] {
                let expected = answer(&first.visitor, method, host, path, conditions).await?;
                for region in others {
                    let reply = answer(&region.visitor, method, host, path, conditions).await?;
                    let what = format!("{method} {host}{path} {conditions:?} on {:?}", region.platform);
                    if reply.0 != expected.0 {
                        differing.push(format!("{what}: {:?}\nand not {:?}", reply.0, expected.0));
                    } else if reply.1 != expected.1 {
                        differing.push(format!("{what}: other bytes"));
                    }
                }
            }
        }
        ensure!(differing.is_empty(), "{}", differing.join("\n"));
        Ok(())
    })
    .await
}

/// Every address of the page by GET and HEAD, and what is asked of a page besides.
fn requests(page: &Page, incident: &str) -> Vec<(Method, String, String)> {
    let of_page = |method: Method, path: &str| (method, page.host.clone(), path.to_owned());
    let mut requests: Vec<_> = surfaces::addresses(page, incident, "2023-05")
        .iter()
        .flat_map(|path| [of_page(Method::GET, path), of_page(Method::HEAD, path)])
        .collect();
    let reads = [
        "/?query",
        "/?lang=ar",
        "/?lang=tlh",
        "/status.txt?lang=ja",
        "/history/2001-01",
        "/history/2023-13",
        "/history/",
        "/nothing/here",
        "/incidents/nobody000000",
        "/components/nobody000000/history.rss",
        "/search",
        "/search?q=no+such+thing",
        "/oembed.json",
        "/oembed.json?url=http%3A%2F%2Felsewhere.example%2F",
        "/assets/no-such-asset.png",
        "/.pharos/put",
        "/.pharos/nothing",
    ];
    requests.extend(reads.map(|path| of_page(Method::GET, path)));
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        requests.push(of_page(method.clone(), "/"));
        requests.push(of_page(method, "/api/v2/summary.json"));
    }
    requests.push(of_page(Method::POST, "/.pharos/put"));
    requests.push((Method::GET, "unknown.localhost".to_owned(), "/".to_owned()));
    requests.push((
        Method::GET,
        "unknown.localhost".to_owned(),
        "/api/v2/status.json".to_owned(),
    ));
    requests
}

/// Status and headers, then the bytes.
async fn answer(
    visitor: &Visitor,
    method: &Method,
    host: &str,
    path: &str,
    conditions: &[(&str, &str)],
) -> Result<(BTreeMap<String, String>, Vec<u8>)> {
    let headers: Vec<_> = conditions
        .iter()
        .copied()
        .chain([("accept-encoding", "identity")])
        .collect();
    let reply = visitor.request(method.clone(), host, path, &headers).await?;
    Ok((head(&reply), reply.body))
}

fn head(reply: &Reply) -> BTreeMap<String, String> {
    let headers = reply
        .headers
        .iter()
        .filter(|(name, _)| !OF_THE_PLATFORM.contains(&name.as_str()));
    let headers =
        headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    headers
        .chain([("status".to_owned(), reply.status.to_string())])
        .collect()
}

/// Headers that whoever speaks to the visitor writes: the time, and how the bytes are framed.
const OF_THE_PLATFORM: [&str; 4] = ["connection", "content-length", "date", "transfer-encoding"];
