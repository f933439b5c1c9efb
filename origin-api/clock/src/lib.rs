//! What time itself changes.

pub mod clock;
pub mod planning;
mod setbacks;
