//! Our own Rust as the checks see it: files, their lines of code, and which file uses what of which other.

mod modules;
mod names;
mod paths;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use super::workspace::Workspace;
use modules::Modules;

/// All files but test code, by their paths below the root of the workspace.
pub struct Code {
    pub files: BTreeMap<PathBuf, File>,
}

pub struct File {
    pub package: String,
    /// Whether it lies in the package's `src`, so not a build script or an example.
    pub in_src: bool,
    /// Without blank lines, comments and `#[cfg(test)]` parts.
    pub lines: usize,
    /// What it uses of which other file: names of items.
    pub uses: BTreeMap<PathBuf, BTreeSet<String>>,
}

impl Code {
    pub fn read(workspace: &Workspace, root: &Path) -> Result<Code> {
        let modules = Modules::read(workspace)?;
        let below = |file: &Path| file.strip_prefix(root).unwrap_or(file).to_path_buf();
        let mut files = BTreeMap::new();
        for file in &modules.files {
            let read = File {
                package: file.package.clone(),
                in_src: file.path.starts_with(file.package_folder.join("src")),
                lines: file.lines,
                uses: BTreeMap::new(),
            };
            files.entry(below(&file.path)).or_insert(read);
        }
        // A check that reads nothing would find nothing.
        ensure!(!files.is_empty(), "no Rust file lies in this workspace");
        for (user, used, name) in names::uses(&modules) {
            let (user, used) = (below(&modules.files[user].path), below(&modules.files[used].path));
            if let Some(file) = files.get_mut(&user)
                && user != used
            {
                file.uses.entry(used).or_default().insert(name);
            }
        }
        Ok(Code { files })
    }

    pub fn uses(&self, user: &Path, used: &Path) -> bool {
        self.files.get(user).is_some_and(|file| file.uses.contains_key(used))
    }
}

#[cfg(test)]
pub mod tests {
    use std::path::{Path, PathBuf};

    use super::Code;
    use crate::check::workspace::{Package, Target, Workspace};

    /// Writes the files into a folder of the test's own and reads them; each top-level folder is a library.
    pub fn code(test: &str, files: &[(&str, &str)]) -> Code {
        let root = std::env::temp_dir().join(format!("xtask-{}-{test}", std::process::id()));
        let mut packages: Vec<String> = Vec::new();
        for (path, text) in files {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
            packages.push(path.split('/').next().unwrap().to_owned());
        }
        packages.sort();
        packages.dedup();
        let packages = packages.iter().map(|name| package(&root, name)).collect();
        let code = Code::read(&Workspace { packages }, &root).unwrap();
        std::fs::remove_dir_all(root).unwrap();
        code
    }

    fn package(root: &Path, name: &str) -> Package {
        let library = Target {
            name: name.to_owned(),
            kind: vec!["lib".to_owned()],
            src_path: root.join(name).join("src/lib.rs"),
        };
        Package {
            name: name.to_owned(),
            manifest_path: root.join(name).join("Cargo.toml"),
            dependencies: Vec::new(),
            targets: vec![library],
        }
    }

    /// `user uses NAME of used`, one a line.
    fn uses(code: &Code) -> Vec<String> {
        let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut lines = Vec::new();
        for (user, file) in &code.files {
            for (used, names) in &file.uses {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                lines.push(format!("{} uses {} of {}", name(user), names.join(" "), name(used)));
            }
        }
        lines.sort();
        lines
    }

    #[test]
    fn reads_imports_in_every_form() {
        let code = code(
            "imports",
            &[
                ("a/src/lib.rs", "mod b; mod c; mod d;"),
                (
                    "a/src/b.rs",
                    "use crate::{c::{C, nested::{self, N as M}}, d::*}; fn f() -> (C, M, D) {}",
                ),
                ("a/src/c.rs", "pub struct C; pub mod nested;"),
                ("a/src/c/nested.rs", "pub struct N;"),
                ("a/src/d.rs", "pub struct D; pub struct E;"),
            ],
        );
        assert_eq!(uses(&code), ["b uses C of c", "b uses D of d", "b uses N of nested"]);
    }

    #[test]
    fn reads_paths_inside_code_and_macros() {
        let code = code(
            "inline",
            &[
                ("a/src/lib.rs", "mod b; mod c; mod d; mod e;"),
                (
                    "a/src/b.rs",
                    "use super::d; fn f() { super::c::run(); assert_eq!(d::run(), 1); loud!() }",
                ),
                ("a/src/c.rs", "pub fn run() {}"),
                ("a/src/d.rs", "pub fn run() {}"),
                ("a/src/e.rs", "macro_rules! loud { () => {} }"),
            ],
        );
        assert_eq!(uses(&code), ["b uses loud of e", "b uses run of c", "b uses run of d"]);
    }

    #[test]
    fn looks_through_modules_and_reexports() {
        let code = code(
            "reexports",
            &[
                ("a/src/lib.rs", "mod b; mod c; pub use c::{C, D};"),
                ("a/src/b.rs", "use crate::C;"),
                ("a/src/c.rs", "mod deep; pub use deep::{Deep as C}; pub struct D;"),
                ("a/src/c/deep.rs", "pub struct Deep;"),
            ],
        );
        assert_eq!(uses(&code), ["b uses Deep of deep"]);
    }

    #[test]
    fn a_reexport_that_the_file_needs_itself_is_a_use() {
        let code = code(
            "needed",
            &[
                ("a/src/lib.rs", "mod c; pub use c::C; pub fn f(c: C) {}"),
                ("a/src/c.rs", "pub struct C;"),
            ],
        );
        assert_eq!(uses(&code), ["lib uses C of c"]);
    }

    #[test]
    fn a_child_that_uses_an_item_of_its_parent_counts() {
        let code = code(
            "child",
            &[
                ("a/src/lib.rs", "mod b;"),
                ("a/src/b.rs", "mod child; use child::Y; struct X; fn f(y: Y) {}"),
                ("a/src/b/child.rs", "use super::X; pub struct Y(X);"),
            ],
        );
        assert_eq!(uses(&code), ["b uses Y of child", "child uses X of b"]);
    }

    #[test]
    fn test_code_does_not_count() {
        let code = code(
            "tests",
            &[
                ("a/src/lib.rs", "mod b; mod c; #[cfg(test)] mod helpers;"),
                (
                    "a/src/b.rs",
                    "#[cfg(test)] use super::c::C; #[cfg(test)] mod tests { use crate::c::C; }",
                ),
                ("a/src/c.rs", "pub struct C;"),
                ("a/src/helpers.rs", "use super::c::C;"),
            ],
        );
        assert_eq!(uses(&code), [""; 0]);
        assert!(!code.files.contains_key(Path::new("a/src/helpers.rs")));
    }

    #[test]
    fn another_crate_is_used_by_its_name() {
        let code = code(
            "crates",
            &[
                ("a/src/lib.rs", "pub mod c;"),
                ("a/src/c.rs", "pub struct C;"),
                ("b/src/lib.rs", "use a::c::C;"),
            ],
        );
        assert_eq!(uses(&code), ["lib uses C of c"]);
    }
}
