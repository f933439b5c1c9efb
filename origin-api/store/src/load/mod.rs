//! What others than publishers read: a page with all that its records need, and what is due.

pub mod agenda;
pub mod events;
pub mod metrics;
pub mod page;
