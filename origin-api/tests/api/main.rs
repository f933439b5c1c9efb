//! The push API and the sync side from outside, against a real bound server. Files mirror the routes.

mod admin;
mod announcement;
mod bad_input;
mod branding;
mod clock;
mod components;
mod conditions;
mod delivery;
mod etags;
mod feed;
mod groups;
mod harness;
mod idempotency;
mod incident_templates;
mod incident_updates;
mod incidents;
mod maintenance_series;
mod maintenances;
mod metrics;
mod openapi;
mod pages;
mod pictures;
mod records;
mod reminders;
mod tokens;
