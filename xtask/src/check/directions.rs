//! Which of our crates may know which.

use anyhow::{Result, bail};

use super::workspace::{Package, Workspace};

/// Everything points at `page-model`, and no program links `edge-worker`: hosts know it only as a `.wasm` file, which
/// `edge-cloudflare`, `edge-spin` and `edge-steps` make of it. The tests drive its core as native code too.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("page-model", &[]),
    ("page-render", &["page-model"]),
    ("page-browser", &["page-model", "page-render"]),
    ("page-address", &["page-model"]),
    ("edge-worker", &["page-address", "page-model", "page-render"]),
    ("edge-cloudflare", &["edge-worker", "page-model"]),
    ("edge-spin", &["edge-worker", "page-model"]),
    (
        "edge-steps",
        &["edge-worker", "page-address", "page-model", "page-render"],
    ),
    ("spin-host", &[]),
    ("background-thread", &[]),
    ("edge-kv", &["page-model"]),
    (
        "edge-guest",
        &["background-thread", "edge-kv", "page-address", "page-model"],
    ),
    ("trace-context", &[]),
    (
        "edge-host",
        &["edge-guest", "edge-kv", "page-address", "page-model", "trace-context"],
    ),
    ("sync-lane", &["page-model"]),
    ("kv-sync", &["page-model", "sync-lane", "trace-context"]),
    ("origin-content", &["page-model"]),
    ("origin-time", &["page-model"]),
    ("origin-objects", &["origin-content", "origin-time", "page-model"]),
    (
        "origin-compose",
        &["origin-content", "origin-objects", "origin-time", "page-model"],
    ),
    ("origin-engine", &["background-thread", "origin-objects", "page-model"]),
    (
        "origin-access",
        &["origin-compose", "origin-engine", "origin-objects", "page-model"],
    ),
    (
        "origin-store",
        &[
            "origin-access",
            "origin-compose",
            "origin-engine",
            "origin-objects",
            "origin-time",
            "page-model",
        ],
    ),
    (
        "origin-load",
        &[
            "origin-access",
            "origin-compose",
            "origin-engine",
            "origin-objects",
            "origin-store",
            "origin-time",
            "page-model",
        ],
    ),
    (
        "origin-clock",
        &[
            "origin-compose",
            "origin-engine",
            "origin-objects",
            "origin-store",
            "origin-time",
            "page-model",
        ],
    ),
    (
        "origin-http",
        &[
            "background-thread",
            "edge-worker",
            "origin-access",
            "origin-clock",
            "origin-compose",
            "origin-content",
            "origin-engine",
            "origin-load",
            "origin-objects",
            "origin-store",
            "page-address",
            "page-model",
            "page-render",
            "trace-context",
        ],
    ),
    (
        "origin-sign-in",
        &[
            "origin-access",
            "origin-engine",
            "origin-http",
            "origin-objects",
            "origin-store",
            "page-model",
        ],
    ),
    // Its tests drive the rooms without HTTP.
    (
        "origin-api",
        &[
            "background-thread",
            "origin-access",
            "origin-clock",
            "origin-compose",
            "origin-engine",
            "origin-http",
            "origin-load",
            "origin-objects",
            "origin-sign-in",
            "origin-store",
            "page-model",
        ],
    ),
    ("push-client", &[]),
    ("statuspage-import", &["page-model", "push-client"]),
    (
        "pharos",
        &[
            "background-thread",
            "edge-host",
            "kv-sync",
            "origin-api",
            "page-model",
            "push-client",
            "statuspage-import",
            "trace-context",
        ],
    ),
    ("simulator", &["edge-worker", "page-model", "sync-lane"]),
    (
        "fuzz",
        &[
            "edge-worker",
            "origin-content",
            "page-address",
            "page-model",
            "page-render",
        ],
    ),
    // Browsers judge what the renderer draws, in more states than a system can be brought into.
    ("tests", &["edge-worker", "page-address", "page-model", "page-render"]),
    // It makes large databases, and times what the origin's clock asks them.
    (
        "bench",
        &[
            "background-thread",
            "origin-engine",
            "origin-store",
            "page-model",
            "tests",
        ],
    ),
    ("xtask", &[]),
    ("xtask-bindgen", &[]),
];

pub fn check(workspace: &Workspace) -> Result<()> {
    let wrong: Vec<_> = workspace.packages.iter().flat_map(wrong_directions).collect();
    if !wrong.is_empty() {
        bail!(
            "{}\nThe table in xtask/src/check/directions.rs says who may know whom.",
            wrong.join("\n")
        );
    }
    Ok(())
}

fn wrong_directions(package: &Package) -> Vec<String> {
    let Some((_, known)) = MAY_KNOW.iter().find(|(name, _)| *name == package.name) else {
        return vec![format!(
            "The crate {} has no row among the dependency directions.",
            package.name
        )];
    };
    let ours = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.path.is_some());
    let wrong = ours.filter(|dependency| !known.contains(&dependency.name.as_str()));
    wrong
        .map(|dependency| format!("The crate {} must not depend on {}.", package.name, dependency.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::wrong_directions;
    use crate::check::workspace::{Dependency, Package};

    fn package(name: &str, path_dependency: &str) -> Package {
        let ours = Dependency {
            name: path_dependency.into(),
            path: Some("/somewhere".into()),
        };
        let foreign = Dependency {
            name: "serde".into(),
            path: None,
        };
        Package {
            name: name.into(),
            manifest_path: "/somewhere/Cargo.toml".into(),
            dependencies: vec![ours, foreign],
            targets: Vec::new(),
        }
    }

    #[test]
    fn a_known_direction_is_fine() {
        assert!(wrong_directions(&package("edge-host", "page-model")).is_empty());
    }

    #[test]
    fn a_wrong_direction_names_both_crates() {
        let wrong = wrong_directions(&package("page-model", "origin-api"));
        assert_eq!(wrong, ["The crate page-model must not depend on origin-api."]);
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert!(wrong_directions(&package("commons", "page-model"))[0].contains("no row"));
    }
}
