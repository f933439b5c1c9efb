//! The modules of every crate and the files that they lie in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use proc_macro2::TokenTree;

use super::paths::Content;
use super::source;
use crate::check::workspace::{Package, Workspace};

#[derive(Default)]
pub struct Modules {
    pub files: Vec<ModuleFile>,
    pub modules: Vec<Module>,
    /// Roots of the libraries, by the names that code uses.
    pub libraries: BTreeMap<String, usize>,
}

pub struct ModuleFile {
    pub path: PathBuf,
    pub package: String,
    pub package_folder: PathBuf,
    pub lines: usize,
}

pub struct Module {
    pub file: usize,
    pub parent: Option<usize>,
    pub root: usize,
    pub children: BTreeMap<String, usize>,
    pub content: Content,
}

/// Where a module's children in files of their own are looked for.
struct Place {
    file: usize,
    parent: Option<usize>,
    root: usize,
    folder: PathBuf,
}

impl Modules {
    pub fn read(workspace: &Workspace) -> Result<Modules> {
        let mut modules = Modules::default();
        for package in &workspace.packages {
            for target in package.targets.iter().filter(|target| !target.is_test()) {
                let root = modules.modules.len();
                let folder = target.src_path.parent().unwrap_or(Path::new("")).to_path_buf();
                modules.file(package, &target.src_path, folder, None, root)?;
                if target.is_library() {
                    modules.libraries.insert(target.name.replace('-', "_"), root);
                }
            }
        }
        Ok(modules)
    }

    fn file(
        &mut self,
        package: &Package,
        path: &Path,
        folder: PathBuf,
        parent: Option<usize>,
        root: usize,
    ) -> Result<usize> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let source = source::read(&text).with_context(|| format!("cannot read {}", path.display()))?;
        let file = self.files.len();
        self.files.push(ModuleFile {
            path: path.to_path_buf(),
            package: package.name.clone(),
            package_folder: package.folder().to_path_buf(),
            lines: source.lines,
        });
        let place = Place {
            file,
            parent,
            root,
            folder,
        };
        self.module(package, &source.tokens, &place)
    }

    fn module(&mut self, package: &Package, tokens: &[TokenTree], place: &Place) -> Result<usize> {
        let module = self.modules.len();
        let mut content = Content::read(tokens);
        let children = std::mem::take(&mut content.children);
        self.modules.push(Module {
            file: place.file,
            parent: place.parent,
            root: place.root,
            children: BTreeMap::new(),
            content,
        });
        for child in children {
            let folder = place.folder.join(&child.name);
            let read = match (child.inline, child.path) {
                (Some(tokens), _) => {
                    let inline = Place {
                        file: place.file,
                        parent: Some(module),
                        root: place.root,
                        folder,
                    };
                    self.module(package, &tokens, &inline)?
                }
                (None, Some(path)) => {
                    let path = self.files[place.file].path.with_file_name("").join(path);
                    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
                    self.file(package, &clean(&path), folder, Some(module), place.root)?
                }
                (None, None) => {
                    let flat = place.folder.join(format!("{}.rs", child.name));
                    let path = if flat.is_file() { flat } else { folder.join("mod.rs") };
                    self.file(package, &path, folder, Some(module), place.root)?
                }
            };
            self.modules[module].children.insert(child.name, read);
        }
        Ok(module)
    }
}

/// Without `..`, so that one file has one name.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        if part == std::path::Component::ParentDir {
            clean.pop();
        } else {
            clean.push(part);
        }
    }
    clean
}
