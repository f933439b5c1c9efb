//! Reads of a page what its records need.

mod access;
pub mod events;
pub mod metrics;
pub mod page;
#[cfg(test)]
mod tests;
