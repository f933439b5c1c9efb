//! An older state of the origin's database is put back, while the regions have seen more.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use tests::{Page, System, eventually::eventually, program::Programs, push::NewIncident, system::ARRIVAL_MAX};

#[tokio::test(flavor = "multi_thread")]
async fn older_database_that_is_put_back_reaches_every_region() -> Result<()> {
    let copy = async |system: &mut System| {
        system.origin.kill();
        let copy = system.copy_database()?;
        system.origin.start()?;
        system.origin.healthy().await?;
        Ok(copy)
    };
    let put_back = |system: &System, copy: &TempDir| system.put_database_back(copy);
    System::journey(async |system| older_state_comes_back(system, copy, put_back).await).await
}

/// What stands in the log beside it would be lost with a copy of the database alone.
#[tokio::test(flavor = "multi_thread")]
async fn origin_that_is_stopped_leaves_one_whole_file() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "kept", 2).await?;
        open(system, &page, "Before the stop").await?;
        system.origin.interrupt()?;
        system.origin.exit(ARRIVAL_MAX).await?;
        let folder = system.origin_folder();
        let files = fs::read_dir(&folder)?.map(|entry| Ok(text(Path::new(&entry?.file_name()))));
        let mut files = files.collect::<Result<Vec<String>>>()?;
        files.sort();
        ensure!(files == ["origin.db", "origin.lock", "sign-in.db"], "{files:?}");
        // Has ended, and may be started again.
        system.origin.kill();
        system.origin.start()?;
        system.origin.healthy().await?;
        system.until_shown(&page, &["Before the stop"]).await
    })
    .await
}

/// As an operator does it: the backup is made while the origin is at work.
#[tokio::test(flavor = "multi_thread")]
async fn backup_that_is_restored_reaches_every_region() -> Result<()> {
    let backup = async |system: &mut System| {
        let folder = TempDir::with_prefix("pharos-backup-")?;
        let to = folder.path().join("pages.db");
        let said = pharos(&["backup", "--data", &text(&system.origin_folder()), "--to", &text(&to)])?;
        ensure!(said.contains("1 page, changes up to "), "{said}");
        Ok(folder)
    };
    let restore = |system: &System, backup: &TempDir| {
        let (data, from) = (text(&system.origin_folder()), text(&backup.path().join("pages.db")));
        let restore = ["restore", "--data", &data, "--from", &from];
        let refused = pharos(&restore)
            .err()
            .context("it took the place of a database untold")?;
        ensure!(refused.to_string().contains("--replace"), "{refused}");
        let looked = pharos(&[&restore[..], &["--dry-run"]].concat())?;
        ensure!(
            looked.contains("It would replace a database which has changes up to "),
            "{looked}"
        );
        let said = pharos(&[&restore[..], &["--replace"]].concat())?;
        ensure!(
            said.contains("1 page, changes up to ") && said.contains("start the origin"),
            "{said}"
        );
        Ok(())
    };
    System::journey(async |system| older_state_comes_back(system, backup, restore).await).await
}

/// What was made after the copy is gone everywhere, and what comes after it was put back arrives.
async fn older_state_comes_back(
    system: &mut System,
    copy: impl AsyncFnOnce(&mut System) -> Result<TempDir>,
    put_back: impl FnOnce(&System, &TempDir) -> Result<()>,
) -> Result<()> {
    let kept = Page::create(&system.push, "kept", 2).await?;
    open(system, &kept, "Before the copy").await?;
    system.until_settled(&kept).await?;
    let copy = copy(system).await?;

    let forgotten = Page::create(&system.push, "later", 1).await?;
    open(system, &kept, "After the copy").await?;
    system
        .push
        .change(&kept.path(""), &json!({ "name": "Renamed" }))
        .await?;
    system.until_shown(&forgotten, &["Component 0"]).await?;
    system.until_shown(&kept, &["After the copy", "Renamed"]).await?;
    system.until_settled(&kept).await?;

    system.origin.kill();
    put_back(system, &copy)?;
    system.origin.start()?;
    system.origin.healthy().await?;
    for region in &system.regions {
        let what = format!("{} has the older state", region.name);
        eventually(&what, ARRIVAL_MAX, async || {
            region.visitor.shows(&kept.host, &["Before the copy"]).await?;
            let page = region.visitor.page(&kept.host, "/").await?;
            let is_old = !page.contains("After the copy") && !page.contains("Renamed");
            ensure!(is_old, "it shows what was changed after the copy");
            let status = region.visitor.visit(&forgotten.host, "/").await?.status;
            ensure!(status == 404, "{} answers {status}", forgotten.host);
            Ok(())
        })
        .await?;
    }

    // A change arrives although regions had seen higher sequence numbers than the copy.
    open(system, &kept, "Since it was put back").await?;
    system
        .until_shown(&kept, &["Before the copy", "Since it was put back"])
        .await
}

/// What a command says, unless it fails.
fn pharos(args: &[&str]) -> Result<String> {
    let output = Programs::debug()?.command(args).output()?;
    let said = String::from_utf8(output.stderr)?;
    ensure!(output.status.success(), "{args:?}: {said}");
    Ok(said)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

async fn open(system: &System, page: &Page, name: &str) -> Result<()> {
    let incident = NewIncident {
        name: name.to_owned(),
        body: "It is looked into.".into(),
        ..NewIncident::default()
    };
    system.push.incident(&page.id, &incident).await.map(drop)
}
