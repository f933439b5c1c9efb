//! What tells a lane that a page changed.

pub mod feed;
