//! Imports after the first, of a page that goes on there and here.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::LoneOrigin;

use super::{
    Imported,
    documents::{ALPHA, BETA, Documents, PAGE, component, hours_ago, incident, maintenance, saying, update, with},
    run_import,
};

struct Move {
    origin: LoneOrigin,
    folder: TempDir,
}

impl Move {
    async fn start() -> Result<Self> {
        Ok(Self {
            origin: LoneOrigin::start().await?,
            folder: TempDir::with_prefix("pharos-")?,
        })
    }

    fn import(&self, documents: &Documents, more: &[&str]) -> Result<Imported> {
        documents.write(self.folder.path())?;
        run_import(
            &self.origin.programs,
            &self.origin.push,
            self.folder.path(),
            self.origin.dir(),
            more,
        )
    }

    async fn read(&self, path: &str) -> Result<Value> {
        self.origin.push.read(&format!("/pages/{PAGE}{path}")).await
    }

    async fn change(&self, path: &str, patch: Value) -> Result<()> {
        self.origin
            .push
            .change(&format!("/pages/{PAGE}{path}"), &patch)
            .await
            .map(drop)
    }
}

fn first_update() -> Value {
    saying(
        "updfirst0001",
        "investigating",
        hours_ago(3),
        ALPHA,
        "degraded_performance",
    )
}

fn first() -> Documents {
    let mut documents = Documents::new();
    documents.summary["components"][0] = component(ALPHA, "Alpha", "degraded_performance");
    documents.incidents = vec![incident("incfollow001", "investigating", &[first_update()])];
    documents.maintenances = Some(vec![maintenance(
        "mntfollow001",
        "scheduled",
        (hours_ago(-100), hours_ago(-102)),
        &[update("updwork00001", "scheduled", hours_ago(4))],
    )]);
    documents
}

fn second() -> Documents {
    let mut documents = first();
    documents.summary["components"][0] = with(
        component(ALPHA, "Alpha two", "operational"),
        "description",
        json!("New."),
    );
    let renamed = incident(
        "incfollow001",
        "resolved",
        &[
            saying("updfirst0003", "resolved", hours_ago(1), ALPHA, "operational"),
            saying("updfirst0002", "identified", hours_ago(2), ALPHA, "major_outage"),
            with(first_update(), "body", json!("Corrected.")),
        ],
    );
    documents.incidents = vec![with(
        with(renamed, "name", json!("New name")),
        "impact",
        json!("critical"),
    )];
    documents.maintenances = Some(vec![maintenance(
        "mntfollow001",
        "scheduled",
        (hours_ago(-200), hours_ago(-202)),
        &[update("updwork00001", "scheduled", hours_ago(4))],
    )]);
    documents
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_there_is_followed() -> Result<()> {
    let page = Move::start().await?;
    let imported = page.import(&first(), &[])?;
    ensure!(imported.is_whole, "{imported:?}");
    let alpha = page.read(&format!("/components/{ALPHA}")).await?;
    ensure!(
        alpha["status"] == "degraded_performance" && alpha["own_status"] == "operational",
        "{alpha}"
    );

    let second = second();
    let told = page.import(&second, &["--dry-run"])?;
    let unchanged = page.read("/incidents/incfollow001").await?;
    ensure!(
        unchanged["name"] == "Incident incfollow001",
        "a dry run changed {unchanged}"
    );
    let done = page.import(&second, &[])?;
    ensure!(
        done.is_whole && done.lines == told.lines,
        "told {told:?}\ndone {done:?}"
    );
    ensure!(done.of("follows").len() >= 4, "{done:?}");

    let incident = page.read("/incidents/incfollow001").await?;
    let expected = json!({ "name": "New name", "impact": "critical", "status": "resolved" });
    for (field, value) in expected.as_object().into_iter().flatten() {
        ensure!(incident[field] == *value, "{field} of {incident}");
    }
    let corrected = page.read("/incidents/incfollow001/updates/updfirst0001").await?;
    ensure!(corrected["body"] == "Corrected.", "{corrected}");
    let alpha = page.read(&format!("/components/{ALPHA}")).await?;
    ensure!(
        alpha["name"] == "Alpha two" && alpha["description"] == "New." && alpha["status"] == "operational",
        "{alpha}"
    );
    let work = page.read("/maintenances/mntfollow001").await?;
    ensure!(work["starts_at"] == hours_ago(-200), "{work}");

    let third = page.import(&second, &[])?;
    ensure!(third.is_whole && third.of("follows").is_empty(), "{third:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_here_is_kept_and_said() -> Result<()> {
    let page = Move::start().await?;
    ensure!(page.import(&first(), &[])?.is_whole, "the first import");
    page.change(&format!("/components/{BETA}"), json!({ "name": "Our Beta" }))
        .await?;
    let kept = page.import(&first(), &[])?;
    ensure!(kept.is_whole && kept.of("kept").len() == 1, "{kept:?}");

    page.change("/incidents/incfollow001", json!({ "name": "Our name" }))
        .await?;
    let differs = page.import(&second(), &[])?;
    ensure!(!differs.is_whole, "{differs:?}");
    let lines = differs.of("differs");
    ensure!(
        lines.len() == 1 && lines[0].contains(r#"name: "New name" there, "Our name" here"#),
        "{differs:?}"
    );
    let incident = page.read("/incidents/incfollow001").await?;
    ensure!(
        incident["name"] == "Our name" && incident["status"] == "resolved",
        "{incident}"
    );

    let theirs = page.import(&second(), &["--theirs"])?;
    ensure!(theirs.is_whole, "{theirs:?}");
    let (incident, beta) = (
        page.read("/incidents/incfollow001").await?,
        page.read(&format!("/components/{BETA}")).await?,
    );
    ensure!(
        incident["name"] == "New name" && beta["name"] == "Beta",
        "{incident} {beta}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_ended_early_is_finished_by_the_next() -> Result<()> {
    let page = Move::start().await?;
    let mut begun = second();
    begun.incidents.clear();
    begun.maintenances = None;
    ensure!(page.import(&begun, &[])?.is_whole, "the page and its components");
    // As far as an import came that ended after the first update, and nobody remembers it.
    let body = json!({
        "id": "incfollow001", "name": "New name", "impact": "critical", "status": "investigating", "body": "Corrected.",
        "at": first_update()["display_at"], "update_id": "updfirst0001",
        "components": [{ "id": ALPHA, "status": "degraded_performance" }],
    });
    page.origin
        .push
        .create(&format!("/pages/{PAGE}/incidents"), &body)
        .await?;
    std::fs::remove_file(page.origin.dir().join("brought.json"))?;
    let finished = page.import(&second(), &[])?;
    ensure!(finished.is_whole, "{finished:?}");
    let incident = page.read("/incidents/incfollow001").await?;
    ensure!(incident["status"] == "resolved", "{incident}");
    Ok(())
}
