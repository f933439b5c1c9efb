//! What every page has around its content.

use minijinja::Value;
use page_model::{Stamp, snapshot::Page};
use serde::Serialize;

use crate::{render::safe, when::Moment, words::Tone};

#[derive(Debug, Serialize)]
pub struct Frame<'a> {
    pub title: String,
    pub description: String,
    /// A data URL for the browser's tab.
    pub icon: Value,
    /// Whose page it is; `None` where that is not known.
    pub site: Option<SiteView<'a>>,
    /// The newest month of the archive, `yyyy-mm`.
    pub history: Option<&'a str>,
    /// Whose clock the times are read on.
    pub zone: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct SiteView<'a> {
    pub name: &'a str,
    pub website: Option<&'a str>,
}

impl<'a> Frame<'a> {
    /// The frame of a page that stands on its own.
    pub fn plain(title: String, tone: Tone) -> Self {
        Self {
            description: title.clone(),
            title,
            icon: safe(tone.icon()),
            site: None,
            history: None,
            zone: None,
        }
    }

    /// The frame of a publisher's page.
    pub fn of_page(page: &'a Page, title: &str, tone: Tone) -> Self {
        Self {
            description: format!("Current status, incidents and uptime of {}.", page.name),
            zone: Some(&page.time_zone),
            site: Some(SiteView {
                name: &page.name,
                website: page.website.as_deref().filter(|url| is_web_address(url)),
            }),
            ..Self::plain(format!("{title} – {} status", page.name), tone)
        }
    }
}

/// The region has not heard from the origin since then.
pub fn delayed(since: Option<Stamp>) -> Option<Moment> {
    since.map(Moment::whole)
}

/// A snapshot may be broken or hostile, and a `javascript:` address is a script.
fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
