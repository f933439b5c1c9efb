//! `cargo xtask sabotage`: breaks one rule after the other on purpose, and shows that a test notices each.
//!
//! A patch in `tests/sabotage/` begins with two lines, what it breaks and which tests must notice:
//!
//! ```text
//! Breaks: a region takes an older record over a newer one.
//! Test: -p edge-worker --test visits
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::run::{cargo, program, say};

/// More in one file would test that file and not the layers.
const PATCHES_PER_FILE_MAX: usize = 3;

struct Patch {
    path: PathBuf,
    name: String,
    breaks: String,
    test: Vec<String>,
    files: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Caught,
    Survived,
    DoesNotApply,
    DoesNotBuild,
    RanNothing,
}

pub fn run(only: &[String]) -> Result<()> {
    restore()?;
    expect_clean()?;
    let patches = patches()?;
    expect_spread(&patches)?;
    let chosen = patches
        .iter()
        .filter(|patch| only.is_empty() || only.iter().any(|name| patch.name.contains(name)));
    let mut rows = Vec::new();
    for patch in chosen {
        say(&format!("\n== {}: {}", patch.name, patch.breaks));
        let begun = Instant::now();
        let (outcome, seeds) = patch.outcome()?;
        say(outcome.word());
        rows.push((patch, outcome, seeds, begun.elapsed().as_secs_f64()));
    }
    println!();
    for (patch, outcome, seeds, seconds) in &rows {
        println!(
            "{:<16}{seconds:>7.1} s  {:<34} {}{}",
            outcome.word(),
            patch.name,
            patch.breaks,
            seeds
                .as_ref()
                .map(|seeds| format!(" Found in {seeds}."))
                .unwrap_or_default()
        );
    }
    let caught = rows
        .iter()
        .filter(|(_, outcome, ..)| *outcome == Outcome::Caught)
        .count();
    println!("\nsabotage: {caught} passed, {} failed, 0 skipped", rows.len() - caught);
    if rows.is_empty() {
        bail!("no patch has such a name; they lie in tests/sabotage/");
    }
    if caught < rows.len() {
        bail!("A patch that is not caught is a rule that no test holds; one that does not apply must follow the code.");
    }
    Ok(())
}

impl Patch {
    fn read(path: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&path)?;
        let head = |word: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(word));
            line.map(str::trim)
                .with_context(|| format!("{} has no line `{word}`", path.display()))
        };
        let named = |line: &str| line.strip_prefix("+++ b/").map(str::to_owned);
        Ok(Self {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            breaks: head("Breaks:")?.to_owned(),
            test: head("Test:")?.split_whitespace().map(str::to_owned).collect(),
            files: text.lines().filter_map(named).collect(),
            path,
        })
    }

    /// And in how many of the simulator's seeds it was noticed.
    fn outcome(&self) -> Result<(Outcome, Option<String>)> {
        if !git(&["apply", "--check"], &self.path).succeeds() {
            return Ok((Outcome::DoesNotApply, None));
        }
        // Written first: an interrupted run is mended by the next one.
        fs::create_dir_all(paths::target())?;
        fs::write(applied(), self.path.as_os_str().as_encoded_bytes())?;
        git(&["apply"], &self.path).run()?;
        let outcome = self.test();
        restore()?;
        outcome
    }

    fn test(&self) -> Result<(Outcome, Option<String>)> {
        let args: Vec<&str> = self.test.iter().map(String::as_str).collect();
        if !cargo(&[&["test", "--quiet", "--no-run"], &args[..]].concat()).succeeds() {
            return Ok((Outcome::DoesNotBuild, None));
        }
        let (mut ran, mut seeds) = (0, None);
        // What a property finds in broken code is no case to keep.
        let tests = cargo(&[&["test", "--no-fail-fast"], &args[..]].concat())
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true");
        let passes = tests.run_reading(|line| {
            ran += usize::from(line.starts_with("test ") && !line.starts_with("test result"));
            if let Some(told) = line.strip_prefix("found in ") {
                seeds = Some(told.trim_end().trim_end_matches(':').to_owned());
            }
        });
        let outcome = match passes {
            _ if ran == 0 => Outcome::RanNothing,
            Ok(()) => Outcome::Survived,
            Err(_) => Outcome::Caught,
        };
        Ok((outcome, seeds))
    }
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Survived => "NOT CAUGHT",
            Self::DoesNotApply => "DOES NOT APPLY",
            Self::DoesNotBuild => "DOES NOT BUILD",
            Self::RanNothing => "RAN NO TEST",
        }
    }
}

fn patches() -> Result<Vec<Patch>> {
    let folder = paths::root().join("tests/sabotage");
    let mut found: Vec<PathBuf> = fs::read_dir(&folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    found.retain(|path| path.extension().is_some_and(|end| end == "patch"));
    found.sort();
    found.into_iter().map(Patch::read).collect()
}

fn expect_spread(patches: &[Patch]) -> Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in patches.iter().flat_map(|patch| &patch.files) {
        *counts.entry(file).or_default() += 1;
    }
    match counts.into_iter().find(|(_, count)| *count > PATCHES_PER_FILE_MAX) {
        Some((file, count)) => bail!("{count} patches change {file}; at most {PATCHES_PER_FILE_MAX} may"),
        None => Ok(()),
    }
}

/// The patches change files in place, so that only what they touch is compiled anew.
fn expect_clean() -> Result<()> {
    let changed = program("git", &["status", "--porcelain", "--untracked-files=no"])
        .in_folder(paths::root())
        .read()?;
    if !changed.is_empty() {
        bail!("there are changes that are not committed; commit or stash them first:\n{changed}");
    }
    Ok(())
}

/// Takes back the patch that is applied, if one is.
fn restore() -> Result<()> {
    let Ok(path) = fs::read_to_string(applied()) else {
        return Ok(());
    };
    git(&["apply", "--reverse"], Path::new(&path))
        .or_else_say("`git checkout .` takes it back too.")
        .run()?;
    Ok(fs::remove_file(applied())?)
}

fn applied() -> PathBuf {
    paths::target().join("sabotage-applied")
}

fn git(args: &[&str], patch: &Path) -> crate::run::Run {
    program("git", args)
        .args(&[patch.as_os_str().to_owned()])
        .in_folder(paths::root())
}
