//! The formats that machines read, one file each, all drawn from the same snapshot as the page.
//!
//! Each escapes for itself: `xml` for feeds, pictures and the sitemap, `calendar/lines` for the calendar, serde for JSON,
//! `line` for places that hold one line of text. Addresses come from `link`, times from `crate::times::machine`, texts
//! from `texts`.

mod badge;
mod banner;
mod calendar;
mod embed_script;
mod feed;
mod glyphs;
mod icon;
pub mod line;
mod link;
mod markdown;
mod oembed;
mod preview;
mod sitemap;
mod text;
mod texts;
mod uptime;
pub mod v2;
mod xml;

pub use badge::{badge, shield};
pub use banner::banner;
pub use calendar::{calendar, calendar_of};
pub use embed_script::embed_script;
pub use feed::{Feed, atom, rss};
pub use icon::icon;
pub use markdown::markdown;
pub use oembed::oembed;
pub use preview::preview;
pub use sitemap::{robots, sitemap};
pub use text::text;
pub use uptime::uptime;
