//! Imported Statuspage v2 documents are served again: every field that Pharos keeps, word for word.
//!
//! The documents are made here with all that real ones have been seen to hold. With `PHAROS_STATUSPAGE_DOCUMENTS=FOLDER`
//! an operator's own page is put to the test; without, that test counts as skipped.

mod compare;
mod documents;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tests::{Page, System};

use self::{compare::Expected, documents::Documents};

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_document_is_served_as_imported() -> Result<()> {
    imports_and_compares(&Documents::with_every_feature()).await
}

/// Run it with `-- --ignored`: without documents there is nothing to compare, and that must not look like a pass.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a folder of documents in PHAROS_STATUSPAGE_DOCUMENTS"]
async fn documents_of_the_operator_are_served_as_imported() -> Result<()> {
    let folder = std::env::var_os(DOCUMENTS).with_context(|| format!("{DOCUMENTS} names no folder"))?;
    imports_and_compares(&Documents::read(Path::new(&folder))?).await
}

async fn imports_and_compares(documents: &Documents) -> Result<()> {
    System::journey(async |system| {
        let page = Page {
            id: documents.page_id()?.to_owned(),
            name: documents.page()["name"].as_str().context("a name")?.to_owned(),
            host: "golden.localhost".into(),
        };
        let folder = TempDir::with_prefix("pharos-")?;
        documents.write(folder.path())?;
        import(system, folder.path(), &page.host)?;
        let before = system.until_settled(&page).await?;
        edge_serves_the_same_documents(system, &page, documents).await?;
        archives_hold_all_events(system, &page, documents).await?;

        import(system, folder.path(), &page.host)?;
        let after = system.records(&page.id).await?.seq;
        ensure!(
            after == before.seq,
            "a second import made changes {} to {after}",
            before.seq + 1
        );
        Ok(())
    })
    .await
}

async fn edge_serves_the_same_documents(system: &System, page: &Page, documents: &Documents) -> Result<()> {
    let read = async |path: &str| -> Result<Value> {
        let json = system.regions[0]
            .visitor
            .page(&page.host, &format!("/api/v2/{path}.json"))
            .await?;
        Ok(serde_json::from_str(&json)?)
    };
    let expected = Expected::of(documents.page(), &page.host);
    let (incidents, maintenances) = (documents.incidents(), documents.maintenances());
    let summary = read("summary").await?;
    let unresolved = documents::of_status(incidents, &["investigating", "identified", "monitoring"]);
    let not_over = documents::of_status(maintenances, &["scheduled", "in_progress", "verifying"]);
    expected.page(&summary["page"])?;
    expected.components("summary", documents.components(), &summary["components"])?;
    expected.events("summary", &unresolved, &summary["incidents"])?;
    expected.events("summary", &not_over, &summary["scheduled_maintenances"])?;
    ensure!(
        read("status").await?["status"] == summary["status"],
        "the status is the summary's"
    );
    expected.components(
        "components",
        documents.components(),
        &read("components").await?["components"],
    )?;
    for (path, key, events) in [
        ("incidents", "incidents", documents::newest(incidents)),
        ("incidents/unresolved", "incidents", unresolved),
        (
            "scheduled-maintenances",
            "scheduled_maintenances",
            documents::newest(maintenances),
        ),
        (
            "scheduled-maintenances/upcoming",
            "scheduled_maintenances",
            documents::of_status(maintenances, &["scheduled"]),
        ),
        (
            "scheduled-maintenances/active",
            "scheduled_maintenances",
            documents::of_status(maintenances, &["in_progress", "verifying"]),
        ),
    ] {
        expected.events(path, &events, &read(path).await?[key])?;
    }
    Ok(())
}

/// The documents list fifty; the history has all of them.
async fn archives_hold_all_events(system: &System, page: &Page, documents: &Documents) -> Result<()> {
    let expected = Expected::of(documents.page(), &page.host);
    let archives = system.records(&page.id).await?.archives()?;
    let incidents = archives.iter().rev().flat_map(|(_, archive)| &archive.incidents);
    let incidents: Vec<Value> = incidents
        .map(|incident| compare::incident(&page.id, incident))
        .collect();
    expected.events("archives", documents.incidents(), &incidents.into())?;
    let maintenances = archives.iter().rev().flat_map(|(_, archive)| &archive.maintenances);
    let maintenances: Vec<Value> = maintenances.map(|one| compare::maintenance(&page.id, one)).collect();
    let begun = documents::of_status(documents.maintenances(), &["in_progress", "verifying", "completed"]);
    expected.events("archives", &begun, &maintenances.into())
}

fn import(system: &System, folder: &Path, host: &str) -> Result<()> {
    let state = folder.join("brought.json").display().to_string();
    let folder = folder.display().to_string();
    let (api, token) = (system.push.url(), system.push.token());
    let args = [
        "import",
        "statuspage",
        &folder,
        "--api",
        api,
        "--token",
        token,
        "--host",
        host,
        "--state",
        &state,
    ];
    let output = system.programs.command(&args).output()?;
    let shown = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the import failed: {shown}");
    Ok(())
}

const DOCUMENTS: &str = "PHAROS_STATUSPAGE_DOCUMENTS";
