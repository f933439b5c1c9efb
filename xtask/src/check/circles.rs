//! No circle of files: who reads one file of a circle must read them all.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};

use super::code::Code;

pub fn check(code: &Code) -> Result<()> {
    let circles = circles(code);
    if circles.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = circles.iter().map(|files| describe(code, files)).collect();
    bail!(
        "{}\nMove what both need into a file of its own, or hand it in as an argument.",
        lines.join("\n")
    )
}

/// Files each of which reaches each other one.
fn circles(code: &Code) -> Vec<Vec<&Path>> {
    let mut circles = Vec::new();
    let mut seen = BTreeSet::new();
    for file in code.files.keys().map(AsRef::as_ref) {
        let reached = reachable(code, file);
        if seen.contains(file) || !reached.contains(file) {
            continue;
        }
        let circle: Vec<_> = reached
            .into_iter()
            .filter(|other| reachable(code, other).contains(file))
            .collect();
        seen.extend(circle.iter().copied());
        circles.push(circle);
    }
    circles
}

fn reachable<'a>(code: &'a Code, from: &Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        let uses = code.files.get(file).into_iter().flat_map(|file| file.uses.keys());
        for used in uses {
            if reached.insert(used.as_path()) {
                open.push(used);
            }
        }
    }
    reached
}

fn describe(code: &Code, circle: &[&Path]) -> String {
    let mut lines = vec!["These files use each other in a circle:".to_owned()];
    for user in circle {
        for (used, names) in &code.files[*user].uses {
            if circle.contains(&used.as_path()) {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                lines.push(format!(
                    "  {} uses {} of {}",
                    user.display(),
                    names.join(", "),
                    used.display()
                ));
            }
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::check::code::tests::code;

    #[test]
    fn a_circle_names_its_files_and_what_they_use() {
        let code = code(
            "circle",
            &[
                ("a/src/lib.rs", "mod b; mod c; mod d; mod e;"),
                ("a/src/b.rs", "use super::c::C; pub struct B;"),
                ("a/src/c.rs", "use super::d::D; pub struct C;"),
                ("a/src/d.rs", "fn f() { crate::b::B } pub struct D;"),
                ("a/src/e.rs", "use super::d::D;"),
            ],
        );
        let message = check(&code).unwrap_err().to_string();
        let lines: Vec<_> = message.lines().collect();
        assert_eq!(
            lines[..4],
            [
                "These files use each other in a circle:",
                "  a/src/b.rs uses C of a/src/c.rs",
                "  a/src/c.rs uses D of a/src/d.rs",
                "  a/src/d.rs uses B of a/src/b.rs",
            ]
        );
    }

    #[test]
    fn parent_and_child_that_use_each_other_are_a_circle() {
        let code = code(
            "family",
            &[
                ("a/src/lib.rs", "mod child; use child::Y; struct X; fn f(y: Y) {}"),
                ("a/src/child.rs", "use super::X; pub struct Y(X);"),
            ],
        );
        assert!(check(&code).is_err());
    }

    #[test]
    fn arrows_that_all_go_down_are_fine() {
        let code = code(
            "down",
            &[
                ("a/src/lib.rs", "mod b; mod c; pub use c::C;"),
                ("a/src/b.rs", "use super::C;"),
                ("a/src/c.rs", "pub struct C;"),
            ],
        );
        check(&code).unwrap();
    }
}
