//! `/oembed.json`: how another site frames the page (oEmbed 1.0, type rich).

use page_model::Host;
use serde::Serialize;

use super::{line::one_line, xml::escaped};
use crate::options::Theme;

const WIDTH_PX: u32 = 640;
const HEIGHT_PX: u32 = 240;
/// How long a consumer may keep the document; what it frames is always current.
const CACHE_S: u32 = 86_400;

#[derive(Serialize)]
struct OEmbed<'a> {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    provider_name: &'a str,
    provider_url: String,
    cache_age: u32,
    html: String,
    width: u32,
    height: u32,
}

/// `theme` is that of the site around the frame. The sizes are the most that the other site has room for.
pub fn oembed(
    name: &str,
    host: &Host,
    theme: Option<Theme>,
    width_max: Option<u32>,
    height_max: Option<u32>,
) -> String {
    let width = width_max.unwrap_or(WIDTH_PX).min(WIDTH_PX);
    let height = height_max.unwrap_or(HEIGHT_PX).min(HEIGHT_PX);
    let name = one_line(name);
    let title = format!("{name} status");
    let theme = match theme {
        Some(Theme::Light) => "?theme=light",
        Some(Theme::Dark) => "?theme=dark",
        None => "",
    };
    let html = format!(
        "<iframe src=\"https://{host}/embed{theme}\" title=\"{}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" \
         style=\"border:0\"></iframe>",
        escaped(&title)
    );
    let document = OEmbed {
        version: "1.0",
        kind: "rich",
        title,
        provider_name: &name,
        provider_url: format!("https://{host}/"),
        cache_age: CACHE_S,
        html,
        width,
        height,
    };
    serde_json::to_string(&document).unwrap_or_default()
}
