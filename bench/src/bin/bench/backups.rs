//! Backups under load: what pushes pay for them, whether each is whole, and how soon every region has an older state again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use bench::quantile::quantile;
use futures_util::future::try_join_all;
use origin_engine::sql;
use tempfile::TempDir;
use tests::{Page, System, eventually, program::Programs, push::NewIncident, system::REGIONS};

use crate::{
    effort::Effort,
    report::{Report, Target},
};

pub async fn measure(programs: &Programs, effort: &Effort, report: &mut Report) -> Result<()> {
    let mut system = System::boot(programs.clone(), &REGIONS).await?;
    let outcome = walk(&mut system, effort, report).await.and_then(|()| system.check());
    if outcome.is_err() {
        system.show_logs();
    }
    outcome
}

async fn walk(system: &mut System, effort: &Effort, report: &mut Report) -> Result<()> {
    let mut pages = Vec::new();
    for number in 0..PUSHERS {
        pages.push(Page::create(&system.push, &format!("backup{}", letter(number)), 4).await?);
    }
    let load = Load::default();
    let time = BACKUP_INTERVAL * u32::try_from(effort.backups)?;
    let quiet_ms = load
        .run(system, &pages, async {
            tokio::time::sleep(time).await;
            Ok(())
        })
        .await?;
    let folder = TempDir::with_prefix("pharos-backups-")?;
    let mut made = Vec::new();
    let making = async {
        for number in 0..effort.backups {
            let turn = tokio::time::sleep(BACKUP_INTERVAL);
            let to = folder.path().join(format!("{number}.db"));
            let before = load.last();
            let data = system.origin_folder();
            let (programs, file) = (system.programs.clone(), to.clone());
            tokio::task::spawn_blocking(move || backup(&programs, &data, &file)).await??;
            made.push((to, before));
            turn.await;
        }
        Ok(())
    };
    let busy_ms = load.run(system, &pages, making).await?;
    let p99 = |latencies: &[f64]| quantile(latencies, 0.99).context("no pushes");
    let (quiet, busy) = (p99(&quiet_ms)?, p99(&busy_ms)?);
    report.add("push of 8 at once, p99, quiet", quiet, "ms", Target::None);
    report.add("push of 8 at once, p99, a backup each 10 s", busy, "ms", Target::None);
    report.add(
        "p99 with backups by p99 without",
        busy / quiet,
        "×",
        Target::AtMost(1.5),
    );
    for (file, before) in &made {
        is_one_moment(system, file, *before, &load).await?;
    }
    report.add(
        "backups that are one moment, restored",
        made.len() as f64,
        "",
        Target::None,
    );
    let oldest = made.first().context("no backup was made")?;
    let took = put_back(system, &pages, &oldest.0).await?;
    report.add(
        "oldest backup in every region",
        took.as_secs_f64(),
        "s",
        Target::AtMost(60.0),
    );
    Ok(())
}

/// What was acknowledged, by its sequence number.
#[derive(Default)]
struct Load {
    acknowledged: Mutex<BTreeMap<u64, String>>,
    number: AtomicUsize,
}

impl Load {
    fn last(&self) -> u64 {
        let acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        acknowledged.keys().last().copied().unwrap_or(0)
    }

    fn up_to(&self, seq: u64) -> Vec<String> {
        let acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<_> = acknowledged.range(..=seq).map(|(_, name)| name.clone()).collect();
        names.sort();
        names
    }

    /// How long each push took, in milliseconds, while something else went on.
    async fn run(
        &self,
        system: &System,
        pages: &[Page],
        meanwhile: impl Future<Output = Result<()>>,
    ) -> Result<Vec<f64>> {
        let over = AtomicBool::new(false);
        let pushing = try_join_all(pages.iter().map(|page| self.push(system, page, &over)));
        let ending = async {
            let outcome = meanwhile.await;
            over.store(true, Ordering::Relaxed);
            outcome
        };
        let (latencies, outcome) = tokio::join!(pushing, ending);
        outcome?;
        Ok(latencies?.concat())
    }

    async fn push(&self, system: &System, page: &Page, over: &AtomicBool) -> Result<Vec<f64>> {
        let (mut latencies_ms, mut page) = (Vec::new(), page.clone());
        while !over.load(Ordering::Relaxed) {
            let number = self.number.fetch_add(1, Ordering::Relaxed);
            if (latencies_ms.len() + 1).is_multiple_of(PAGE_INCIDENTS_MAX) {
                page = Page::create(&system.push, &letters(number), 4).await?;
            }
            let incident = NewIncident {
                name: format!("Incident {number}"),
                body: "It is looked into.".into(),
                status: Some("resolved".into()),
                ..NewIncident::default()
            };
            let began = Instant::now();
            let seq = system.push.incident(&page.id, &incident).await?.change_seq()?;
            latencies_ms.push(began.elapsed().as_secs_f64() * 1_000.0);
            let mut acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            acknowledged.insert(seq, incident.name);
        }
        Ok(latencies_ms)
    }
}

fn backup(programs: &Programs, data: &Path, to: &Path) -> Result<()> {
    run(programs, &["backup", "--data", &text(data), "--to", &text(to)])
}

fn run(programs: &Programs, args: &[&str]) -> Result<()> {
    let output = programs.command(args).output()?;
    ensure!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Restored into a new folder, it has every change up to its last one, and everything that was acknowledged before it began.
async fn is_one_moment(system: &System, file: &Path, before: u64, load: &Load) -> Result<()> {
    let folder = TempDir::with_prefix("pharos-restored-")?;
    let data = folder.path().join("origin");
    run(
        &system.programs,
        &["restore", "--data", &text(&data), "--from", &text(file)],
    )?;
    let head: i64 = scalar(file, "SELECT COALESCE(MAX(seq), 0) FROM outbox").await?;
    let head = u64::try_from(head)?;
    ensure!(head >= before, "{} lacks change {before}", file.display());
    let mut conn = sql::open_file(&data.join("origin.db")).await?;
    let names = sql::query_scalar("SELECT name FROM incidents WHERE name LIKE 'Incident %' ORDER BY name");
    let names: Vec<String> = names.fetch_all(&mut conn).await?;
    sql::close(conn).await?;
    ensure!(
        names == load.up_to(head),
        "{} is no moment of the database",
        file.display()
    );
    Ok(())
}

async fn scalar(file: &Path, query: &'static str) -> Result<i64> {
    let mut conn = sql::open_file(file).await?;
    let found = sql::query_scalar(query).fetch_one(&mut conn).await?;
    sql::close(conn).await?;
    Ok(found)
}

/// How long it takes from the start of the origin until every region equals it, and knows nothing of what came later.
async fn put_back(system: &mut System, pages: &[Page], backup: &Path) -> Result<Duration> {
    let later = Page::create(&system.push, "later", 1).await?;
    system.until_shown(&later, &["Component 0"]).await?;
    system.origin.interrupt()?;
    system.origin.exit(STOP_MAX).await?;
    system.origin.kill();
    let data = text(&system.origin_folder());
    run(
        &system.programs,
        &["restore", "--data", &data, "--from", &text(backup), "--replace"],
    )?;
    let began = Instant::now();
    system.origin.start()?;
    system.origin.healthy().await?;
    for region in &system.regions {
        let what = format!("{} has the older state", region.name);
        eventually(&what, RESTORED_MAX, async || {
            let status = region.visitor.visit(&later.host, "/").await?.status;
            ensure!(status == 404, "{} answers {status}", later.host);
            for page in pages {
                system.ensure_every_record(region, &page.id).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(began.elapsed())
}

fn text(path: &Path) -> String {
    PathBuf::from(path).to_string_lossy().into_owned()
}

/// A name that no other number has.
fn letters(number: usize) -> String {
    let places = (0..7).rev().map(|place| letter(number / 26_usize.pow(place)));
    places.collect()
}

fn letter(number: usize) -> char {
    char::from(b'a' + u8::try_from(number % 26).unwrap_or(0))
}

const PUSHERS: usize = 8;
/// Then another page has the next ones: each push to a page with thousands of them costs more, and what is compared would be how many
/// there are.
const PAGE_INCIDENTS_MAX: usize = 100;
const BACKUP_INTERVAL: Duration = Duration::from_secs(10);
const STOP_MAX: Duration = Duration::from_secs(30);
const RESTORED_MAX: Duration = Duration::from_secs(120);
