//! A page moves in from its public documents; doing it again changes nothing.

mod documents;
mod later;
mod odd;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tempfile::TempDir;
use tests::{Page, Push, System, program::Programs};

#[tokio::test(flavor = "multi_thread")]
async fn importing_twice_gives_the_complete_page_and_changes_nothing() -> Result<()> {
    System::journey(async |system| {
        let (page, state) = (harbour(), TempDir::with_prefix("pharos-")?);
        import(system, &fixture(), &page.host, &state)?;
        let texts = [
            "Harbour Lights",
            "Cranes - North",
            "The fog bell is silent",
            "It is rung by hand.",
        ];
        system.until_shown(&page, &texts[..1]).await?;
        let before = system.until_settled(&page).await?;
        has_what_the_documents_say(system, &page).await?;

        import(system, &fixture(), &page.host, &state)?;
        let after = system.records(&page.id).await?;
        ensure!(
            after.seq == before.seq,
            "the second import made changes {} to {}",
            before.seq + 1,
            after.seq
        );
        ensure!(after.records == before.records, "the second import changed the records");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_the_complete_history_of_github() -> Result<()> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/github-status");
    if !dir.exists() {
        println!("skipped: there is no {} with GitHub's documents", dir.display());
        return Ok(());
    }
    System::journey(async |system| {
        let page = Page {
            id: "kctbh9vrtdwd".into(),
            name: "GitHub".into(),
            host: "github.localhost".into(),
        };
        let state = TempDir::with_prefix("pharos-")?;
        import(system, &dir, &page.host, &state)?;
        for (list, count) in [("/incidents", 801), ("/maintenances", 18), ("/components", 11)] {
            let found = system.push.list(&page.path(list)).await?.len();
            ensure!(found == count, "{list} has {found} of {count}");
        }
        system.until_settled(&page).await?;
        system.until_shown(&page, &["Git Operations"]).await
    })
    .await
}

/// What an import printed, and whether it said that all is well.
#[derive(Debug)]
struct Imported {
    lines: Vec<String>,
    is_whole: bool,
    said: String,
}

impl Imported {
    /// The lines that begin with a word, without it.
    fn of(&self, word: &str) -> Vec<&str> {
        let of_word = |line| str::strip_prefix(line, word).filter(|rest| rest.starts_with(' '));
        self.lines
            .iter()
            .filter_map(|line| of_word(line))
            .map(str::trim)
            .collect()
    }
}

fn import(system: &System, dir: &Path, host: &str, state: &TempDir) -> Result<()> {
    let imported = run_import(&system.programs, &system.push, dir, state.path(), &["--host", host])?;
    ensure!(imported.is_whole, "the import failed: {imported:?}");
    Ok(())
}

fn run_import(programs: &Programs, push: &Push, dir: &Path, state: &Path, more: &[&str]) -> Result<Imported> {
    let (dir, state) = (
        dir.display().to_string(),
        state.join("brought.json").display().to_string(),
    );
    let mut args = vec![
        "import",
        "statuspage",
        &dir,
        "--api",
        push.url(),
        "--token",
        push.token(),
    ];
    args.extend(["--state", &state]);
    args.extend(more);
    let output = programs.command(&args).output()?;
    Ok(Imported {
        lines: String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        is_whole: output.status.success(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

async fn has_what_the_documents_say(system: &System, page: &Page) -> Result<()> {
    let incident = system.push.read(&page.path("/incidents/hl0incident1")).await?;
    ensure!(
        incident["name"] == "The fog bell is silent" && incident["impact"] == "major",
        "{incident}"
    );
    let updates = system.push.list(&page.path("/incidents/hl0incident1/updates")).await?;
    ensure!(updates.len() == 3, "{} updates of 3", updates.len());
    let component = system.push.read(&page.path("/components/hl00cranesno")).await?;
    ensure!(component["group_id"] == "hl0000cranes", "{component}");
    let maintenances = system.push.list(&page.path("/maintenances")).await?;
    ensure!(
        maintenances.len() == 1 && maintenances[0]["status"] == "completed",
        "{maintenances:?}"
    );
    Ok(())
}

fn harbour() -> Page {
    Page {
        id: "hl0000000001".into(),
        name: "Harbour Lights".into(),
        host: "harbour.localhost".into(),
    }
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/harbour")
}
