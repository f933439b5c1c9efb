//! From a snapshot to the bytes of a page. Pure: no IO, no clock, no randomness, so the same snapshot always gives the
//! same bytes, natively and in WebAssembly.
//!
//! One file for each kind of page: `index`, `month`, `skeleton`, `notice`. They share one frame (`frame`), the views of
//! what stands on a page (`view`) and the words and dates that a reader sees (`words`, `when`).

mod ask;
mod frame;
mod index;
mod month;
mod notice;
mod policy;
mod render;
mod skeleton;
mod view;
mod when;
mod words;

pub use ask::Ask;
pub use index::{embed, history, incident, index, maintenance, search, uptime};
pub use month::month;
pub use notice::{gone, not_found, unavailable, unknown_host};
pub use policy::{content_security_policy, embed_content_security_policy};
pub use render::RenderError;
pub use skeleton::skeleton;

/// Changes whenever this crate could draw a page differently; half of the validator of every page.
pub const TEMPLATE_BUILD: &str = carried::TEMPLATE_BUILD;

/// What `build.rs` made of `templates/`.
mod carried {
    include!(concat!(env!("OUT_DIR"), "/carried.rs"));
}
