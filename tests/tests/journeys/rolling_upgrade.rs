//! The next version takes the place of this one, and goes back, while visitors come and publishers push. `cargo xtask rolling` builds
//! both and runs this.

use anyhow::{Context, Result, ensure};
use page_model::{put::Batch, record::FORMAT};
use serde_json::json;
use tests::{
    Page, System, eventually,
    load::Load,
    program::{Program, Programs},
    system::ARRIVAL_MAX,
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a build of the next version: cargo xtask rolling"]
async fn upgrade_and_way_back_fail_no_visit_and_refuse_no_delivery() -> Result<()> {
    let next = Programs::next()?;
    System::journey_behind_sockets(async |system| roll(system, &next).await).await
}

async fn roll(system: &mut System, next: &Programs) -> Result<()> {
    let today = system.programs.clone();
    let page = Page::create(&system.push, "rolling", 3).await?;
    // The next version writes a language for it that nobody speaks.
    let german = Page::create(&system.push, "german", 1).await?;
    system
        .push
        .change(&german.path(""), &json!({ "language": "de" }))
        .await?;
    system.until_shown(&page, &["Component 2"]).await?;
    system.until_shown(&german, &["Component 0"]).await?;

    let load = Load::begin(system, &page)?;
    ensure!(
        !check(system, next)?.contains("as origin and sync: yes"),
        "edges come first"
    );
    edges(system, &today, next).await?;
    ensure!(
        check(system, next)?.contains("as origin and sync: yes"),
        "edges are upgraded"
    );
    origin_and_sync(system, &today, next).await?;
    until_held(system, FORMAT + 1).await?;
    ensure!(
        !check(system, &today)?.contains("as the edge of eu-1: yes"),
        "the way back ends with edges"
    );
    origin_and_sync(system, next, &today).await?;
    until_held(system, FORMAT).await?;
    let may = check(system, &today)?;
    ensure!(
        may.contains("as the edge of eu-1: yes") && may.contains("as the edge of us-1: yes"),
        "{may}"
    );
    edges(system, next, &today).await?;
    let carried = load.end(system).await?;
    println!("{carried:?}");
    ensure!(!system.sync.log().contains("refuses"), "a delivery was refused");
    system.until_shown(&german, &["Component 0"]).await?;

    wrong_order(system, &page, &today, next).await
}

/// Origin and sync first: regions keep what they have until their edges follow.
async fn wrong_order(system: &mut System, page: &Page, today: &Programs, next: &Programs) -> Result<()> {
    origin_and_sync(system, today, next).await?;
    let renamed = json!({ "name": "Renamed meanwhile" });
    system.push.change(&page.path(""), &renamed).await?;
    eventually("the sync says why it carries nothing", ARRIVAL_MAX, async || {
        ensure!(system.sync.log().contains("until the edge is upgraded"), "it does not");
        Ok(())
    })
    .await?;
    for region in &system.regions {
        let shown = region.visitor.page(&page.host, "/").await?;
        ensure!(
            !shown.contains("Renamed meanwhile"),
            "{} shows what it cannot read",
            region.name
        );
    }
    edges(system, today, next).await?;
    system.until_shown(page, &["Renamed meanwhile"]).await
}

async fn edges(system: &mut System, from: &Programs, to: &Programs) -> Result<()> {
    for region in &mut system.regions {
        change(&mut region.edge, from, to).await?;
    }
    Ok(())
}

async fn origin_and_sync(system: &mut System, from: &Programs, to: &Programs) -> Result<()> {
    change(&mut system.sync, from, to).await?;
    change(&mut system.origin, from, to).await
}

async fn change(program: &mut Program, from: &Programs, to: &Programs) -> Result<()> {
    program.replace_programs(from, to);
    program.restart().await
}

/// Until every region was filled with records of this format.
async fn until_held(system: &System, format: u8) -> Result<()> {
    for region in &system.regions {
        let what = format!("{} holds records of format {format}", region.name);
        let put_client = system.put_client(region)?;
        eventually(&what, ARRIVAL_MAX, async || {
            let cursor = put_client
                .put_batch(&Batch::default())
                .await?
                .cursor
                .context("no cursor")?;
            let lineage = cursor.lineage.as_ref().context("no lineage")?;
            ensure!(lineage.format == format && !cursor.filling, "it stands at {cursor:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// What `pharos version --check` of these programs says.
fn check(system: &System, programs: &Programs) -> Result<String> {
    let mut command = programs.command(&["version", "--check"]);
    let output = command.args(system.sync_arguments()).output()?;
    Ok(String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?)
}
