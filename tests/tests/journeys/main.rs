//! Each module is a family of journeys; each journey boots a system of its own.

mod browser;
mod edge_disk_full;
mod hostile_requests;
mod import;
mod incident;
mod incident_templates;
mod invalid_pushes;
mod invalid_settings;
mod maintenance;
mod many_updates_at_once;
mod metrics;
mod older_database;
mod open_to;
mod origin_down;
mod origin_killed;
mod pharos_up;
mod power_cut;
mod put_endpoint;
mod region_wiped;
mod same_on_every_platform;
mod sign_in;
mod sign_in_by_mail;
mod spin;
mod statuspage_round_trip;
mod visitor;
mod workers;
