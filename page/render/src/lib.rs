//! From a snapshot to the bytes of a page. Pure: no IO, no clock, no randomness, so the same snapshot always gives the
//! same bytes, natively and in WebAssembly.
//!
//! One file for each kind of page: `index`, `group`, `history`, `month`, `event`, `uptime`, `search`, `embed`, `skeleton`, `notice`.
//! They share one frame (`frame`), the views of what stands on a page (`view`) and the words and dates that a reader sees
//! (`voice` reads them from `locales/`; `words` and `when` choose among them).

mod ask;
mod embed;
mod event;
pub mod formats;
mod frame;
mod group;
mod history;
mod index;
mod month;
mod notice;
mod policy;
mod render;
mod search;
mod skeleton;
mod uptime;
mod view;
mod voice;
mod when;
mod words;

pub use ask::Ask;
pub use embed::embed;
pub use event::{incident, maintenance};
pub use group::group;
pub use history::history;
pub use index::index;
pub use month::month;
pub use notice::{gone, not_found, unavailable, unknown_host};
pub use policy::{content_security_policy, embed_content_security_policy, skeleton_content_security_policy};
pub use render::RenderError;
pub use search::search;
pub use skeleton::{Completion, skeleton};
pub use uptime::uptime;

/// Changes whenever this crate could draw a page differently; half of the validator of every page.
pub const TEMPLATE_BUILD: &str = carried::TEMPLATE_BUILD;

/// What `build.rs` made of `templates/` and `locales/`.
mod carried {
    include!(concat!(env!("OUT_DIR"), "/carried.rs"));
}
