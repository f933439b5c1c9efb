//! Every kind of page and format, by family.

pub mod api;
pub mod asset;
pub mod embed;
pub mod event;
pub mod feed;
pub mod page;
pub mod picture;
pub mod search_engine;
pub mod snapshot;
pub mod text;
