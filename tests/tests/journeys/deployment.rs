//! Units for systemd and files for containers: as far as a machine can say that runs neither.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tests::program::Programs;

const INSTALLED: &str = "/usr/local/bin/pharos";

#[test]
#[cfg_attr(not(may_analyze_units), ignore = "needs systemd-analyze")]
fn units_are_valid_and_let_services_do_little() -> Result<()> {
    let dir = TempDir::with_prefix("pharos-units-")?;
    let mut units = Vec::new();
    for file in files("systemd")? {
        let name = file.file_name().context("a file")?.to_string_lossy().into_owned();
        if name.ends_with(".sysusers") {
            continue;
        }
        // The program lies elsewhere here.
        let text = fs::read_to_string(&file)?.replace(INSTALLED, "/bin/true");
        fs::write(dir.path().join(&name), text)?;
        units.push(name);
    }
    let analyze = |args: &[&str]| -> Result<String> {
        let output = Command::new("systemd-analyze")
            .args(args)
            .current_dir(dir.path())
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "systemd-analyze {args:?}: {said}");
        Ok(said)
    };
    let local: Vec<String> = units.iter().map(|unit| format!("./{unit}")).collect();
    let verify: Vec<&str> = ["verify", "--man=no"]
        .into_iter()
        .chain(local.iter().map(String::as_str))
        .collect();
    let said = analyze(&verify)?;
    ensure!(!said.contains(&*dir.path().to_string_lossy()), "it warns: {said}");
    let services: Vec<_> = local.iter().filter(|unit| unit.ends_with(".service")).collect();
    ensure!(services.len() == 4, "{services:?}");
    for service in services {
        let text = fs::read_to_string(dir.path().join(service))?;
        ensure!(
            service.contains("sync") || text.contains("\nSystemCallFilter=sched_setattr\n"),
            "{service}: its threads that may wait cannot give way"
        );
        analyze(&["security", "--no-pager", "--offline=yes", EXPOSURE_MAX, service])?;
    }
    Ok(())
}

#[test]
fn units_start_what_the_program_takes() -> Result<()> {
    let mut started = 0;
    for file in files("systemd")? {
        let text = fs::read_to_string(&file)?;
        for line in text.lines().filter(|line| line.starts_with("ExecStart=")) {
            let line = line.trim_end_matches(['\'', '"']);
            let (_, command) = line
                .split_once(&format!("{INSTALLED} "))
                .with_context(|| line.to_owned())?;
            takes(&command.split_whitespace().collect::<Vec<_>>()).with_context(|| file.display().to_string())?;
            started += 1;
        }
        variables(&text)?;
    }
    ensure!(started == 4, "{started} services start something");
    Ok(())
}

#[test]
fn containers_start_what_the_program_takes() -> Result<()> {
    let compose = fs::read_to_string(folder("container").join("compose.yaml"))?;
    let commands = compose.lines().filter_map(|line| line.trim().strip_prefix("command: "));
    let commands: Vec<Vec<String>> = commands.map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(commands.len() == 3, "{commands:?}");
    for command in &commands {
        takes(&command.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    variables(&compose)?;
    // What it copies is what builds make, and what compose starts lies where it was copied to.
    let containerfile = fs::read_to_string(folder("container").join("Containerfile"))?;
    for (built, lies) in [
        ("release/pharos", INSTALLED),
        (
            "wasm32-wasip2/release/edge_steps.wasm",
            "/usr/local/lib/pharos/edge_steps.wasm",
        ),
    ] {
        ensure!(
            containerfile.contains(&format!("/pharos/target/{built} {lies}")),
            "{built}"
        );
    }
    ensure!(
        containerfile.contains(&format!("ENTRYPOINT [\"{INSTALLED}\"]")),
        "{containerfile}"
    );
    let rust = format!("docker.io/library/rust:{}-", env!("CARGO_PKG_RUST_VERSION"));
    ensure!(containerfile.contains(&rust), "it is built by another Rust than {rust}");
    Ok(())
}

/// Whether the program has this command with these flags.
fn takes(command: &[&str]) -> Result<()> {
    let name = command.first().context("no command")?;
    let help = help(name)?;
    let flags: Vec<_> = command.iter().filter(|word| word.starts_with("--")).collect();
    ensure!(!flags.is_empty(), "{command:?} has no flags");
    for flag in flags {
        let is_there = help.split_whitespace().any(|word| word == *flag);
        ensure!(is_there, "`pharos {name}` has no {flag}");
    }
    Ok(())
}

/// Whether some command reads each variable that a text names.
fn variables(text: &str) -> Result<()> {
    let known = ["origin", "sync", "edge", "backup"]
        .map(help)
        .into_iter()
        .collect::<Result<String>>()?;
    let names = text
        .split(|c: char| !c.is_ascii_uppercase() && c != '_')
        .filter(|word| word.starts_with("PHAROS_"));
    for name in names {
        let is_read = known.contains(&format!("[env: {name}=")) || known.contains(&format!("[env: {name}]"));
        ensure!(is_read, "nothing reads {name}");
    }
    Ok(())
}

fn help(command: &str) -> Result<String> {
    let output = Programs::debug()?.command(&[command, "--help"]).output()?;
    ensure!(output.status.success(), "there is no `pharos {command}`");
    Ok(String::from_utf8(output.stdout)?)
}

fn files(kind: &str) -> Result<Vec<PathBuf>> {
    let files: Vec<_> = fs::read_dir(folder(kind))?
        .map(|file| Ok(file?.path()))
        .collect::<Result<_>>()?;
    ensure!(!files.is_empty(), "there are none");
    Ok(files)
}

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(kind)
}

/// Of a hundred.
const EXPOSURE_MAX: &str = "--threshold=15";
