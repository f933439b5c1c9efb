//! Metrics and their points.

pub mod metric;
pub mod points;
