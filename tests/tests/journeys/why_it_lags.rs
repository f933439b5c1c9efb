//! A region lags: `pharos status` and the sync's log say why, each in one line.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, ensure};
use axum::{
    Json, Router,
    extract::Path as Named,
    http::{HeaderMap, HeaderValue, StatusCode, header::DATE},
    routing::{get, post},
};
use page_model::{AudienceId, Host, Key, PageId, Record, body, put};
use serde::Serialize;
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use tests::{
    Page, Platform, System,
    disk::Disk,
    eventually, ports,
    program::{Program, Programs},
    push::NewIncident,
    system::{ARRIVAL_MAX, syncs::SyncSettings},
};
use tokio::{net::TcpListener, task::JoinSet};

/// A sync with a fault, and what a line about it says.
struct Case {
    sync: Program,
    says: &'static [&'static str],
}

#[tokio::test(flavor = "multi_thread")]
async fn status_and_log_name_the_cause_of_each_fault() -> Result<()> {
    System::journey_through(&[("eu-1", Platform::OwnHost)], async |system| {
        let mut stand_ins = JoinSet::new();
        let mut cases = of_the_origin(system)?;
        cases.extend(of_the_region(system, &mut stand_ins).await?);
        let (large, lone) = page_too_large(system, &mut stand_ins).await?;
        cases.push(large);
        for case in &mut cases {
            case.sync.start()?;
        }
        for case in &mut cases {
            case.sync.healthy().await?;
            until_named(system, &case.sync, &[], case.says).await?;
        }
        drop((cases, lone));
        waits_since_the_change(system).await?;
        another_sync_is_named(system).await?;
        trouble_is_said_once_and_so_is_its_end(system).await
    })
    .await
}

fn of_the_origin(system: &System) -> Result<Vec<Case>> {
    let (key, away) = (system.put_key_file(), format!("http://{}", ports::free()));
    let regions = [format!("eu-1=http://{}", system.regions[0].visitor.addr())];
    let origin_away = SyncSettings {
        origin: &away,
        ..system.sync_settings("origin-away", &key, &regions)
    };
    let wrong_token = SyncSettings {
        token: "another-token-0123456789",
        ..system.sync_settings("wrong-token", &key, &regions)
    };
    Ok(vec![
        Case {
            sync: system.sync_by(origin_away),
            says: &["origin", "cannot be reached", "Connection refused"],
        },
        Case {
            sync: system.sync_by(wrong_token),
            says: &["the origin refuses the sync token", "the same one"],
        },
    ])
}

async fn of_the_region(system: &System, stand_ins: &mut JoinSet<()>) -> Result<Vec<Case>> {
    let key = system.put_key_file();
    let region = |url: &str| vec![format!("eu-1={url}")];
    let here = format!("http://{}", system.regions[0].visitor.addr());
    let other_key = key.with_file_name("other.key");
    let made = system
        .programs
        .command(&["keygen", &other_key.display().to_string()])
        .output()?;
    ensure!(made.status.success(), "{made:?}");
    let sync = |name, key: &Path, regions: &[String]| system.sync_by(system.sync_settings(name, key, regions));
    let late = region(&serve(Router::new().route(put::PATH, post(behind_by_ten_minutes)), stand_ins).await?);
    Ok(vec![
        Case {
            sync: sync("region-away", &key, &region(&format!("http://{}", ports::free()))),
            says: &["the region cannot be reached", "Connection refused"],
        },
        Case {
            sync: sync("wrong-name", &key, &region("http://no-such-host.invalid:8080")),
            says: &["no-such-host.invalid", "dns error"],
        },
        Case {
            sync: sync("key-not-known", &other_key, &region(&here)),
            says: &["it does not know our put key", "--put-key-file"],
        },
        Case {
            sync: sync("clock-off", &key, &late),
            says: &["the region's clock is 6", "s behind the sync's", "NTP"],
        },
    ])
}

/// What an edge answers whose clock is ten minutes behind.
async fn behind_by_ten_minutes() -> (StatusCode, HeaderMap, String) {
    let at = SystemTime::now() - Duration::from_secs(600);
    let mut headers = HeaderMap::new();
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(at)) {
        headers.insert(DATE, date);
    }
    (StatusCode::FORBIDDEN, headers, format!("{}\n", put::Rejected::Time))
}

/// An origin with one page that no region takes, and a region of its own.
async fn page_too_large(system: &System, stand_ins: &mut JoinSet<()>) -> Result<(Case, tests::Region)> {
    let routes = Router::new()
        .route("/sync/feed", get(feed))
        .route("/sync/pages/{page}/records", get(records))
        .route("/sync/delivered", post(|| async { StatusCode::NO_CONTENT }));
    let origin = serve(routes, stand_ins).await?;
    let lone = system.start_lone_region("us-9").await?;
    let regions = [format!("us-9=http://{}", lone.visitor.addr())];
    let key = system.put_key_file();
    let settings = SyncSettings {
        origin: &origin,
        ..system.sync_settings("page-too-large", &key, &regions)
    };
    let case = Case {
        sync: system.sync_by(settings),
        says: &["page00000001", "snapshot/page00000001/", "bytes, at most", "can be put"],
    };
    Ok((case, lone))
}

async fn feed() -> Json<Value> {
    // As the origin: it waits while nothing changes.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let change = json!({ "page": "page00000001", "seq": 1 });
    Json(json!({ "head": 1, "complete": true, "database": "d4tabase0009", "first_seq": 1, "changes": [change] }))
}

async fn records(Named(page): Named<String>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Answer {
        seq: u64,
        records: Vec<ByteBuf>,
    }
    let (Ok(page), Ok(host)) = (PageId::parse(&page), Host::parse("large.localhost")) else {
        return Vec::new();
    };
    let large = Key::Snapshot(page.clone(), AudienceId::public());
    let large = Record::new(large, page.clone(), 1, vec![7; 2 << 20]);
    let site = Record::new(Key::Site(host), page, 1, b"a site".to_vec());
    let records = [large, site].map(|record| ByteBuf::from(record.to_bytes())).to_vec();
    body::encode(&Answer { seq: 1, records })
}

/// Not since a sync heard of it, which may have been away itself.
async fn waits_since_the_change(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "waiting", 1).await?;
    system.until_settled(&page).await?;
    system.sync.kill();
    push(system, &page, "Nobody carries it").await?;
    let pushed = Instant::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let waited_ms = pushed.elapsed().as_millis();
    system.sync.start()?;
    system.sync.healthy().await?;
    eventually("the delivery says how long it took", ARRIVAL_MAX, async || {
        let log = system.sync.log();
        let of_page = log
            .lines()
            .filter(|line| line.contains("delivered") && line.contains(&page.id));
        let waits = of_page.filter_map(|line| line.split("waited_ms=").nth(1)?.split_whitespace().next());
        let longest = waits.filter_map(|ms| ms.parse::<u128>().ok()).max();
        ensure!(longest >= Some(waited_ms), "{longest:?}, after {waited_ms} ms: {log}");
        Ok(())
    })
    .await
}

async fn another_sync_is_named(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "doubled", 1).await?;
    system.until_settled(&page).await?;
    let (key, regions) = (
        system.put_key_file(),
        [format!("eu-1=http://{}", system.regions[0].visitor.addr())],
    );
    let mut second = system.sync_by(system.sync_settings("doubled", &key, &regions));
    second.start()?;
    second.healthy().await?;
    let says = ["another sync puts into this region too", "let one alone run"];
    eventually("both syncs see each other", ARRIVAL_MAX, async || {
        push(system, &page, "Again").await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        named(system, &system.sync, &[], &says)?;
        named(system, &second, &[], &says)
    })
    .await?;
    second.kill();
    Ok(())
}

async fn trouble_is_said_once_and_so_is_its_end(system: &mut System) -> Result<()> {
    system.origin.kill();
    until_named(system, &system.sync, &[], &["the origin cannot be reached"]).await?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let ready = format!("http://{}/readyz", system.sync.admin()?);
    let ready = tests::http::client()?.get(ready).send().await?;
    ensure!(ready.status() == 503, "a sync without an origin says that it is ready");
    ensure!(
        ready.text().await?.contains("eu-1: the origin cannot be reached"),
        "it does not say why not"
    );
    system.origin.start()?;
    system.origin.healthy().await?;
    eventually("the sync says that the origin is back", ARRIVAL_MAX, async || {
        let log = system.sync.log();
        ensure!(log.contains("the origin is back"), "{log}");
        Ok(())
    })
    .await?;
    let log = system.sync.log();
    let said = log.lines().filter(|line| line.contains("the origin cannot be read"));
    let said = said.count();
    ensure!(
        (1..=4).contains(&said),
        "it was said {said} times in four seconds:\n{log}"
    );
    let page = Page::create(&system.push, "after", 1).await?;
    system.until_settled(&page).await?;
    eventually("a delivery is one line of the log", ARRIVAL_MAX, async || {
        let log = system.sync.log();
        let is_it = |line: &str| line.contains("delivered") && line.contains("eu-1") && line.contains(&page.id);
        ensure!(log.lines().any(is_it), "{log}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(may_mount), ignore = "needs root, which mounts a disk")]
async fn status_names_a_full_disk_and_one_that_takes_no_writes() -> Result<()> {
    let disk = Disk::mount(64)?;
    let system = System::prepare(Programs::debug()?, &[("eu-1", Platform::OwnHost)]).await?;
    system.lay_region_on(disk.path())?;
    system.walked(async |system| of_the_disk(system, &disk).await).await
}

async fn of_the_disk(system: &mut System, disk: &Disk) -> Result<()> {
    let page = Page::create(&system.push, "disk", 1).await?;
    system.until_settled(&page).await?;
    let edge = format!("http://{}", system.regions[0].edge.admin()?);
    let edge = ["--edge-admin", &edge];

    let filler = disk.fill()?;
    eventually("status says that the disk is full", ARRIVAL_MAX, async || {
        push(system, &page, &"x".repeat(20_000)).await?;
        named_by_status(
            system,
            &system.sync,
            &edge,
            &["edge eu-1: it cannot store anything", "No space left"],
        )?;
        named(
            system,
            &system.sync,
            &edge,
            &["eu-1", "The batch could not be stored", "disk full"],
        )
    })
    .await?;
    std::fs::remove_file(filler)?;
    system.until_settled(&page).await?;

    let file = kv_file(disk.path())?;
    change_attribute("+i", &file)?;
    let found = eventually("status says that nothing can be written", ARRIVAL_MAX, async || {
        push(system, &page, "Meanwhile").await?;
        named_by_status(
            system,
            &system.sync,
            &edge,
            &["edge eu-1: it cannot store anything", "not permitted"],
        )
    })
    .await;
    change_attribute("-i", &file)?;
    found?;
    system.until_settled(&page).await.map(drop)
}

fn kv_file(disk: &Path) -> Result<PathBuf> {
    let file = disk.join("eu-1/kv.redb");
    File::open(&file).with_context(|| format!("{}", file.display()))?;
    Ok(file)
}

fn change_attribute(change: &str, file: &Path) -> Result<()> {
    let status = Command::new("chattr").arg(change).arg(file).status()?;
    ensure!(status.success(), "chattr {change} failed");
    Ok(())
}

/// Waits until one line of the status, and one of the log, have all of these words.
async fn until_named(system: &System, sync: &Program, args: &[&str], says: &[&str]) -> Result<()> {
    let what = format!("the cause is named: {says:?}");
    eventually(&what, ARRIVAL_MAX, async || named(system, sync, args, says)).await
}

fn named(system: &System, sync: &Program, args: &[&str], says: &[&str]) -> Result<()> {
    named_by_status(system, sync, args, says)?;
    let log = sync.log();
    ensure!(in_one_line(&log, says), "the log does not say {says:?}:\n{log}");
    Ok(())
}

fn named_by_status(system: &System, sync: &Program, args: &[&str], says: &[&str]) -> Result<()> {
    let (origin, sync) = (
        format!("http://{}", system.origin.admin()?),
        format!("http://{}", sync.admin()?),
    );
    let command = ["status", "--origin-admin", &origin, "--sync-admin", &sync];
    let output = system.programs.command(&[&command[..], args].concat()).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.code() == Some(1),
        "status ended with {}: {said}",
        output.status
    );
    let problems = said
        .lines()
        .filter(|line| line.starts_with("! "))
        .collect::<Vec<_>>()
        .join("\n");
    ensure!(
        in_one_line(&problems, says),
        "the status does not say {says:?}:\n{said}"
    );
    Ok(())
}

fn in_one_line(text: &str, says: &[&str]) -> bool {
    text.lines().any(|line| says.iter().all(|word| line.contains(word)))
}

async fn push(system: &System, page: &Page, text: &str) -> Result<()> {
    let incident = NewIncident {
        name: "Slow".into(),
        body: text.into(),
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await.map(drop)
}

async fn serve(routes: Router, stand_ins: &mut JoinSet<()>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    stand_ins.spawn(async move {
        let _ = axum::serve(listener, routes).await;
    });
    Ok(url)
}
