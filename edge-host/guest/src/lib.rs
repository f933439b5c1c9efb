//! The guest component on wasmtime: compiled once, its instances, and how the host drives its steps.
//!
//! A crate of its own, so that an edit of the host does not generate the bindings again.

mod ask;
mod bindings;
mod client;
mod clock;
mod engine;
mod guest;
mod instance;
mod limits;
mod log;
mod metrics;
mod places;
mod pool;
mod records;
mod threads;
mod ticker;

pub use ask::SignIn;
pub use client::network;
pub use clock::now_ms;
pub use guest::{Asked, Guest, GuestError, GuestImports, Reply};
pub use metrics::GuestMetrics;
