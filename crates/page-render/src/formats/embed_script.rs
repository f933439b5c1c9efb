//! `/embed.js`: a line on the customer's own site when something is wrong. How it behaves is set at the page.

use page_model::{Language, Snapshot, snapshot::EmbedPosition, status::Status};
use serde::Serialize;

use super::words;

const SCRIPT: &str = include_str!("embed.js");
const STYLE: &str = include_str!("embed.css");

#[derive(Serialize)]
struct Settings<'a> {
    always: bool,
    lang: &'a str,
    dir: &'a str,
    close: &'a str,
    words: Words<'a>,
    style: String,
}

/// By the API's indicators.
#[derive(Serialize)]
struct Words<'a> {
    none: &'a str,
    minor: &'a str,
    major: &'a str,
    critical: &'a str,
    maintenance: &'a str,
}

pub fn embed_script(snapshot: &Snapshot, language: Language) -> String {
    let embed = snapshot.page.branding.embed;
    let settings = Settings {
        always: embed.always,
        lang: language.tag(),
        dir: if language.is_right_to_left() { "rtl" } else { "ltr" },
        close: words::close(language),
        words: Words {
            none: words::roll_up(Status::Operational, language),
            minor: words::roll_up(Status::DegradedPerformance, language),
            major: words::roll_up(Status::PartialOutage, language),
            critical: words::roll_up(Status::MajorOutage, language),
            maintenance: words::roll_up(Status::UnderMaintenance, language),
        },
        style: STYLE.replace("POSITION", corner(embed.position)).replace('\n', ""),
    };
    // JSON is JavaScript, and nothing of it is anybody's text.
    let settings = serde_json::to_string(&settings).unwrap_or_default();
    squeezed(SCRIPT).replace("SETTINGS", &settings)
}

fn corner(position: EmbedPosition) -> &'static str {
    match position {
        EmbedPosition::BottomRight => "bottom:1rem;right:1rem",
        EmbedPosition::BottomLeft => "bottom:1rem;left:1rem",
        EmbedPosition::TopRight => "top:1rem;right:1rem",
        EmbedPosition::TopLeft => "top:1rem;left:1rem",
    }
}

/// Every visitor of the customer's site loads it: without comments and indents.
fn squeezed(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}
