//! The push API for publishers and the sync side for kv-sync, over HTTP. Begin at `router`, which has every address.

pub mod busy;
pub mod caller;
pub mod listener;
mod long_work;
pub mod openapi;
pub mod oversize;
pub mod problem;
pub mod push;
pub mod router;
pub mod state;
pub mod sync;
pub mod wrong_tokens;
