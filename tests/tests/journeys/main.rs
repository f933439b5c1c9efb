//! Each module is a family of journeys; each journey boots a system of its own.

mod bad_input;
mod browser;
mod burst;
mod config;
mod crash;
mod golden_v2;
mod import;
mod incident;
mod maintenance;
mod outage;
mod prepared;
mod put_door;
mod same;
mod strangers;
mod up;
mod wipe;
mod workers;
