//! From a snapshot to the bytes of a page. Pure: no IO, no clock, no randomness, so the same snapshot always gives the
//! same bytes, natively and in WebAssembly.
//!
//! One file for each kind of page: `index`, `month`, `skeleton`, `notice`. They share one frame (`frame`), the views of
//! what stands on a page (`view`) and the words and dates that a reader sees (`words`, `when`).

mod frame;
mod index;
mod month;
mod notice;
mod render;
mod skeleton;
mod view;
mod when;
mod words;

pub use index::index;
pub use month::month;
pub use notice::{gone, not_found, unavailable, unknown_host};
pub use render::RenderError;
pub use skeleton::skeleton;

/// Changes whenever this crate could draw a page differently; half of the validator of every page.
pub const TEMPLATE_BUILD: &str = carried::TEMPLATE_BUILD;

/// The policy for every page of this crate: nothing from elsewhere, inline blocks by their hash only.
pub fn content_security_policy() -> &'static str {
    carried::CONTENT_SECURITY_POLICY
}

/// What `build.rs` made of `templates/`.
mod carried {
    include!(concat!(env!("OUT_DIR"), "/carried.rs"));
}
