//! The push API. `family` has the five verbs of every family of a page; the other files have what only one has.

pub mod access;
pub mod announcement;
pub mod audiences;
pub mod audit;
pub mod delivery;
pub mod dry_run;
pub mod events;
pub mod family;
pub mod if_match;
pub mod incident_templates;
pub mod maintenance_series;
pub mod members;
pub mod metrics;
pub mod pages;
pub mod pictures;
pub mod preview;
mod preview_region;
pub mod providers;
pub mod reply;
pub mod request;
pub mod sessions;
pub mod token_keys;
pub mod tokens;
