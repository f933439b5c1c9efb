//! What `build.rs` made of `templates/` and `locales/`.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
