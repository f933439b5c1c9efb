//! Each page of `docs/operations/` is followed command by command, as it stands there, on a machine of its own.

mod containers;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tests::program::Programs;

#[test]
#[cfg_attr(
    not(all(may_mount, may_analyze_units)),
    ignore = "needs root, and systemd's programs"
)]
fn each_page_is_followed_command_by_command() -> Result<()> {
    let mut written = BTreeSet::new();
    let followed = walk("walk.sh", |folder| {
        written = lay_out(folder)?;
        Ok(())
    })?;
    let left: Vec<_> = written.difference(&followed).collect();
    ensure!(left == OF_CONTAINERS, "nobody follows {left:?}");
    Ok(())
}

/// Runs one of the scripts on a machine of its own, and says what it followed.
fn walk(script: &str, lay_out: impl FnOnce(&Path) -> Result<()>) -> Result<BTreeSet<String>> {
    let dir = TempDir::with_prefix("pharos-operations-")?;
    let folder = dir.path().join("root/walk");
    lay_out(&folder)?;
    let output = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "bash"])
        .arg(fixtures().join("root.sh"))
        .arg(dir.path())
        .arg(script)
        .output()?;
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    ensure!(output.status.success(), "{}\n{}", said[0], said[1]);
    let followed = fs::read_to_string(folder.join("followed"))?;
    Ok(followed.lines().map(str::to_owned).collect())
}

/// What the walk finds: the commands of each page, and what a newcomer has built.
fn lay_out(walk: &Path) -> Result<BTreeSet<String>> {
    let (build, root) = (walk.join("build"), Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    fs::create_dir_all(&build)?;
    let programs = Programs::debug()?;
    // Within the other root the way to them is another.
    fs::hard_link(&programs.pharos, build.join("pharos"))
        .or_else(|_| fs::copy(&programs.pharos, build.join("pharos")).map(|_| ()))?;
    fs::copy(&programs.component, build.join("edge_steps.wasm"))?;
    copy(&root.join("deploy"), &build.join("deploy"))?;
    match std::env::var_os("PHAROS_COMPILED") {
        Some(compiled) => copy(Path::new(&compiled), &walk.join("compiled"))?,
        None => fs::create_dir(walk.join("compiled"))?,
    }
    for file in fs::read_dir(fixtures())? {
        let file = file?;
        fs::copy(file.path(), walk.join(file.file_name()))?;
    }
    let mut written = BTreeSet::new();
    for file in fs::read_dir(root.join("docs/operations"))? {
        let file = file?.path();
        let page = file.file_name().context("a file")?.to_string_lossy().into_owned();
        let text = fs::read_to_string(&file)?;
        let folder = walk.join("docs").join(&page);
        fs::create_dir_all(&folder)?;
        for (number, block) in (1..).zip(blocks(&text, "sh")) {
            fs::write(folder.join(number.to_string()), on_one_machine(&block))?;
            written.insert(format!("{page} {number}"));
        }
        for (number, block) in (1..).zip(blocks(&text, "toml")) {
            fs::write(folder.join(format!("toml.{number}")), block)?;
        }
    }
    ensure!(written.len() > 10, "{written:?}");
    Ok(written)
}

/// One region without TLS, today.
fn on_one_machine(block: &str) -> String {
    let block = block.replace(",us-1=https://us-1.edge.example", "");
    let block = block.replace(" --region us-1=https://us-1.edge.example", "");
    let block = block.replace("https://eu-1.edge.example", "http://eu-1.edge.example:8080");
    block.replace("2026-11-26", "$(date +%F)").replace(" OLD ", " $OLD ")
}

/// Those of a list are set in.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let (mut blocks, mut block) = (Vec::new(), None::<(usize, String)>);
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match &mut block {
            None if line.trim_start() == format!("```{language}") => block = Some((indent, String::new())),
            None => {}
            Some(_) if line.trim_start() == "```" => blocks.extend(block.take().map(|(_, text)| text)),
            Some((indent, text)) => {
                text.push_str(line.get(*indent..).unwrap_or_default());
                text.push('\n');
            }
        }
    }
    blocks
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &to)?,
            false => drop(fs::copy(entry.path(), to)?),
        }
    }
    Ok(())
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/operations")
}

const OF_CONTAINERS: [&str; 2] = ["installing.md 5", "installing.md 6"];
