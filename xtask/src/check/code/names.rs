//! Which file a name leads to: `mod` lines, re-exports and globs are looked through.

use std::collections::BTreeSet;

use super::modules::Modules;
use super::paths::Name;

/// File, used file, and the item's name.
pub type Use = (usize, usize, String);

pub fn uses(modules: &Modules) -> BTreeSet<Use> {
    let mut uses = BTreeSet::new();
    for module in 0..modules.modules.len() {
        for (file, name) in used_by(modules, module) {
            uses.insert((modules.modules[module].file, file, name));
        }
    }
    uses
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Module(usize),
    Item(usize, String),
}

fn used_by(modules: &Modules, from: usize) -> BTreeSet<(usize, String)> {
    let content = &modules.modules[from].content;
    let mut found = BTreeSet::new();
    for import in &content.imports {
        match &import.name {
            Name::Glob => {
                for module in resolve(modules, from, &import.path, DEPTH_MAX) {
                    match module {
                        Found::Module(module) => {
                            for word in &content.words {
                                found.extend(inside(modules, module, std::slice::from_ref(word), DEPTH_MAX));
                            }
                        }
                        item => found.extend([item]),
                    }
                }
            }
            // What is only passed on is no use of its own.
            Name::Is(name) if import.is_reexport && !content.words.contains(name) => {}
            Name::Underscore if import.is_reexport => {}
            _ => found.extend(resolve(modules, from, &import.path, DEPTH_MAX)),
        }
    }
    for path in &content.paths {
        found.extend(resolve(modules, from, path, DEPTH_MAX));
    }
    let items = found.into_iter().filter_map(|found| match found {
        Found::Item(file, name) => Some((file, name)),
        Found::Module(_) => None,
    });
    items.chain(macros(modules, from)).collect()
}

/// Macros are found by their order in the text, without a path.
fn macros(modules: &Modules, from: usize) -> impl Iterator<Item = (usize, String)> {
    let user = &modules.modules[from];
    let same_crate = modules.modules.iter().filter(|module| module.root == user.root);
    same_crate.flat_map(|module| {
        let called = module.content.macros.intersection(&user.content.macro_calls);
        called.map(|name| (module.file, name.clone()))
    })
}

fn resolve(modules: &Modules, from: usize, path: &[String], depth: usize) -> BTreeSet<Found> {
    let Some((first, rest)) = path.split_first() else {
        return BTreeSet::new();
    };
    let module = &modules.modules[from];
    match first.as_str() {
        "crate" => enter(modules, module.root, rest, depth),
        "self" => enter(modules, from, rest, depth),
        "super" => match module.parent {
            Some(parent) if rest.first().is_some_and(|next| next == "super") => resolve(modules, parent, rest, depth),
            Some(parent) => enter(modules, parent, rest, depth),
            None => BTreeSet::new(),
        },
        name => {
            let local = inside(modules, from, path, depth);
            match modules.libraries.get(name) {
                Some(root) if local.is_empty() => enter(modules, *root, rest, depth),
                _ => local,
            }
        }
    }
}

/// A path that must lead on from this module; what is not found there was made by a macro of its file.
fn enter(modules: &Modules, module: usize, path: &[String], depth: usize) -> BTreeSet<Found> {
    let found = inside(modules, module, path, depth);
    match path.first() {
        Some(name) if found.is_empty() && !modules.modules[module].content.macros.contains(name) => {
            [Found::Item(modules.modules[module].file, name.clone())].into()
        }
        _ => found,
    }
}

fn inside(modules: &Modules, at: usize, path: &[String], depth: usize) -> BTreeSet<Found> {
    let Some((name, rest)) = path.split_first() else {
        return [Found::Module(at)].into();
    };
    let module = &modules.modules[at];
    let mut found = BTreeSet::new();
    if let Some(child) = module.children.get(name) {
        found.extend(enter(modules, *child, rest, depth));
    }
    if module.content.items.contains(name) && (rest.is_empty() || found.is_empty()) {
        found.insert(Found::Item(module.file, name.clone()));
    }
    let Some(depth) = depth.checked_sub(1) else {
        return found;
    };
    for import in &module.content.imports {
        match &import.name {
            Name::Is(imported) if imported == name && (rest.is_empty() || found.is_empty()) => {
                // `use name::…` inside `name` itself would go round.
                let path = [&import.path, rest].concat();
                if import.path.first() != Some(name) || module.children.contains_key(name) {
                    found.extend(resolve(modules, at, &path, depth));
                } else if let Some(root) = modules.libraries.get(name) {
                    found.extend(enter(modules, *root, &path[1..], depth));
                }
            }
            Name::Glob if found.is_empty() => {
                for from in resolve(modules, at, &import.path, depth) {
                    if let Found::Module(from) = from
                        && from != at
                    {
                        found.extend(inside(modules, from, path, depth));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Re-exports of re-exports, and a guard against those that go round.
const DEPTH_MAX: usize = 8;
