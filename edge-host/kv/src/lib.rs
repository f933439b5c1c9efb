//! The KV of a region on this machine: one file, one writer, and the moments at which keys were written.

mod kv;
mod limits;
mod metrics;
mod writes;

pub use kv::{Kv, KvError};
pub use metrics::KvMetrics;
pub use writes::{Dependence, Writes};
