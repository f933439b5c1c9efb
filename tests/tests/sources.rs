//! Invariants of the architecture that can be read off the sources.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};

/// Whoever serves a page writes its caching headers with `cache_policy.rs`, so that no reply is cached by mistake.
#[test]
fn only_the_cache_policy_writes_caching_headers() -> Result<()> {
    let headers = [
        "CACHE_CONTROL",
        "\"cache-control\"",
        "SURROGATE_CONTROL",
        "\"surrogate-control\"",
        "SURROGATE_KEY",
        "\"surrogate-key\"",
        "ACCESS_CONTROL_MAX_AGE",
        "EXPIRES",
    ];
    let writes = ["insert(", "append(", ".header("];
    let found = lines_where(&["page", "edge-worker", "edge-host"], |file, line| {
        let writes = writes.iter().any(|write| line.contains(write));
        !file.ends_with("cache_policy.rs") && writes && headers.iter().any(|header| line.contains(header))
    })?;
    ensure!(found.is_empty(), "use cache_policy.rs instead:\n{}", found.join("\n"));
    Ok(())
}

/// A queue without a limit grows until the memory is gone, and so does a body that is read to its end.
#[test]
fn every_queue_and_body_has_a_limit() -> Result<()> {
    let unlimited = [
        "unbounded",
        "mpsc::channel()",
        "usize::MAX)",
        "DefaultBodyLimit::disable",
    ];
    let rooms = ["page", "edge-worker", "edge-host", "kv-sync", "origin-api", "pharos"];
    let found = lines_where(&rooms, |_, line| unlimited.iter().any(|word| line.contains(word)))?;
    ensure!(found.is_empty(), "give it a named limit:\n{}", found.join("\n"));
    Ok(())
}

/// Who operates an edge sees which limit is met: each is documented with its metric, or with why it needs none.
#[test]
fn every_limit_of_an_edge_shows() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = fs::read_to_string(root.join("docs/limits.md"))?;
    let rows: Vec<Vec<&str>> = document
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let mut wrong = Vec::new();
    for room in ["edge-host/src", "edge-host/guest/src", "edge-host/kv/src"] {
        let limits = fs::read_to_string(root.join(room).join("limits.rs"))?;
        let names = limits
            .lines()
            .filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
        for name in names {
            let shows = rows
                .iter()
                .any(|row| row[0].contains(&format!("`{name}`")) && row[2].len() > "*none*".len());
            if !shows {
                wrong.push(format!("{name} of {room}/limits.rs is not in docs/limits.md"));
            }
        }
    }
    let counted = lines_where(&["edge-host"], |file, _| file.ends_with("metrics.rs"))?.join("\n");
    for row in &rows {
        let mut words = row[2].split('`').skip(1).step_by(2);
        let unknown = words.find(|word| {
            let is_name = word.starts_with("pharos_") || row[2].starts_with("shed") || row[2].starts_with("failures");
            is_name
                && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
                && !counted.contains(&format!("\"{word}\""))
        });
        wrong.extend(unknown.map(|word| format!("{} shows in {word}, which no edge counts", row[0])));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Lines of code that ships, as `file:number: line`; what follows `#[cfg(test)]` in a file does not ship.
fn lines_where(rooms: &[&str], is_found: impl Fn(&Path, &str) -> bool) -> Result<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for room in rooms {
        collect(&root.join(room), &mut files)?;
    }
    ensure!(files.len() > rooms.len(), "the sources were not found");
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let shipped = text
            .lines()
            .take_while(|line| !line.trim_start().starts_with("#[cfg(test)]"));
        for (number, line) in shipped.enumerate() {
            if !line.trim_start().starts_with("//") && is_found(&file, line) {
                let shown = file.strip_prefix(&root).unwrap_or(&file).display();
                found.push(format!("{shown}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    Ok(found)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let ships = !["tests", "examples", "tests.rs", "build.rs"]
            .iter()
            .any(|other| name == *other);
        if path.is_dir() && ships {
            collect(&path, files)?;
        } else if ships && path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
