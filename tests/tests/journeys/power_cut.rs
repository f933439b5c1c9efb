//! The disk of the origin and of a region loses its power while changes are pushed, again and again.

use std::{
    env,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{Page, Platform, Push, System, disk::Disk, program::Programs, push::NewIncident};

/// What loses its power.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dies {
    Machine,
    /// The disk dies, and its programs go on for a moment.
    Disk,
    /// The same, and the origin has another one.
    DiskOfRegion,
}

impl Dies {
    fn told() -> Result<Self> {
        match env::var("POWER_CUT_DISK_ALONE").as_deref() {
            Err(_) => Ok(Self::Machine),
            Ok("1") => Ok(Self::Disk),
            Ok("region") => Ok(Self::DiskOfRegion),
            Ok(other) => anyhow::bail!("POWER_CUT_DISK_ALONE={other} is neither 1 nor region"),
        }
    }
}

/// `POWER_CUTS=40 POWER_CUT_PAGES=300 cargo xtask test -E 'test(power_cuts)'` tells more.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(may_mount), ignore = "needs root, which mounts a disk")]
async fn power_cuts_lose_no_acknowledged_change() -> Result<()> {
    let (cuts, pages) = (number("POWER_CUTS", 4)?, number("POWER_CUT_PAGES", 12)?);
    let disk = Disk::mount(1_024)?;
    let regions = ["eu-1", "us-1"].map(|name| (name, Platform::OwnHost));
    let mut system = System::prepare(Programs::debug()?, &regions).await?;
    match Dies::told()? {
        Dies::DiskOfRegion => system.lay_region_on(disk.path())?,
        Dies::Machine | Dies::Disk => system.lay_on(disk.path())?,
    }
    system.start().await?;
    let outcome = walk(&mut system, &disk, cuts, pages).await;
    let outcome = outcome.and_then(|()| system.check());
    if outcome.is_err() {
        system.show_logs();
    }
    // Before the disk, which they have open.
    drop(system);
    outcome
}

async fn walk(system: &mut System, disk: &Disk, cuts: usize, pages: usize) -> Result<()> {
    let mut lanes = Vec::new();
    for number in 0..pages {
        lanes.push(Lane::open(&system.push, number, REST * u32::try_from(pages)?).await?);
    }
    let (over, acknowledged) = (AtomicBool::new(false), AtomicUsize::new(0));
    let push = system.push.clone();
    let pushing = lanes.iter().map(|lane| lane.push_until(&push, &over, &acknowledged));
    let (pushed, cut) = tokio::join!(try_join_all(pushing), cut_again_and_again(system, disk, cuts, &over));
    cut?;
    let (pushed, acknowledged) = (pushed?, acknowledged.into_inner());
    ensure!(
        acknowledged > 10 * cuts,
        "only {acknowledged} changes between {cuts} cuts prove little"
    );
    println!("{cuts} power cuts, {acknowledged} acknowledged changes of {pages} pages");
    for (lane, pushed) in lanes.iter().zip(&pushed) {
        lane.is_stored_once(&system.push, pushed).await?;
    }
    for (lane, pushed) in lanes.iter().zip(&pushed) {
        system.until_settled(&lane.page).await?;
        for region in &system.regions {
            system.ensure_every_key(region, &lane.page.id).await?;
        }
        lane.is_served(system, pushed).await?;
    }
    Ok(())
}

async fn cut_again_and_again(system: &mut System, disk: &Disk, cuts: usize, over: &AtomicBool) -> Result<()> {
    let dies = Dies::told()?;
    let outcome = async {
        for cut in 0..cuts {
            // From "hardly up" to "well under way", a different moment each time.
            tokio::time::sleep(Duration::from_millis(300 + 137 * cut as u64 % 1_100)).await;
            if dies == Dies::Machine {
                system.origin.halt()?;
                system.regions[0].edge.halt()?;
            }
            disk.cut_power()?;
            if dies != Dies::Machine {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            if dies != Dies::DiskOfRegion {
                system.origin.kill();
            }
            system.regions[0].edge.kill();
            disk.restore_power()?;
            if dies != Dies::DiskOfRegion {
                system.origin.start()?;
            }
            system.regions[0].edge.start()?;
            system.origin.healthy().await?;
            system.regions[0].edge.healthy().await?;
        }
        anyhow::Ok(())
    }
    .await;
    over.store(true, Ordering::Relaxed);
    outcome
}

/// A page, and who tells of it.
struct Lane {
    page: Page,
    incident: String,
    /// Between two changes.
    rest: Duration,
    /// Of which something is told in turn.
    months: Vec<String>,
}

/// Changes of a lane that were acknowledged.
struct Pushed {
    updates: usize,
    months: usize,
    /// Of the picture that was put last.
    logo: usize,
}

impl Lane {
    async fn open(push: &Push, number: usize, rest: Duration) -> Result<Self> {
        let name: String = [b'a' + (number / 26) as u8, b'a' + (number % 26) as u8]
            .map(char::from)
            .iter()
            .collect();
        let page = Page::create(push, &format!("cut{name}"), 2).await?;
        let incident = NewIncident {
            name: format!("Lane {number}"),
            body: "Begin.".into(),
            ..NewIncident::default()
        };
        let incident = push.incident(&page.id, &incident).await?.id()?.to_owned();
        let months = (0..120)
            .map(|month| format!("{}-{:02}", 2015 + month / 12, 1 + month % 12))
            .collect();
        Ok(Self {
            page,
            incident,
            rest,
            months,
        })
    }

    /// Pushes numbered updates, each until it is acknowledged; now and then an incident of long ago with a picture.
    async fn push_until(&self, push: &Push, over: &AtomicBool, acknowledged: &AtomicUsize) -> Result<Pushed> {
        let mut pushed = Pushed {
            updates: 0,
            months: 0,
            logo: 0,
        };
        while !over.load(Ordering::Relaxed) {
            let number = pushed.updates;
            if number.is_multiple_of(5) && pushed.months < self.months.len() {
                let month = &self.months[pushed.months];
                let past = json!({
                    "name": format!("Long ago, in {month}"),
                    "body": "It was dark.",
                    "status": "resolved",
                    "at": format!("{month}-06T07:08:09Z"),
                });
                self.until_accepted(
                    push,
                    Method::POST,
                    "/incidents",
                    &format!("month-{month}"),
                    Body::Json(past),
                )
                .await?;
                self.until_accepted(
                    push,
                    Method::PUT,
                    "/logo",
                    &format!("logo-{month}"),
                    Body::Svg(logo(number)),
                )
                .await?;
                (pushed.months, pushed.logo) = (pushed.months + 1, number);
                acknowledged.fetch_add(2, Ordering::Relaxed);
            }
            let path = format!("/incidents/{}/updates", self.incident);
            let update = json!({ "body": format!("Step {number}.") });
            self.until_accepted(push, Method::POST, &path, &format!("step-{number}"), Body::Json(update))
                .await?;
            pushed.updates += 1;
            acknowledged.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(self.rest).await;
        }
        Ok(pushed)
    }

    async fn until_accepted(&self, push: &Push, method: Method, path: &str, key: &str, body: Body) -> Result<()> {
        let (began, key) = (Instant::now(), format!("{}-{key}", self.page.id));
        while began.elapsed() < ACCEPTED_WITHIN {
            let request = push
                .request(method.clone(), &self.page.path(path))
                .timeout(Duration::from_secs(10));
            let request = match &body {
                Body::Json(json) => request.header("idempotency-key", &key).json(json),
                // The same picture is the same, however often it is put.
                Body::Svg(svg) => request.header("content-type", "image/svg+xml").body(svg.clone()),
            };
            match push.send(request).await {
                Ok(answer) if answer.status.is_success() => return Ok(()),
                // A dying disk may say "not now", never "no".
                Ok(answer) => ensure!(is_later(answer.status), "{key}: {}: {}", answer.status, answer.body),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        anyhow::bail!("{key} was not accepted within {ACCEPTED_WITHIN:?}")
    }

    async fn is_stored_once(&self, push: &Push, pushed: &Pushed) -> Result<()> {
        let path = self.page.path(&format!("/incidents/{}/updates", self.incident));
        let updates = push.list(&path).await?;
        let step = |update: &serde_json::Value| {
            let number = update["body"].as_str()?.strip_prefix("Step ")?.strip_suffix('.')?;
            number.parse::<usize>().ok()
        };
        let mut steps: Vec<usize> = updates.iter().filter_map(step).collect();
        steps.sort_unstable();
        let expected: Vec<usize> = (0..pushed.updates).collect();
        ensure!(
            steps == expected,
            "{} acknowledged, stored are {steps:?}",
            pushed.updates
        );

        let incidents = push.list(&self.page.path("/incidents")).await?;
        let mut names: Vec<&str> = incidents.iter().filter_map(|one| one["name"].as_str()).collect();
        names.sort_unstable();
        let past = self.months[..pushed.months]
            .iter()
            .map(|month| format!("Long ago, in {month}"));
        let mut expected: Vec<String> = past
            .chain(
                names
                    .iter()
                    .filter(|name| name.starts_with("Lane"))
                    .map(|name| (*name).to_owned()),
            )
            .collect();
        expected.sort_unstable();
        ensure!(names == expected, "{names:?}");
        Ok(())
    }

    /// Archives, permanent links and pictures are there, in the region that lost its power too.
    async fn is_served(&self, system: &System, pushed: &Pushed) -> Result<()> {
        let mut addresses = Vec::new();
        for incident in system.push.list(&self.page.path("/incidents")).await? {
            let (id, name) = (&incident["id"], &incident["name"]);
            let (id, name) = (id.as_str().context("an id")?, name.as_str().context("a name")?);
            addresses.push((format!("/incidents/{id}"), name.to_owned()));
        }
        for month in &self.months[..pushed.months] {
            addresses.push((format!("/history/{month}"), format!("Long ago, in {month}")));
        }
        for region in &system.regions {
            for (address, text) in &addresses {
                let page = region.visitor.page(&self.page.host, address).await?;
                ensure!(page.contains(text), "{} does not show {text} at {address}", region.name);
            }
            let page = region.visitor.page(&self.page.host, "/").await?;
            let logo = page.split('"').find(|part| part.starts_with("/assets/"));
            let logo = logo.with_context(|| format!("{} shows no logo of {}", region.name, self.page.host))?;
            let picture = region.visitor.page(&self.page.host, logo).await?;
            let width = format!("width=\"{}\"", 1 + pushed.logo);
            ensure!(
                picture.contains(&width),
                "{logo} in {} is another picture: {picture}",
                region.name
            );
        }
        Ok(())
    }
}

enum Body {
    Json(serde_json::Value),
    Svg(String),
}

fn is_later(status: StatusCode) -> bool {
    status.is_server_error()
}

fn logo(number: usize) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="{}" height="9"/></svg>"#,
        1 + number
    )
}

fn number(variable: &str, default: usize) -> Result<usize> {
    match env::var(variable) {
        Ok(given) => given
            .parse()
            .with_context(|| format!("{variable}={given} is no number")),
        Err(_) => Ok(default),
    }
}

/// For each page, so that a development build keeps up with all of them.
const REST: Duration = Duration::from_millis(8);
const PAUSE: Duration = Duration::from_millis(50);
const ACCEPTED_WITHIN: Duration = Duration::from_secs(120);
