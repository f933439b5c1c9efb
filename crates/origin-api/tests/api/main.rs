//! The push API and the sync side from outside, against a real bound server. Files mirror the routes.

mod admin;
mod bad_input;
mod clock;
mod components;
mod conditions;
mod delivery;
mod feed;
mod groups;
mod harness;
mod idempotency;
mod incident_updates;
mod incidents;
mod maintenances;
mod metrics;
mod openapi;
mod pages;
mod records;
mod tokens;
