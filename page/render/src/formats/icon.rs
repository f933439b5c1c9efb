//! The status as the picture of a browser's tab, where the page's owner has none.

use page_model::Snapshot;

use crate::tone::Tone;

pub fn icon(snapshot: &Snapshot) -> String {
    let url = Tone::from(&snapshot.status).icon();
    let svg = url.strip_prefix("data:image/svg+xml,").unwrap_or_default();
    [("%3C", "<"), ("%3E", ">"), ("%20", " "), ("%23", "#")]
        .iter()
        .fold(svg.to_owned(), |svg, (code, letter)| svg.replace(code, letter))
}
