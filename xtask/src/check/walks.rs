//! The walks that ARCHITECTURE.md lists file by file: they stay short, and they stay true.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::code::Code;
use super::workspace::Workspace;

/// Headings of the walks, and how many files a person may have to read.
const WALKS: &[(&str, usize)] = &[
    ("### A visit through the guest", 12),
    ("### An incident's POST up to its 201", 16),
];

/// How a numbered item goes on where no `use` can lead: over a socket or into the component.
const WIRE: &str = "wire:";

const LEAVES: &str = "Leaves:";

pub fn check(code: &Code, workspace: &Workspace, root: &Path) -> Result<()> {
    let map = std::fs::read_to_string(root.join("ARCHITECTURE.md")).context("cannot read ARCHITECTURE.md")?;
    let mut wrong = Vec::new();
    for (heading, files_max) in WALKS {
        let walk = Walk::read(&map, heading);
        let faults = walk.faults(code, workspace, *files_max);
        wrong.extend(
            faults
                .into_iter()
                .map(|fault| format!("{}: {fault}", heading.trim_start_matches(['#', ' ']))),
        );
    }
    if !wrong.is_empty() {
        bail!(
            "{}\nThe section Walks of ARCHITECTURE.md says how they are read.",
            wrong.join("\n")
        );
    }
    Ok(())
}

#[derive(Default)]
struct Walk {
    steps: Vec<Step>,
    leaves: Vec<PathBuf>,
}

struct Step {
    file: PathBuf,
    by_wire: bool,
}

impl Walk {
    fn read(map: &str, heading: &str) -> Walk {
        let mut walk = Walk::default();
        let lines = map.lines().skip_while(|line| *line != heading).skip(1);
        let mut are_leaves = false;
        for line in lines.take_while(|line| !line.starts_with('#')) {
            are_leaves = line.starts_with(LEAVES) || (are_leaves && !line.is_empty());
            if are_leaves {
                let quoted = line.split('`').skip(1).step_by(2);
                walk.leaves.extend(quoted.map(PathBuf::from));
            }
            walk.steps.extend(Step::read(line));
        }
        walk
    }

    fn faults(&self, code: &Code, workspace: &Workspace, files_max: usize) -> Vec<String> {
        let mut faults = Vec::new();
        if self.steps.is_empty() {
            faults.push("it is not listed".to_owned());
        }
        if self.steps.len() > files_max {
            faults.push(format!(
                "it has {} files; at most {files_max} are allowed",
                self.steps.len()
            ));
        }
        let listed = self.steps.iter().map(|step| &step.file).chain(&self.leaves);
        for (place, file) in listed.clone().enumerate() {
            if !code.files.contains_key(file) {
                faults.push(format!("{} is no file of ours", file.display()));
            }
            if listed.clone().take(place).any(|other| other == file) {
                faults.push(format!("{} is listed twice", file.display()));
            }
        }
        for pair in self.steps.windows(2) {
            faults.extend(missing_arrow(code, workspace, &pair[0], &pair[1]));
        }
        for leaf in &self.leaves {
            if !self.steps.iter().any(|step| code.uses(&step.file, leaf)) {
                faults.push(format!("no file of the walk uses {}", leaf.display()));
            }
        }
        faults
    }
}

impl Step {
    /// `7. \`edge-worker/src/gateway.rs\` opens the visit.`
    fn read(line: &str) -> Option<Step> {
        let (number, rest) = line.split_once(". `")?;
        let (file, text) = rest.split_once('`')?;
        number.parse::<u8>().ok()?;
        Some(Step {
            file: file.into(),
            by_wire: text.trim_start().starts_with(WIRE),
        })
    }
}

fn missing_arrow(code: &Code, workspace: &Workspace, from: &Step, to: &Step) -> Option<String> {
    let (user, used) = (from.file.display(), to.file.display());
    if !to.by_wire {
        return (!code.uses(&from.file, &to.file)).then(|| format!("{user} uses nothing of {used}"));
    }
    // Where a `use` could stand, none may be missing.
    let package = |file: &Path| code.files.get(file).map(|file| file.package.as_str());
    let known = |package: &str| {
        let package = workspace.packages.iter().find(|known| known.name == package);
        package
            .into_iter()
            .flat_map(|package| &package.dependencies)
            .map(|known| known.name.as_str())
    };
    match (package(&from.file), package(&to.file)) {
        (Some(user_crate), Some(used_crate))
            if user_crate == used_crate || known(user_crate).any(|name| name == used_crate) =>
        {
            Some(format!("no wire leads from {user} to {used}: a `use` can"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Walk;
    use crate::check::code::tests::code;
    use crate::check::workspace::Workspace;

    const FILES: &[(&str, &str)] = &[
        ("a/src/lib.rs", "mod b; mod c; pub fn f() { b::f() }"),
        ("a/src/b.rs", "use super::c::C; pub fn f() {}"),
        ("a/src/c.rs", "pub struct C;"),
        ("z/src/lib.rs", "pub fn f() {}"),
    ];

    fn faults(test: &str, list: &str, files_max: usize) -> Vec<String> {
        let nothing_known = Workspace { packages: Vec::new() };
        let map = format!("# Map\n\n### W\n\nText.\n\n{list}\n### Other\n\n1. `no/such.rs`\n");
        Walk::read(&map, "### W").faults(&code(test, FILES), &nothing_known, files_max)
    }

    #[test]
    fn a_true_walk_is_fine() {
        let list = "1. `a/src/lib.rs` begins.\n2. `a/src/b.rs` goes on\n   over two lines.\n\
                    3. `z/src/lib.rs` wire: HTTP. Answers.\n\nLeaves: `a/src/c.rs`.\n";
        assert_eq!(faults("walk-true", list, 3), [""; 0]);
    }

    #[test]
    fn a_walk_that_grew_is_refused() {
        let list = "1. `a/src/lib.rs`\n2. `a/src/b.rs`\n3. `a/src/c.rs`\n";
        assert_eq!(faults("walk-long", list, 2), ["it has 3 files; at most 2 are allowed"]);
    }

    #[test]
    fn a_missing_walk_is_refused() {
        assert_eq!(faults("walk-none", "", 2), ["it is not listed"]);
    }

    #[test]
    fn a_step_without_a_use_is_named() {
        assert_eq!(
            faults("walk-leap", "1. `a/src/lib.rs`\n2. `a/src/c.rs`\n", 2),
            ["a/src/lib.rs uses nothing of a/src/c.rs"]
        );
    }

    #[test]
    fn a_wire_inside_one_crate_is_refused() {
        assert_eq!(
            faults("walk-wire", "1. `a/src/lib.rs`\n2. `a/src/c.rs` wire: none.\n", 2),
            ["no wire leads from a/src/lib.rs to a/src/c.rs: a `use` can"]
        );
    }

    #[test]
    fn a_file_that_is_gone_and_one_listed_twice_are_named() {
        let gone = "1. `a/src/lib.rs`\n\nLeaves: `a/src/gone.rs`, `a/src/lib.rs`\n";
        let faults = faults("walk-gone", gone, 2);
        assert_eq!(
            faults[..2],
            ["a/src/gone.rs is no file of ours", "a/src/lib.rs is listed twice"]
        );
    }

    #[test]
    fn a_leaf_that_nothing_uses_is_named() {
        assert_eq!(
            faults(
                "walk-leaf",
                "1. `a/src/b.rs`\n\nLeaves: `a/src/c.rs`,\n`z/src/lib.rs`\n",
                2
            ),
            ["no file of the walk uses z/src/lib.rs"]
        );
        assert_eq!(Walk::read("### W\nLeaves: `x`\n", "### W").leaves, [PathBuf::from("x")]);
    }
}
