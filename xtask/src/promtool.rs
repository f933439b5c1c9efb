//! Prometheus' own checker of metrics and rules: the machine's, or Debian's in a folder of ours. The server is not installed, as it would
//! start at once.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::run::{program, say};
use crate::{debian, paths};

pub fn here() -> Result<PathBuf> {
    if debian::is_installed("promtool") {
        return Ok("promtool".into());
    }
    let folder = paths::target().join("promtool");
    let promtool = folder.join("usr/bin/promtool");
    if promtool.is_file() {
        return Ok(promtool);
    }
    if !debian::is_installed("apt-get") {
        bail!("promtool missing on this machine: install Prometheus (https://prometheus.io/download) and try again");
    }
    say("Fetching Debian's Prometheus for its promtool into target/promtool (once; 40 MB).");
    let staging = folder.with_extension("part");
    std::fs::create_dir_all(&staging)?;
    if debian::is_root() {
        debian::update()?;
    }
    debian::download(&["prometheus".into()], &staging)?;
    for entry in std::fs::read_dir(&staging)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            let extract = program("dpkg", &["--extract"]);
            extract.args(&[file.clone().into(), staging.clone().into()]).run()?;
            std::fs::remove_file(file)?;
        }
    }
    // The server is as large again, and nobody starts it.
    let _ = std::fs::remove_file(staging.join("usr/bin/prometheus"));
    std::fs::rename(&staging, &folder).context("cannot put promtool in its place")?;
    Ok(promtool)
}
