//! How a page is asked for.

use page_model::{Language, Stamp};

#[derive(Debug, Clone, Copy)]
pub struct Ask {
    pub language: Language,
    /// Whether the visitor chose the language in the address: then the page's own links keep it (`?lang=de`).
    pub keeps_language: bool,
    /// The region has not heard from the origin since then.
    pub delayed_since: Option<Stamp>,
    /// What drawing may cost.
    pub fuel: Option<u64>,
}

impl Ask {
    /// The page as it is, in one language, whatever it costs.
    pub fn plain(language: Language) -> Self {
        Self {
            language,
            keeps_language: false,
            delayed_since: None,
            fuel: None,
        }
    }
}
