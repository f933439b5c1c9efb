//! What publishers write, made safe before it is stored: Markdown, CSS, SVG, colours and templates; and
//! what we draw as pixels.

pub mod colour;
pub mod css;
pub mod markdown;
pub mod raster;
pub mod svg;
pub mod template;
