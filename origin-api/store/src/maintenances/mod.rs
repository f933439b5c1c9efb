//! Maintenances, their updates and components, the series that plan them, and reminders of them.

pub mod cancelled;
pub mod components;
pub mod course;
pub mod maintenance;
pub mod occurrences;
pub mod remind;
pub mod reminders;
pub mod series;
pub mod state;
pub mod update;
