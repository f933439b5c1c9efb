//! `/embed.json`: what the banner on a customer's own site shows, asked each minute by every visitor there and therefore
//! small. The page's own words.

use page_model::{Language, Snapshot};
use serde::Serialize;

use super::{line::one_line, texts};
use crate::{frame::full_title, locale::Locale, tone::Tone};

#[derive(Serialize)]
struct Banner<'a> {
    /// Whether there is nothing to say.
    calm: bool,
    tone: Tone,
    /// What is wrong, and whose page it is; as the page itself is called.
    text: &'a str,
    /// For the browser's tab, unless the page has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    /// Changes when something opens, changes its state or is over: a banner that was closed comes back then.
    about: String,
}

pub fn banner(snapshot: &Snapshot, language: Language) -> String {
    let status = &snapshot.status;
    let incidents = snapshot.incidents.iter().filter(|one| !one.status.is_over());
    let incidents = incidents.map(|one| format!("{}{}", one.id, one.status.as_str()));
    let maintenances = snapshot.maintenances.iter().filter(|one| one.status.is_under_way());
    let maintenances = maintenances.map(|one| format!("{}{}", one.id, one.status.as_str()));
    let level = [status.level.as_str().to_owned()];
    let about: Vec<String> = level.into_iter().chain(incidents).chain(maintenances).collect();
    let tone = Tone::from(status);
    let has_own = snapshot.page.branding.favicon.is_some();
    let banner = Banner {
        calm: status.calm,
        tone,
        icon: (!has_own).then(|| tone.icon()),
        text: &one_line(&full_title(
            &texts::headline(snapshot, language),
            &snapshot.page,
            Locale::of(language),
        )),
        about: about.join(" "),
    };
    serde_json::to_string(&banner).unwrap_or_default()
}
