//! What happens between a change and every region, under one seeded scheduler that owns time, the messages in flight and every
//! fault: `sync_lane` as it ships, the put steps of the gateway as they ship, and models of the database and of what a region
//! keeps. A seed tells one story; the same seed tells the same one again.

mod chance;
mod database;
mod disk;
mod network;
mod notice;
mod pace;
mod region;
mod rules;
mod story;
mod tally;
mod world;

pub use story::{Told, tell};
pub use tally::Tally;
