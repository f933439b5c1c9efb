//! Where the documents come from: a folder, or the address of a page.

use std::{io::ErrorKind, path::Path};

use anyhow::Context;
use reqwest::StatusCode;
use serde_json::Value;

use super::documents::Documents;

/// Also answers what was not there, where a page can do without.
pub async fn read(source: &str) -> anyhow::Result<(Documents, Vec<String>)> {
    let place = Place::of(source);
    let summary = place.document("summary.json").await?;
    let summary = summary.with_context(|| format!("there is no {}", place.of_document("summary.json")))?;
    let (mut others, mut absent) = (Vec::new(), Vec::new());
    for name in ["incidents.json", "scheduled-maintenances.json"] {
        match place.document(name).await? {
            Some(document) => others.push(document),
            None => absent.push(place.of_document(name)),
        }
    }
    Ok((Documents::of(summary, others), absent))
}

enum Place<'a> {
    Folder(&'a Path),
    Page(&'a str),
}

impl<'a> Place<'a> {
    fn of(source: &'a str) -> Self {
        match source.starts_with("http://") || source.starts_with("https://") {
            true => Self::Page(source.trim_end_matches('/')),
            false => Self::Folder(Path::new(source)),
        }
    }

    fn of_document(&self, name: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(name).display().to_string(),
            Self::Page(page) => format!("{page}/api/v2/{name}"),
        }
    }

    /// `None` where there is none of that name.
    async fn document(&self, name: &str) -> anyhow::Result<Option<Value>> {
        let place = self.of_document(name);
        let bytes = match self {
            Self::Folder(folder) => match std::fs::read(folder.join(name)) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                read => read.with_context(|| format!("cannot read {place}"))?,
            },
            Self::Page(_) => {
                let response = reqwest::get(&place).await;
                let response = response.with_context(|| format!("cannot read {place}"))?;
                if response.status() == StatusCode::NOT_FOUND {
                    return Ok(None);
                }
                let response = response.error_for_status();
                let response = response.with_context(|| format!("cannot read {place}"))?;
                response
                    .bytes()
                    .await
                    .with_context(|| format!("cannot read {place}"))?
                    .to_vec()
            }
        };
        let document = serde_json::from_slice(&bytes).ok().filter(Value::is_object);
        document
            .with_context(|| format!("{place} is not a Statuspage v2 document"))
            .map(Some)
    }
}
