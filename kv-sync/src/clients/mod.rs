//! Whom kv-sync talks to: the origin and the regions.

pub mod origin;
pub mod region;
