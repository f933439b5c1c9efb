//! Each module is a family of journeys; each journey boots a system of its own.

mod bad_input;
mod browser;
mod burst;
mod config;
mod crash;
mod import;
mod incident;
mod maintenance;
mod outage;
mod put_door;
mod strangers;
mod same;
mod up;
mod wipe;
mod workers;
