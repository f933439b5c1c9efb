//! One record, every platform: the same status, the same headers, the same bytes.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use reqwest::Method;
use tests::{Page, Platform, System, Visitor, push::NewIncident, visitor::Reply};

#[tokio::test(flavor = "multi_thread")]
async fn page_has_the_same_bytes_on_every_platform() -> Result<()> {
    let regions = [
        ("core-1", Platform::Core),
        ("host-1", Platform::OwnHost),
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
        system.push.incident(&page.id, &incident).await?;
        system.until_settled(&page).await?;
        system.until_shown(&page, &["Component 24"]).await?;
        let [first, others @ ..] = &system.regions[..] else {
            anyhow::bail!("this journey needs regions")
        };
        // Twice, since the first look at a page may find it unfinished.
        for (method, host, path) in requests(&page).iter().chain(&requests(&page)) {
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
                    ensure!(
                        reply.0 == expected.0,
                        "{what}: {:#?}\nand not {:#?}",
                        reply.0,
                        expected.0
                    );
                    ensure!(reply.1 == expected.1, "{what}: other bytes");
                }
            }
        }
        Ok(())
    })
    .await
}

fn requests(page: &Page) -> Vec<(Method, String, &'static str)> {
    let of_page = |method: Method, path| (method, page.host.clone(), path);
    vec![
        of_page(Method::GET, "/"),
        of_page(Method::HEAD, "/"),
        of_page(Method::GET, "/?query"),
        of_page(Method::GET, "/history/2023-05"),
        of_page(Method::GET, "/history/2001-01"),
        of_page(Method::GET, "/nothing/here"),
        of_page(Method::POST, "/"),
        of_page(Method::GET, "/.pharos/put"),
        (Method::GET, "unknown.localhost".to_owned(), "/"),
    ]
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
