//! What was brought over before, kept in a file between imports: only so can a later one tell who changed what.

use std::{
    collections::BTreeMap,
    env, fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::Context;
use reqwest::Url;
use serde_json::Value;

use super::shape::Fields;

/// By the path of each object below the page.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Brought(pub BTreeMap<String, Fields>);

impl Brought {
    /// Nothing where there is no such file.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let bytes = match fs::read(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            read => read.with_context(|| format!("cannot read {}", file.display()))?,
        };
        let objects = serde_json::from_slice(&bytes);
        let objects = objects.with_context(|| format!("{} is not of an import; move it away", file.display()))?;
        Ok(Self(objects))
    }

    /// Whole or not at all.
    pub fn write(&self, file: &Path) -> anyhow::Result<()> {
        let what = || format!("cannot write {}", file.display());
        let bytes = serde_json::to_vec(&self.0).with_context(what)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(what)?;
        }
        let draft = file.with_extension("new");
        fs::write(&draft, bytes).with_context(what)?;
        fs::rename(&draft, file).with_context(what)
    }

    pub fn get(&self, path: &str) -> Option<&Fields> {
        self.0.get(path)
    }

    pub fn set(&mut self, path: &str, field: &str, value: Value) {
        let fields = self.0.entry(path.to_owned()).or_default();
        fields.insert(field.to_owned(), value);
    }

    /// An object and all below it.
    pub fn forget(&mut self, path: &str) {
        let below = format!("{path}/");
        self.0.retain(|one, _| one != path && !one.starts_with(&below));
    }

    /// The ids right below a path.
    pub fn ids(&self, family: &str) -> Vec<&str> {
        let below = self
            .0
            .keys()
            .filter_map(|path| path.strip_prefix(family)?.strip_prefix('/'));
        below.filter(|id| !id.contains('/')).collect()
    }
}

/// Where it is kept when nobody says: one file for each page of each origin.
pub fn default_file(api: &Url, page: &str) -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?;
    let host = api.host_str().unwrap_or_default().replace([':', '[', ']'], "_");
    let port = api.port_or_known_default().unwrap_or_default();
    Some(state.join("pharos/import").join(format!("{host}-{port}-{page}.json")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_goes_with_what_is_below_it() {
        let mut brought = Brought::default();
        for path in ["incidents/a", "incidents/a/updates/b", "incidents/ab", "page"] {
            brought.set(path, "name", json!("N"));
        }
        assert_eq!(brought.ids("incidents"), ["a", "ab"]);
        assert_eq!(brought.ids("incidents/a/updates"), ["b"]);
        brought.forget("incidents/a");
        assert_eq!(brought.0.keys().collect::<Vec<_>>(), ["incidents/ab", "page"]);
    }
}
