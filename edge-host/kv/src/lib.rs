//! The KV of a region on this machine: one file, one writer, and the moments at which keys were written.

mod error;
mod kv;
mod limits;
mod metrics;
mod put;
mod writes;

pub use error::KvError;
pub use kv::{Kv, Value, View};
pub use metrics::KvMetrics;
pub use put::Put;
pub use writes::{Dependence, Writes};
