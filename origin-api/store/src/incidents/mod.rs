//! Incidents, their updates and the components that they touch; templates for the next ones.

pub mod components;
pub mod incident;
pub mod state;
pub mod template;
pub mod update;
