//! The guest component on wasmtime: its pool of instances, and what the host gives to it.
//!
//! A crate of its own, so that an edit of the host does not generate the bindings again.

mod bindings;
mod instance;
mod limits;
mod log;
mod metrics;
mod pool;

pub use metrics::GuestMetrics;
pub use pool::{Guest, GuestError, GuestImports, Reply};
