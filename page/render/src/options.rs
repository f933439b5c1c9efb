//! How a page is to be rendered.

use page_model::{Language, Stamp};
use serde::Serialize;

#[derive(Debug, Clone, Copy)]
pub struct RenderOptions {
    pub language: Language,
    /// Whether the visitor chose the language in the address: then the page's own links keep it (`?lang=de`).
    pub keeps_language: bool,
    /// The region has received nothing from the origin since then.
    pub delayed_since: Option<Stamp>,
    /// What rendering may cost.
    pub fuel: Option<u64>,
}

/// Whether a frame is light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
}

impl RenderOptions {
    /// The page in one language, without a limit of fuel.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            keeps_language: false,
            delayed_since: None,
            fuel: None,
        }
    }
}
