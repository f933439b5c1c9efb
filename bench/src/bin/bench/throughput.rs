//! A warm page against nginx with the same bytes: from the response cache, through the guest, and as a private page
//! would be served.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bench::quantile::median;
use reqwest::Method;
use tests::{
    Page, System, eventually,
    push::{NewIncident, Touched},
    region::Region,
    visitor::Reply,
};

use crate::{
    effort::Effort,
    nginx::Nginx,
    report::{Report, Target},
    wrk::Load,
};

/// A way to the page that is compared with nginx.
struct Contender {
    name: &'static str,
    /// Index into `ENCODINGS`.
    encoding: usize,
    path: &'static str,
    header: Option<(&'static str, &'static str)>,
    target: Target,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let page = page(system).await?;
    let region = &system.regions[0];
    let replies = finished(region, &page).await?;
    let nginx = Nginx::start(&replies).await?;
    let rates = rounds(region, &page, &nginx, effort)?;
    for (contender, rates) in CONTENDERS.iter().zip(rates) {
        let ratios: Vec<f64> = rates.iter().map(|(own, nginx)| own / nginx).collect();
        let own: Vec<f64> = rates.iter().map(|(own, _)| *own).collect();
        let name = contender.name;
        report.add(
            format!("{name}, to nginx"),
            median(&ratios).context("no rounds")?,
            "×",
            contender.target,
        );
        report.add(name, median(&own).context("no rounds")?, "replies/s", Target::None);
    }
    Ok(())
}

async fn page(system: &System) -> Result<Page> {
    let page = Page::create(&system.push, "warm", 10).await?;
    let incident = NewIncident {
        name: "Webhooks are delayed".into(),
        body: "Deliveries wait for up to **ten minutes**. None is lost.".into(),
        components: vec![Touched::new(&page.component(4), "degraded_performance")],
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await?;
    system.until_shown(&page, &["Webhooks are delayed"]).await?;
    Ok(page)
}

/// The replies in each encoding, once they are finished and cached.
async fn finished(region: &Region, page: &Page) -> Result<Vec<Reply>> {
    let mut replies = Vec::new();
    for encoding in ENCODINGS {
        let what = format!("the page is finished in {encoding}");
        let probe = async || {
            let reply = region
                .visitor
                .request(Method::GET, &page.host, "/", &[("accept-encoding", encoding)])
                .await?;
            ensure!(
                reply.header("content-encoding").unwrap_or("identity") == encoding,
                "{:?}",
                reply.headers
            );
            Ok(reply)
        };
        replies.push(eventually(&what, Duration::from_secs(10), probe).await?);
    }
    Ok(replies)
}

/// Rates of each contender beside nginx's, taken one right after the other so that both see the same machine.
fn rounds(region: &Region, page: &Page, nginx: &Nginx, effort: &Effort) -> Result<Vec<Vec<(f64, f64)>>> {
    let mut rates = vec![Vec::new(); CONTENDERS.len()];
    for round in 0..=effort.rounds {
        for (contender, rates) in CONTENDERS.iter().zip(&mut rates) {
            let headers = contender.headers(&page.host);
            let own = Load {
                url: format!("http://{}{}", region.visitor.addr(), contender.path),
                headers: headers.clone(),
            };
            let other = Load {
                url: nginx.url(contender.encoding),
                headers,
            };
            let pair = (own.run(effort.round_s)?, other.run(effort.round_s)?);
            // The first round warms both up.
            if round > 0 {
                rates.push(pair);
            }
        }
    }
    Ok(rates)
}

impl Contender {
    fn headers(&self, host: &str) -> Vec<(String, String)> {
        let own = [
            ("Host", host),
            ("Accept-Encoding", ENCODINGS[self.encoding]),
            ("User-Agent", "bench"),
        ];
        own.into_iter()
            .chain(self.header)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

const ENCODINGS: [&str; 3] = ["br", "gzip", "identity"];
const CONTENDERS: [Contender; 5] = [
    Contender {
        name: "warm page, brotli",
        encoding: 0,
        path: "/",
        header: None,
        target: Target::AtLeast(1.0),
    },
    Contender {
        name: "warm page, gzip",
        encoding: 1,
        path: "/",
        header: None,
        target: Target::AtLeast(1.0),
    },
    Contender {
        name: "warm page, not compressed",
        encoding: 2,
        path: "/",
        header: None,
        target: Target::AtLeast(1.0),
    },
    Contender {
        name: "through the guest",
        encoding: 0,
        path: "/",
        header: Some(("Authorization", "Bearer 0123456789abcdef")),
        target: Target::AtLeast(0.4),
    },
    Contender {
        name: "private-style pass, with a cookie",
        encoding: 0,
        path: "/",
        header: Some(("Cookie", "__Host-pharos-session=0123456789abcdef")),
        target: Target::AtLeast(0.4),
    },
];
