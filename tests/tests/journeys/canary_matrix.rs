//! The canary matrix on every platform: every address of the route table, asked for by everybody who might see too much, cold and
//! warm. Each cell has the same outcome on each platform. What is asked for and by whom stands in `tests/src/canary/`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use futures_util::{
    StreamExt, TryStreamExt,
    future::{try_join, try_join_all},
    stream,
};
use page_model::{Record, site::Visibility};
use reqwest::Method;
use tests::{
    Platform, Region, System,
    canary::{
        self, Outcome, ask,
        page::{CanaryPage, SECRETS, Set, Site},
        rows::{Cell, Shows},
        visitors::{VISITORS, Visitor},
    },
    http,
    program::Programs,
    visitor::Reply,
};

/// By where, who and whether somebody was there before.
type Outcomes = BTreeMap<(String, &'static str, bool), Outcome>;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_shown_what_is_not_theirs_on_any_platform() -> Result<()> {
    let mut system = System::prepare(Programs::debug()?, &[]).await?;
    system.origin.start()?;
    system.origin.healthy().await?;
    let outcome = walk(&mut system).await.and_then(|()| system.check());
    if outcome.is_err() {
        system.show_logs();
    }
    outcome
}

async fn walk(system: &mut System) -> Result<()> {
    let pages = [
        CanaryPage::create(system, "canlay", Visibility::Layered).await?,
        CanaryPage::create(system, "canpri", Visibility::Private).await?,
    ];
    let regions = [
        system.start_lone_region_on(Platform::Core, "core-1").await?,
        system
            .start_lone_host("host-1", &["--client-address", ADDRESSES])
            .await?,
        system.start_lone_region_on(Platform::Spin, "spin-1").await?,
        system
            .start_lone_worker("workers-1", &[("TRUST_CF_CONNECTING_IP", "true")])
            .await?,
    ];
    for page in &pages {
        let sites = Sites::of(page)?;
        for region in &regions {
            system
                .put_client(region)?
                .put(&[page.content(), sites.records.clone()].concat())
                .await?;
        }
        let cells = canary::cells(page)?;
        let outcomes = regions.iter().map(|region| matrix(region, page, &sites, &cells));
        let outcomes = try_join_all(outcomes).await?;
        ensure_same(&regions, &outcomes)?;
        let count: usize = outcomes.iter().map(Outcomes::len).sum();
        eprintln!("{:?}: {count} cells", page.visibility);
        ensure!(count >= 700 * regions.len(), "{count} cells");
        try_join_all(regions.iter().map(|region| forged(region, page, &sites, &cells))).await?;
        try_join_all(regions.iter().map(|region| near(region, page, &sites))).await?;
        try_join_all(regions.iter().map(|region| siblings(region, page, &sites))).await?;
    }
    for region in &regions {
        is_told_nowhere(region).await?;
    }
    let log = system.origin.log();
    ensure!(
        SECRETS.iter().all(|secret| !log.contains(secret)),
        "the origin's log tells a secret:\n{log}"
    );
    Ok(())
}

/// The names under which a page is in a region: one for all, one for each visitor, where nobody else was, and some that let in
/// those who come from a network.
struct Sites {
    shared: Site,
    own: Vec<Site>,
    near: Vec<Site>,
    /// One that lets in this machine.
    here: Site,
    records: Vec<Record>,
}

impl Sites {
    fn of(page: &CanaryPage) -> Result<Self> {
        let mut records = Vec::new();
        let mut site = |name: &str, ranges: &[(&str, u8)]| -> Result<Site> {
            let (site, record) = page.site(name, ranges)?;
            records.push(record);
            Ok(site)
        };
        Ok(Self {
            shared: site("", &[])?,
            own: (0..VISITORS.len())
                .map(|at| site(&format!("cold{at}"), &[]))
                .collect::<Result<_>>()?,
            near: (0..ROUNDS)
                .map(|at| site(&format!("near{at}"), &[NETWORK]))
                .collect::<Result<_>>()?,
            here: site("here", &[("127.0.0.0", 8)])?,
            records,
        })
    }
}

async fn matrix(region: &Region, page: &CanaryPage, sites: &Sites, cells: &[Cell<'_>]) -> Result<Outcomes> {
    let cold = stream::iter(VISITORS.iter().zip(&sites.own)).map(async |(who, site)| {
        let mut outcomes = Outcomes::new();
        for cell in cells {
            let (outcome, _) = ask(region, page, site, cell, who).await?;
            outcomes.insert((cell.path.clone(), who.who, false), outcome);
        }
        anyhow::Ok(outcomes)
    });
    let cold: Vec<Outcomes> = cold.buffer_unordered(LANES).try_collect().await?;
    let warm = stream::iter(cells).map(|cell| warm(region, page, &sites.shared, cell));
    let warm: Vec<Outcomes> = warm.buffer_unordered(LANES).try_collect().await?;
    Ok(cold.into_iter().chain(warm).flatten().collect())
}

/// Everybody asks after all have been there who may see something, and once more for what one of them has already.
async fn warm(region: &Region, page: &CanaryPage, site: &Site, cell: &Cell<'_>) -> Result<Outcomes> {
    let mut tags = Vec::new();
    for who in VISITORS.iter().filter(|who| who.is_signed_in()) {
        let (_, reply) = ask(region, page, site, cell, who).await?;
        let seen = who.sees(page.visibility, cell.row);
        tags.extend(reply.header("etag").map(|tag| (seen, tag.to_owned())));
    }
    let mut outcomes = Outcomes::new();
    for who in VISITORS {
        let (outcome, reply) = ask(region, page, site, cell, who).await?;
        outcomes.insert((cell.path.clone(), who.who, true), outcome);
        if cell.row.shows != Shows::Entrance && HEADS.contains(&who.who) {
            has_the_same_head(region, page, site, cell, who, &reply).await?;
        }
        if matches!(cell.row.shows, Shows::Words | Shows::Object) && !who.is_signed_in() {
            is_not_confirmed(region, page, site, cell, who, &tags).await?;
        }
    }
    Ok(outcomes)
}

/// That a reply has not changed is told to nobody who could not be given it.
async fn is_not_confirmed(
    region: &Region,
    page: &CanaryPage,
    site: &Site,
    cell: &Cell<'_>,
    who: &Visitor,
    tags: &[(Option<Vec<Set>>, String)],
) -> Result<()> {
    let seen = who.sees(page.visibility, cell.row);
    let others = tags.iter().filter(|(of, _)| *of != seen).map(|(_, tag)| tag.as_str());
    let others = others.collect::<Vec<_>>().join(", ");
    let mut headers = who.headers(page, site)?;
    headers.push(("if-none-match", others));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = region
        .visitor
        .request(Method::GET, site.host.as_str(), &cell.path_at(&site.host), &headers)
        .await?;
    ensure!(
        reply.status != 304,
        "LEAK: {:?}: {} is told that others' {} has not changed",
        region.platform,
        who.who,
        cell.path
    );
    Ok(())
}

/// `HEAD` says what `GET` would, to those who are let in and at the door, and brings nothing.
async fn has_the_same_head(
    region: &Region,
    page: &CanaryPage,
    site: &Site,
    cell: &Cell<'_>,
    who: &Visitor,
    got: &Reply,
) -> Result<()> {
    let headers = who.headers(page, site)?;
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = cell.path_at(&site.host);
    let reply = region
        .visitor
        .request(Method::HEAD, site.host.as_str(), &path, &headers);
    let reply = reply.await?;
    let what = format!("{:?}: HEAD {path} of {}", region.platform, who.who);
    ensure!(reply.body.is_empty(), "{what} has a body");
    ensure!(
        reply.status == got.status,
        "{what}: {} and not {}",
        reply.status,
        got.status
    );
    let told = |reply: &Reply| -> Vec<(String, Vec<u8>)> {
        let headers = reply.headers.iter();
        let told = headers.filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()));
        let mut told: Vec<_> = told
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect();
        told.sort();
        told
    };
    ensure!(
        told(&reply) == told(got),
        "{what}: {:?}\nand not {:?}",
        reply.headers,
        got.headers
    );
    Ok(())
}

fn ensure_same(regions: &[Region], outcomes: &[Outcomes]) -> Result<()> {
    let [first, others @ ..] = outcomes else {
        bail!("no region")
    };
    let mut differing = Vec::new();
    for (region, others) in regions[1..].iter().zip(others) {
        ensure!(others.len() == first.len(), "{} has other cells", region.name);
        for (cell, outcome) in others {
            if first.get(cell) != Some(outcome) {
                differing.push(format!(
                    "{cell:?} on {:?}: {outcome:?} and not {:?}",
                    region.platform,
                    first.get(cell)
                ));
            }
        }
    }
    ensure!(differing.is_empty(), "{}", differing.join("\n"));
    Ok(())
}

/// Nobody is in a network because they say so, nor because they say that they are a cache of ours.
async fn forged(region: &Region, page: &CanaryPage, sites: &Sites, cells: &[Cell<'_>]) -> Result<()> {
    for who in VISITORS.iter().filter(|who| who.is_pretender()) {
        for cell in cells {
            ask(region, page, &sites.near[0], cell, who).await?;
        }
    }
    if region.platform == Platform::Spin {
        // The control: where the connection's own address is let in, it is.
        let reply = region.visitor.visit(sites.here.host.as_str(), "/").await?;
        let shown = canary::shown(&reply)?;
        ensure!(
            reply.status == 200 && shown.contains(Set::Alpha.word()),
            "this machine is not let in:\n{shown}"
        );
    }
    Ok(())
}

/// Somebody in the network and somebody outside ask at the same time, in both orders, where nobody has been and where they have.
async fn near(region: &Region, page: &CanaryPage, sites: &Sites) -> Result<()> {
    let Some(header) = address_header(region.platform) else {
        return Ok(());
    };
    let look = async |site: &Site, path: &str, address: &str| {
        let reply = region
            .visitor
            .request(Method::GET, site.host.as_str(), path, &[(header, address)])
            .await?;
        let shown = canary::shown(&reply)?;
        let is_inside = address == INSIDE;
        let what = format!("{:?}: {address} at {}{path}", region.platform, site.host.as_str());
        ensure!(
            shown.contains(Set::Alpha.word()) == is_inside,
            "{what} was shown:\n{shown}"
        );
        ensure!(!shown.contains(Set::Beta.word()), "{what} was shown:\n{shown}");
        let expected = if is_inside || page.visibility == Visibility::Layered {
            200
        } else {
            403
        };
        ensure!(reply.status == expected, "{what} was answered {}", reply.status);
        Ok(())
    };
    for (round, site) in sites.near.iter().enumerate() {
        for path in ["/", "/api/v2/summary.json", "/history.atom"] {
            let (leader, follower) = if round % 2 == 0 {
                (INSIDE, OUTSIDE)
            } else {
                (OUTSIDE, INSIDE)
            };
            // Cold, then warm, then one after the other.
            for _ in 0..2 {
                try_join(look(site, path, leader), look(site, path, follower)).await?;
            }
            look(site, path, leader).await?;
            look(site, path, follower).await?;
        }
    }
    Ok(())
}

/// The header in which the platform is told where somebody is. Spin knows the address of the connection alone.
fn address_header(platform: Platform) -> Option<&'static str> {
    match platform {
        Platform::OwnHost => Some("x-real-address"),
        Platform::Workerd | Platform::WorkerdFast => Some("cf-connecting-ip"),
        Platform::Core | Platform::Spin => None,
    }
}

/// A form of a neighbour, whom a cookie's SameSite lets through, does nothing.
async fn siblings(region: &Region, page: &CanaryPage, sites: &Sites) -> Result<()> {
    let host = sites.shared.host.as_str();
    let member = VISITORS
        .iter()
        .find(|who| who.is_signed_in())
        .context("nobody is signed in")?;
    let cookie = member.headers(page, &sites.shared)?;
    let cookie: Vec<_> = cookie.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for path in ["/.pharos/sign-in", "/.pharos/sign-out", "/.pharos/link"] {
        for origin in [
            format!("http://evil.{host}"),
            "http://localhost".to_owned(),
            "null".to_owned(),
        ] {
            let reply = region
                .visitor
                .send_form(host, path, &origin, "password=x&token=y", &cookie)
                .await?;
            ensure!(
                reply.status == 403 && reply.cookies()?.is_empty(),
                "{:?}: a form of {origin} at {path} was answered {} {:?}",
                region.platform,
                reply.status,
                reply.headers
            );
        }
    }
    Ok(())
}

/// No log, no metric and no record tells of whom an audience knows, and none but records tell what is for it.
async fn is_told_nowhere(region: &Region) -> Result<()> {
    let stored = match region.platform {
        Platform::OwnHost => files(region.folder()?)?,
        Platform::Workerd => region.kv()?.bytes(),
        _ => Vec::new(),
    };
    let has = |word: &str| stored.windows(word.len()).any(|window| window == word.as_bytes());
    // The control: this is where records lie.
    ensure!(stored.is_empty() || has("Northwind"), "{} keeps no record", region.name);
    for secret in SECRETS {
        ensure!(!has(secret), "LEAK: {} keeps {secret:?}", region.name);
    }
    let mut told = region.edge.log();
    if let Ok(admin) = region.edge.admin() {
        told.push_str(
            &http::client()?
                .get(format!("http://{admin}/metrics"))
                .send()
                .await?
                .text()
                .await?,
        );
    }
    let words = [Set::Alpha.word(), Set::Beta.word()];
    let found = SECRETS.iter().chain(&words).find(|word| told.contains(**word));
    ensure!(
        found.is_none(),
        "{} tells {found:?} in its log or its metrics:\n{told}",
        region.name
    );
    Ok(())
}

fn files(folder: &std::path::Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        bytes.extend(if path.is_dir() {
            files(&path)?
        } else {
            std::fs::read(path)?
        });
    }
    Ok(bytes)
}

const ADDRESSES: &str = "header X-Real-Address from 127.0.0.0/8";
const NETWORK: (&str, u8) = ("203.0.113.0", 24);
const INSIDE: &str = "203.0.113.5";
const OUTSIDE: &str = "198.51.100.5";
/// Sites at which those who come from a network ask.
const ROUNDS: usize = 4;
/// Visits to one region at a time.
const LANES: usize = 4;
/// Of whom `HEAD` is asked as well.
const HEADS: [&str; 2] = ["a stranger", "one of the first audience"];
/// What whoever speaks to the visitor writes: the time, how long a reply was kept, and how its bytes are framed.
const OF_THE_CONNECTION: [&str; 5] = ["age", "connection", "content-length", "date", "transfer-encoding"];
