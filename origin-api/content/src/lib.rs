//! What publishers write, made safe before it is stored: Markdown, CSS, SVG, colours and templates.

pub mod colour;
pub mod css;
pub mod markdown;
pub mod svg;
pub mod template;
