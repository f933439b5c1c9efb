//! `cargo xtask fuzz`: looks by coverage for inputs that break a target of `tests/fuzz`, beside those that the suite replays.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::paths;
use crate::run::{cargo, program, say};

/// What it finds is kept in target/fuzz/corpus, and goes on from there the next time.
pub fn run(target: &str, minutes: u64) -> Result<()> {
    let folder = paths::target().join("fuzz");
    let found = folder.join("corpus").join(target);
    fs::create_dir_all(&found).with_context(|| format!("{} cannot be made", found.display()))?;
    let broken = folder.join("broken").join(target);
    fs::create_dir_all(&broken).with_context(|| format!("{} cannot be made", broken.display()))?;
    let args = format!(
        "{} {} -artifact_prefix={}/ -max_total_time={} -max_len=4096 -timeout=10 -rss_limit_mb=4096 -print_final_stats=1",
        found.display(),
        committed(target).display(),
        broken.display(),
        minutes * 60,
    );
    let host = host()?;
    // Another target than the host's own, so that the tools of the build are not instrumented.
    let build = [
        "test",
        "-p",
        "fuzz",
        "--test",
        "targets",
        "--target",
        &host,
        "--target-dir",
    ];
    cargo(&build)
        .args(&[folder.into_os_string()])
        .args(&["--", target, "--exact", "--nocapture"].map(Into::into))
        .env("RUSTFLAGS", INSTRUMENTED)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("BOLERO_LIBFUZZER_ARGS", args)
        .or_else_say("The input that breaks the target lies in target/fuzz/broken; the targets are in tests/fuzz/tests/targets.rs.")
        .run()?;
    say(&format!(
        "Nothing broke. New inputs lie in target/fuzz/corpus/{target}; small ones that reach much belong to {}.",
        committed(target).display()
    ));
    Ok(())
}

fn committed(target: &str) -> PathBuf {
    paths::root()
        .join("tests/fuzz/tests/__fuzz__")
        .join(target)
        .join("corpus")
}

fn host() -> Result<String> {
    let told = program("rustc", &["-vV"]).read()?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}

/// What libFuzzer needs to see which edges an input takes.
const INSTRUMENTED: &str = "--cfg fuzzing --cfg fuzzing_libfuzzer -Cdebug-assertions -Ccodegen-units=1 -Cpasses=sancov-module \
                            -Cllvm-args=-sanitizer-coverage-level=4 \
                            -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                            -Cllvm-args=-sanitizer-coverage-pc-table \
                            -Cllvm-args=-sanitizer-coverage-trace-compares";
