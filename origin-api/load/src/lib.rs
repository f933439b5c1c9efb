//! Reads of a page what its records need.

pub mod events;
pub mod metrics;
pub mod page;
#[cfg(test)]
mod tests;
