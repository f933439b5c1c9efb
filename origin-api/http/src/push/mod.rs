//! The push API: one file for each family, with the same verbs (`create`, `list`, `read`, `change`, `delete`).

pub mod announcement;
pub mod answer;
pub mod components;
pub mod delivery;
pub mod events;
pub mod groups;
pub mod incident_templates;
pub mod incident_updates;
pub mod incidents;
pub mod maintenance_series;
pub mod maintenance_updates;
pub mod maintenances;
pub mod metrics;
pub mod pages;
pub mod pictures;
pub mod request;
pub mod tokens;
