//! From a snapshot to the bytes of a page. Pure: no IO, no clock, no randomness, so the same snapshot always gives the
//! same bytes, natively and in WebAssembly.
//!
//! One file for each kind of page: `index`, `group`, `history`, `month`, `event`, `uptime`, `search`, `embed`, `skeleton`,
//! `error_page`, `door`, `session`. They share one frame (`frame`), the views of what is on a page (`view`) and what is written in a visitor's
//! language: `locale` reads `locales/`, `texts` chooses among its messages, `times` writes every moment. `formats` has one
//! file for each format that machines read.

mod door;
mod embed;
mod embedded;
mod error_page;
mod event;
mod folded;
pub mod formats;
mod frame;
mod group;
mod history;
mod index;
mod locale;
mod month;
mod options;
mod order;
mod policy;
mod render;
mod search;
mod session;
mod skeleton;
mod sorted;
mod texts;
mod times;
mod tone;
mod uptime;
mod view;

pub use door::{Door, DoorNotice, door};
pub use embed::embed;
pub use error_page::{gone, not_found, unavailable, unknown_host};
pub use event::{Events, incident, maintenance};
pub use group::group;
pub use history::history;
pub use index::index;
pub use month::month;
pub use options::{RenderOptions, Theme};
pub use policy::{content_security_policy, embed_content_security_policy, skeleton_content_security_policy};
pub use render::RenderError;
pub use search::{earlier_results, search};
pub use session::{SessionPage, session};
pub use skeleton::{Completion, skeleton};
pub use uptime::{uptime, uptime_of};

/// Changes whenever this crate could draw a page differently; half of the validator of every page.
pub const TEMPLATE_BUILD: &str = embedded::TEMPLATE_BUILD;
