//! `/embed.js`: a line on the customer's own site when something is wrong. How it behaves is set at the page.

use page_model::{Language, Snapshot, snapshot::EmbedPosition};
use serde::Serialize;

use super::texts;
use crate::embedded::{BANNER_SCRIPT, BANNER_STYLE};

#[derive(Serialize)]
struct Settings<'a> {
    always: bool,
    lang: &'a str,
    close: &'a str,
    style: String,
}

pub fn embed_script(snapshot: &Snapshot, language: Language) -> String {
    let embed = snapshot.page.branding.embed;
    let settings = Settings {
        always: embed.always,
        lang: language.tag(),
        close: texts::close(language),
        style: BANNER_STYLE.replace("INSET", inset(embed.position)),
    };
    // JSON is JavaScript, and nothing of it is anybody's text.
    let settings = serde_json::to_string(&settings).unwrap_or_default();
    BANNER_SCRIPT.replace("SETTINGS", &settings)
}

fn inset(position: EmbedPosition) -> &'static str {
    match position {
        EmbedPosition::BottomRight => "auto 1rem 1rem auto",
        EmbedPosition::BottomLeft => "auto auto 1rem 1rem",
        EmbedPosition::TopRight => "1rem 1rem auto auto",
        EmbedPosition::TopLeft => "1rem auto auto 1rem",
    }
}
