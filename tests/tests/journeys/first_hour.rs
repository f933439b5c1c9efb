//! A newcomer types what README and `docs/first-page.md` say, as it stands there, and ends with a page of their own.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tests::{
    Visitor, eventually,
    program::{Program, Programs},
    system::ARRIVAL_MAX,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_first_pages_say_leads_to_a_page_of_ones_own() -> Result<()> {
    let dir = TempDir::with_prefix("pharos-first-")?;
    let programs = Programs::debug()?;
    shim(&programs, dir.path())?;
    let typed = console(&document("README.md")?);
    ensure!(typed == ["cargo xtask up", "cargo xtask test"], "{typed:?}");
    let began = Instant::now();
    let mut up = Program::of(Path::new("/bin/sh"), "up", shell(&typed[0], dir.path()), dir.path());
    up.start()?;
    let outcome = walk(&up, dir.path()).await;
    if outcome.is_err() {
        eprintln!("{}\n{}", up.output(), up.log_end());
    }
    outcome?;
    up.interrupt()?;
    up.exit(WAIT_MAX).await?;
    let spent = spent_by_programs()?;
    eprintln!("the walk took {:?}, and {spent:?} of the processor", began.elapsed());
    ensure!(spent < MACHINE_TIME_MAX, "it took {spent:?} of the processor");
    Ok(())
}

async fn walk(up: &Program, dir: &Path) -> Result<()> {
    let curl = eventually("up says that it is ready", WAIT_MAX, async || {
        let output = up.output();
        ensure!(
            output.lines().any(|line| line.starts_with("ready http://")),
            "not ready"
        );
        let curl = output.lines().find(|line| line.starts_with("curl "));
        curl.map(str::to_owned).context("no line to paste")
    })
    .await?;
    let posted: Value = serde_json::from_str(&run(&curl, dir)?)?;
    ensure!(posted["name"] == "Dashboard is slow to load", "{posted}");

    let ready: Value = serde_json::from_slice(&fs::read(dir.join("target/up/ready.json"))?)?;
    let first = ready["regions"][0]["url"].as_str().context("no region")?;
    let visitor = Visitor::new(first.trim_start_matches("http://").trim_end_matches('/').parse()?)?;
    let (name, update) = ("API answers slowly", "One replica fell behind.");
    let mut typed = String::new();
    for block in blocks(&document("docs/first-page.md")?, "sh") {
        typed.push_str(&block);
        // All of a shell's session, as functions and variables stay in it.
        let script = format!("set -eu\n{typed}");
        let is_told = block.contains("identified");
        if is_told || block.contains("former_hosts") {
            run(&script, dir)?;
            typed = setting_up(&typed);
        }
        if is_told {
            eventually("the page of one's own shows the incident", ARRIVAL_MAX, async || {
                visitor.shows("acme.localhost", &["Acme", name, update]).await
            })
            .await?;
        }
    }
    eventually("it ends at the own host", ARRIVAL_MAX, async || {
        visitor.shows("status.acme.com", &["Acme", name]).await?;
        let status = visitor.visit("acme.localhost", "/").await?.status;
        ensure!(status == 410, "the host that was given up answers {status}");
        Ok(())
    })
    .await
}

/// What of a session still counts for what is typed next: its variables and functions, not what was pushed.
fn setting_up(typed: &str) -> String {
    let is_setting = |line: &&str| line.starts_with(". ") || line.starts_with("push() ") || line.contains("=acme");
    typed
        .lines()
        .filter(is_setting)
        .fold(String::new(), |all, line| all + line + "\n")
}

/// `cargo xtask up` with what is built already, on free ports, as other tests run beside this one.
fn shim(programs: &Programs, dir: &Path) -> Result<()> {
    let script = format!(
        "#!/bin/sh\n[ \"$1 $2\" = 'xtask up' ] || exit 1\nexec '{}' up --port 0 --data target/up --component '{}'\n",
        programs.pharos.display(),
        programs.component.display()
    );
    let file = dir.join("bin/cargo");
    fs::create_dir_all(dir.join("bin"))?;
    fs::write(&file, script)?;
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o755))?)
}

fn shell(typed: &str, dir: &Path) -> Vec<String> {
    let path = std::env::var("PATH").unwrap_or_default();
    let line = format!("cd '{0}' && PATH='{0}/bin':'{path}' && exec {typed}", dir.display());
    vec!["-c".to_owned(), line]
}

fn run(typed: &str, dir: &Path) -> Result<String> {
    let output = Command::new("bash").args(["-c", typed]).current_dir(dir).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{typed}\nsays {said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(said)
}

fn document(name: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    fs::read_to_string(&path).with_context(|| format!("{}", path.display()))
}

/// Lines that are typed, without what is printed.
fn console(text: &str) -> Vec<String> {
    let blocks = blocks(text, "console").into_iter();
    let lines: Vec<String> = blocks
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let typed = lines.iter().filter_map(|line| line.strip_prefix("$ "));
    typed.map(str::to_owned).collect()
}

fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let rests = text.split(&fence).skip(1);
    rests
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block.to_owned())
        .collect()
}

/// What all programs used that this process ran and saw end. How long the walk took says more of what else this machine does.
fn spent_by_programs() -> Result<Duration> {
    let of_process = fs::read_to_string("/proc/self/stat")?;
    // Behind the name of the program, which may have any sign in it.
    let (_, fields) = of_process.rsplit_once(')').context("no name")?;
    let ticks = fields.split_whitespace().skip(13).take(2).map(str::parse::<u64>);
    let ticks: u64 = ticks.sum::<std::result::Result<_, _>>()?;
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_IN_A_SECOND))
}

/// Of the machine's time, builds apart.
const MACHINE_TIME_MAX: Duration = Duration::from_secs(300);
/// As the kernel tells them to programs, on every machine.
const TICKS_IN_A_SECOND: u64 = 100;
const WAIT_MAX: Duration = Duration::from_secs(120);
