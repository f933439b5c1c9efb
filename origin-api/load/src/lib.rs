//! Reads of a page what its records need.

mod access;
pub mod events;
pub mod metrics;
pub mod page;
mod seen;
#[cfg(test)]
mod tests;
pub mod visible;
