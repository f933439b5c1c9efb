//! The KV of a region on this machine: one file, one writer, and the moments at which keys were written.

mod closing;
mod error;
mod file;
mod kv;
mod limits;
mod metrics;
mod put;
pub mod sweep;
mod writer;
mod writes;

pub use error::KvError;
pub use file::{Value, View};
pub use kv::Kv;
pub use metrics::KvMetrics;
pub use put::Put;
pub use writes::{Dependence, Writes};
